/** A simulated BMC as a function from datagram to answer: IPMI v2.0 over LAN, users and privileges enforced. */
import {
  decodePacket,
  decodeRequest,
  encodePlain,
  encodePlus,
  encodePong,
  encodeResponse,
  isFresh,
  openPacket,
  PAYLOAD,
  type PlainPacket,
  type PlusPacket,
  remember,
  sealPacket,
} from '@holdfast/ipmi';
import { answerCommand, answerOutside } from './bmc-commands.ts';
import type { BmcConfig } from './bmc-config.ts';
import { answerLogin } from './bmc-login.ts';
import {
  type Active,
  type Bmc,
  type BmcSession,
  type BmcWorld,
  expire,
  isSameBytes,
} from './bmc-state.ts';

const IV_BYTES = 16;

export type Answered = {
  readonly bytes: Uint8Array;
  /** It answers an order to switch. */
  readonly isOrder: boolean;
};

/** `guid`: 16 bytes. */
export function makeBmc(config: BmcConfig, guid: Uint8Array): Bmc {
  return { config, guid, sessions: new Map(), opened: 0 };
}

/** Undefined: nothing is answered, as to garbage and to whoever has no session. */
export function answer(bmc: Bmc, datagram: Uint8Array, world: BmcWorld): Answered | undefined {
  expire(bmc, world);
  const packet = decodePacket(datagram);
  switch (packet?.kind) {
    case undefined:
      return undefined;
    case 'ping':
      return plain(encodePong(packet.tag));
    case 'plain':
      return plain(answerPlain(bmc, packet));
    case 'plus':
      if (packet.sessionId !== 0) return answerWithin(bmc, packet, world);
      return plain(answerLogin(bmc, packet, world) ?? answerStranger(bmc, packet));
  }
}

function plain(bytes: Uint8Array | undefined): Answered | undefined {
  return bytes && { bytes, isOrder: false };
}

/** Sessions of IPMI 1.5 are not opened here. */
function answerPlain(bmc: Bmc, packet: PlainPacket): Uint8Array | undefined {
  const response = packet.sessionId === 0 ? messageOutside(bmc, packet.payload) : undefined;
  return response && encodePlain(response);
}

/** The same questions may come in the newer frame. */
function answerStranger(bmc: Bmc, packet: PlusPacket): Uint8Array | undefined {
  if (packet.payloadType !== PAYLOAD.message || packet.isSigned || packet.isSealed)
    return undefined;
  const payload = messageOutside(bmc, packet.payload);
  return (
    payload && encodePlus({ payloadType: PAYLOAD.message, sessionId: 0, sequence: 0, payload })
  );
}

function messageOutside(bmc: Bmc, payload: Uint8Array): Uint8Array | undefined {
  const request = decodeRequest(payload);
  const reply = request && answerOutside(request, bmc);
  if (request === undefined || reply === undefined) return undefined;
  return encodeResponse(request, reply.completion, reply.data);
}

function answerWithin(bmc: Bmc, packet: PlusPacket, world: BmcWorld): Answered | undefined {
  const session = bmc.sessions.get(packet.sessionId);
  if (session?.stage.kind !== 'active') return undefined;
  const { stage } = session;
  if (!isFresh(stage.received, packet.sequence)) return undefined;
  const payload = openPacket(stage.protection, packet);
  const request = payload && decodeRequest(payload);
  if (payload === undefined || request === undefined) return undefined;
  remember(stage.received, packet.sequence);
  session.heardAt = world.now;
  const { last } = stage;
  // A request that comes again is answered again, and carried out once.
  if (last !== undefined && isSameBytes(last.request, payload))
    return { bytes: seal(session, stage, last.response, world), isOrder: false };
  const reply = answerCommand(request, { bmc, session, stage, world });
  const response = encodeResponse(request, reply.completion, reply.data);
  stage.last = { request: payload.slice(), response };
  return { bytes: seal(session, stage, response, world), isOrder: reply.isOrder === true };
}

function seal(
  { consoleId }: BmcSession,
  stage: Active,
  payload: Uint8Array,
  world: BmcWorld,
): Uint8Array {
  stage.sent += 1;
  return sealPacket(stage.protection, {
    sessionId: consoleId,
    sequence: stage.sent,
    payload,
    iv: world.random(IV_BYTES),
  });
}
