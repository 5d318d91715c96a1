/** Every value of the recorded sessions, computed again: proofs, keys, signatures, ciphertexts, frames. */
import t from 'tap';
import {
  consoleProof,
  type Exchange,
  managedProof,
  sessionKeys,
  sessionProof,
  userKey,
} from '#src/keys.js';
import { decodeRequest, decodeResponse, encodeRequest, encodeResponse } from '#src/message.js';
import {
  decodePacket,
  encodePlain,
  encodePlus,
  encodePong,
  type PlainPacket,
} from '#src/packet.js';
import * as rakp from '#src/rakp.js';
import { openPacket, sealPacket } from '#src/seal.js';
import { suiteOf } from '#src/suites.js';
import { md5Code } from '#src/v15.js';
import {
  type Datagram,
  firstOf,
  hex,
  isHere,
  recording,
  recordings,
  WHY_LEFT_OUT,
} from './golden.ts';

const PASSWORD = 'secret';
const KG = 'abcdefghijklmnopqrs';

/** What the recorded handshake agreed on, with both proofs. Throws where it did not get so far. */
function handshake(datagrams: readonly Datagram[]) {
  const open = rakp.decodeOpenResponse(firstOf(datagrams, 'openResponse').payload);
  const one = rakp.decodeRakp1(firstOf(datagrams, 'rakp1').payload);
  const two = rakp.decodeRakp2(firstOf(datagrams, 'rakp2').payload);
  if (open?.kind !== 'done' || one === undefined || two?.kind !== 'done')
    throw new Error('no handshake');
  const suite = suiteOf(open.answer.algorithms);
  if (suite === undefined) throw new Error('no suite');
  const { consoleId, managedId } = open.answer;
  const { consoleRandom, role, username } = one;
  const { managedRandom, guid, code } = two.answer;
  const exchange: Exchange = {
    suite,
    consoleId,
    managedId,
    consoleRandom,
    managedRandom,
    guid,
    role,
    username,
  };
  return { exchange, code };
}

const SESSIONS: readonly { name: string; suite: number; kg?: string; sealed: number }[] = [
  { name: 'suite1-status-user_admin-pw_secret', suite: 1, sealed: 14 },
  { name: 'suite2-status-user_admin-pw_secret', suite: 2, sealed: 14 },
  { name: 'suite3-status-user_admin-pw_secret', suite: 3, sealed: 14 },
  { name: 'suite6-status-user_admin-pw_secret', suite: 6, sealed: 17 },
  {
    name: 'suite3-kg_abcdefghijklmnopqrs-user_admin-pw_secret',
    suite: 3,
    kg: KG,
    sealed: 14,
  },
  { name: 'pyghmi-suite3-status-user_admin-pw_secret', suite: 3, sealed: 14 },
];

void t.test('the recordings are here', (t) => {
  if (recordings().length === 0) t.comment(WHY_LEFT_OUT);
  t.equal(recordings().length, isHere() ? 12 : 0);
  t.end();
});

for (const { name, suite, kg, sealed } of recordings().length === 0 ? [] : SESSIONS) {
  void t.test(`${name}: proofs, keys, and every packet within the session`, (t) => {
    const datagrams = recording(name);
    const { exchange, code } = handshake(datagrams);
    t.equal(exchange.suite.id, suite);
    const user = userKey(PASSWORD);
    t.equal(hex(managedProof(exchange, user)), hex(code), 'RAKP 2');
    const three = rakp.decodeRakp3(firstOf(datagrams, 'rakp3').payload);
    t.equal(hex(consoleProof(exchange, user)), hex(three?.code ?? user), 'RAKP 3');
    const keys = sessionKeys(exchange, kg === undefined ? user : userKey(kg));
    const four = rakp.decodeRakp4(firstOf(datagrams, 'rakp4').payload);
    t.ok(four?.kind === 'done');
    if (four?.kind !== 'done') return;
    t.equal(hex(sessionProof(exchange, keys)), hex(four.answer.code), 'RAKP 4');

    const protection = { suite: exchange.suite, keys };
    let opened = 0;
    for (const { from, bytes } of datagrams) {
      const packet = decodePacket(bytes);
      if (packet?.kind !== 'plus' || packet.sessionId === 0) continue;
      const payload = openPacket(protection, packet);
      t.ok(payload, `packet ${packet.sequence} of the ${from}`);
      if (payload === undefined) continue;
      const { sessionId, sequence } = packet;
      const again = sealPacket(protection, {
        sessionId,
        sequence,
        payload,
        iv: packet.payload.subarray(0, 16),
      });
      t.equal(hex(again), hex(bytes), 'sealed again, it is the same datagram');
      t.ok(
        from === 'console' ? decodeRequest(payload) : decodeResponse(payload),
        'a whole message',
      );
      opened += 1;
    }
    t.equal(opened, sealed);
    t.end();
  });
}

void t.test('every recorded frame and handshake message is encoded as it was', (t) => {
  for (const name of recordings()) {
    for (const { bytes } of recording(name)) {
      const packet = decodePacket(bytes);
      if (packet === undefined) {
        t.equal(hex(bytes), hex(encodePong(0)), `${name}: the answer to a presence ping`);
        continue;
      }
      if (packet.kind !== 'plus' || packet.sessionId !== 0) continue;
      t.equal(hex(encodePlus(packet)), hex(bytes), `${name}: frame`);
      const again = encodedAgain(packet.payloadType, packet.payload);
      t.equal(hex(again ?? new Uint8Array()), hex(packet.payload), `${name}: message`);
    }
  }
  t.end();
});

function encodedAgain(type: number, payload: Uint8Array): Uint8Array | undefined {
  const request = rakp.decodeOpenRequest(payload);
  const response = rakp.decodeOpenResponse(payload);
  const one = rakp.decodeRakp1(payload);
  const two = rakp.decodeRakp2(payload);
  const three = rakp.decodeRakp3(payload);
  const four = rakp.decodeRakp4(payload);
  switch (type) {
    case 0x10:
      return request && rakp.encodeOpenRequest(request);
    case 0x11:
      // The refusal of ipmi_sim is two bytes short of every table: it cannot be made again.
      if (response?.kind === 'refused') return payload.length === 2 ? payload : undefined;
      return response && rakp.encodeOpenResponse(response.answer);
    case 0x12:
      return one && rakp.encodeRakp1(one);
    case 0x13:
      // The one refusal carries all the rest as well.
      if (two?.kind === 'refused') return two.status === 0x0d ? payload : undefined;
      return two && rakp.encodeRakp2(two.answer);
    case 0x14:
      return three && rakp.encodeRakp3(three);
    default:
      return four?.kind === 'done' ? rakp.encodeRakp4(four.answer) : undefined;
  }
}

void t.test('what went wrong in a recording is seen to be wrong', (t) => {
  if (recordings().length === 0) {
    t.comment(WHY_LEFT_OUT);
    t.end();
    return;
  }
  const wrong = handshake(recording('suite3-wrong-password-user_admin-pw_wrong'));
  t.not(hex(managedProof(wrong.exchange, userKey('wrong'))), hex(wrong.code), 'the password typed');
  t.equal(hex(managedProof(wrong.exchange, userKey(PASSWORD))), hex(wrong.code), 'the right one');

  const keyless = recording('suite3-kg-missing');
  const { exchange } = handshake(keyless);
  const four = rakp.decodeRakp4(firstOf(keyless, 'rakp4').payload);
  const proof = four?.kind === 'done' ? hex(four.answer.code) : '';
  const proofWith = (group: string): string =>
    hex(sessionProof(exchange, sessionKeys(exchange, userKey(group))));
  t.not(proofWith(PASSWORD), proof, 'without the group key');
  t.equal(proofWith(KG), proof, 'with it');

  const unknown = rakp.decodeRakp2(firstOf(recording('suite3-unknown-user'), 'rakp2').payload);
  t.match(unknown, { kind: 'refused', status: rakp.STATUS.unknownName });
  const refused = firstOf(recording('suite17-refused'), 'openResponse').payload;
  t.match(rakp.decodeOpenResponse(refused), {
    kind: 'refused',
    status: rakp.STATUS.badAuthentication,
  });
  t.end();
});

void t.test(
  'packets of IPMI 1.5: the frame outside a session, the MD5 codes, the messages',
  (t) => {
    let codes = 0;
    for (const name of recordings()) {
      for (const { from, bytes } of recording(name)) {
        const packet = decodePacket(bytes);
        if (packet?.kind !== 'plain') continue;
        t.equal(hex(messageAgain(from, packet.payload)), hex(packet.payload), `${name}: message`);
        if (packet.authType === 0) t.equal(hex(plainAgain(packet)), hex(bytes), `${name}: frame`);
        else {
          t.equal(hex(md5Code(PASSWORD, packet)), hex(packet.authCode), `${name}: code`);
          codes += 1;
        }
      }
    }
    if (recordings().length === 0) t.comment(WHY_LEFT_OUT);
    else t.equal(codes, 16);
    t.end();
  },
);

function plainAgain(packet: PlainPacket): Uint8Array {
  const frame = Buffer.from(encodePlain(packet.payload));
  // An answer may carry a session id that has not begun.
  frame.writeUInt32LE(packet.sequence, 5);
  frame.writeUInt32LE(packet.sessionId, 9);
  return frame;
}

/** A console's request, or the answer of a BMC that the same request would get. */
function messageAgain(from: Datagram['from'], payload: Uint8Array): Uint8Array {
  const request = decodeRequest(payload);
  if (from === 'console') return request === undefined ? new Uint8Array() : encodeRequest(request);
  const response = decodeResponse(payload);
  if (response === undefined) return new Uint8Array();
  const { netFn, command, sequence, completion, data } = response;
  const asked = {
    netFn: netFn & ~1,
    command,
    sequence,
    from: payload[0] ?? 0,
    fromUnit: 0,
    data: new Uint8Array(),
  };
  return encodeResponse(asked, completion, data);
}
