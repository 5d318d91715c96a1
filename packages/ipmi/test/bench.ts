/** A session machine face to face with a small BMC that can be told to misbehave; time is a number. */
import { type Instant, instant } from '@holdfast/base';
import { userKey, type Exchange, type Keys } from '#src/keys.js';
import * as keys from '#src/keys.js';
import { type Login, type LoginWords, readLogin } from '#src/login.js';
import { decodeRequest, encodeResponse, type Request } from '#src/message.js';
import { decodePacket, encodePlus, PAYLOAD, type PlusPacket } from '#src/packet.js';
import * as rakp from '#src/rakp.js';
import { openPacket, sealPacket } from '#src/seal.js';
import { deadline, makeSession, step } from '#src/session.js';
import type { SessionEffect, SessionInput } from '#src/session-state.js';
import { type Algorithms, type CipherSuite, suiteOf } from '#src/suites.js';
import { describeIpmiFault } from '#src/fault.js';

export type Habits = {
  readonly password?: string;
  readonly kg?: string;
  readonly suites?: readonly number[];
  /** Another suite than the one asked for. */
  readonly always?: Algorithms;
  /** What happens to the nth datagram from the console, from 1: its answers, or none. */
  readonly onDatagram?: (number: number, answers: readonly Uint8Array[]) => readonly Uint8Array[];
  /** A status instead of an answer, by payload type. */
  readonly refuse?: (payloadType: number, number: number) => number | undefined;
  /** A completion code, by command. */
  readonly complete?: (request: Request) => number;
};

const GUID = new Uint8Array(16).fill(7);
const IV = new Uint8Array(16).fill(9);

export function login(words: Partial<LoginWords> = {}): Login {
  const read = readLogin({
    username: 'admin',
    password: 'secret',
    suites: [17, 3],
    privilege: 'administrator',
    repeatMs: 1000,
    loginMs: 5000,
    commandMs: 3000,
    ...words,
  });
  if (!read.ok) throw new Error(read.fault.kind);
  return read.value;
}

/** Plays inputs in order, and time where nothing else happens, until `untilMs`; answers with the story. */
export function play(
  words: Partial<LoginWords>,
  habits: Habits,
  inputs: readonly { readonly atMs: number; readonly input: SessionInput }[],
  untilMs: number,
): string[] {
  const session = makeSession(login(words), new Uint8Array(32).fill(1));
  const bmc = makeBmc(habits);
  const story: string[] = [];
  const queue = [{ atMs: 0, input: { kind: 'open' } satisfies SessionInput }, ...inputs].map(
    (each) => ({ at: instant(each.atMs), input: each.input }),
  );
  for (let guard = 0; guard < 1000; guard += 1) {
    const tickAt = deadline(session) ?? instant(Infinity);
    const next = queue[0];
    const at: Instant = next !== undefined && next.at <= tickAt ? next.at : tickAt;
    if (at > untilMs) return story;
    const input: SessionInput =
      next !== undefined && next.at <= tickAt ? next.input : { kind: 'tick' };
    if (input.kind !== 'tick') queue.shift();
    for (const effect of step(session, input, at)) {
      if (effect.kind !== 'send') {
        story.push(`${at} ${tell(effect)}`);
        continue;
      }
      const { said, answers } = bmc(effect.bytes);
      story.push(`${at} ${said}`);
      const arrived = answers.map((bytes) => ({ at, input: { kind: 'datagram', bytes } as const }));
      queue.unshift(...arrived);
    }
  }
  throw new Error('it does not end');
}

function tell(effect: Exclude<SessionEffect, { kind: 'send' }>): string {
  const said = { where: 'bmc', username: 'admin', privilege: 'administrator' } as const;
  switch (effect.kind) {
    case 'opened':
      return `opened with suite ${effect.suite}`;
    case 'answered':
      return `answered ${effect.ask}: ${Buffer.from(effect.data).toString('hex')}`;
    case 'failed':
      return `failed ${effect.ask}: ${describeIpmiFault(effect.fault, said)}`;
    case 'ended':
      return effect.fault === undefined
        ? 'ended'
        : `ended: ${describeIpmiFault(effect.fault, said)}`;
  }
}

type Answering = (datagram: Uint8Array) => { said: string; answers: readonly Uint8Array[] };

/** One session at a time; every Open Session Request begins a new one. */
function makeBmc(habits: Habits): Answering {
  let number = 0;
  let sent = 0;
  let opened: { suite: CipherSuite; consoleId: number; managedId: number } | undefined;
  let exchange: Exchange | undefined;
  let made: Keys | undefined;
  const plus = (payloadType: number, payload: Uint8Array): Uint8Array =>
    encodePlus({ payloadType, sessionId: 0, sequence: 0, payload });
  const user = userKey(habits.password ?? 'secret');

  const answer = (packet: PlusPacket): readonly [string, Uint8Array] => {
    const tag = packet.payload[0] ?? 0;
    const consoleId = opened?.consoleId ?? 0;
    const status = habits.refuse?.(packet.payloadType, number);
    const refused = rakp.encodeRefusal({ tag, status: status ?? 0, consoleId });
    switch (packet.payloadType) {
      case PAYLOAD.openRequest: {
        const asked = rakp.decodeOpenRequest(packet.payload);
        const suite = asked && suiteOf(asked.algorithms);
        if (asked === undefined || suite === undefined) throw new Error('no open request');
        const said = `asks for suite ${suite.id}`;
        const isRefused = status !== undefined || habits.suites?.includes(suite.id) === false;
        if (isRefused)
          return [said, plus(PAYLOAD.openResponse, Uint8Array.of(tag, status ?? 0x04))];
        opened = { suite, consoleId: asked.consoleId, managedId: 0x1000 + number };
        const algorithms = habits.always ?? suite;
        const response = { ...asked, ...opened, tag, status: 0, privilege: 0, algorithms };
        return [said, plus(PAYLOAD.openResponse, rakp.encodeOpenResponse(response))];
      }
      case PAYLOAD.rakp1: {
        const one = rakp.decodeRakp1(packet.payload);
        if (one === undefined || opened === undefined) throw new Error('no RAKP 1');
        if (status !== undefined) return ['names itself', plus(PAYLOAD.rakp2, refused)];
        const managedRandom = new Uint8Array(16).fill(number);
        exchange = { ...opened, ...one, managedRandom, guid: GUID };
        const code = keys.managedProof(exchange, user);
        const two = rakp.encodeRakp2({
          tag,
          status: 0,
          consoleId,
          managedRandom,
          guid: GUID,
          code,
        });
        return ['names itself', plus(PAYLOAD.rakp2, two)];
      }
      default: {
        const three = rakp.decodeRakp3(packet.payload);
        if (three === undefined || exchange === undefined) throw new Error('no RAKP 3');
        const isRight = Buffer.from(three.code).equals(keys.consoleProof(exchange, user));
        const refusal = status ?? (isRight ? undefined : rakp.STATUS.badProof);
        if (refusal !== undefined) {
          const why = rakp.encodeRefusal({ tag, status: refusal, consoleId });
          return ['proves itself', plus(PAYLOAD.rakp4, why)];
        }
        const group = habits.kg === undefined ? user : userKey(habits.kg);
        made = keys.sessionKeys(exchange, group);
        const code = keys.sessionProof(exchange, made);
        const four = rakp.encodeRakp4({ tag, status: 0, consoleId, code });
        return ['proves itself', plus(PAYLOAD.rakp4, four)];
      }
    }
  };

  const within = (packet: PlusPacket): readonly [string, Uint8Array | undefined] => {
    if (exchange === undefined || made === undefined) return ['is not logged in', undefined];
    const protection = { suite: exchange.suite, keys: made };
    const payload = openPacket(protection, packet);
    const request = payload && decodeRequest(payload);
    if (request === undefined) return ['sends what cannot be read', undefined];
    const { netFn, command, data, sequence } = request;
    const said = `sends ${netFn.toString(16)}/${command.toString(16)} ${Buffer.from(data).toString('hex')} as ${sequence}`;
    sent += 1;
    const response = encodeResponse(request, habits.complete?.(request) ?? 0, data);
    const { consoleId } = exchange;
    const answered = { sessionId: consoleId, sequence: sent, payload: response, iv: IV };
    return [said.replace('  ', ' '), sealPacket(protection, answered)];
  };

  return (datagram) => {
    number += 1;
    const packet = decodePacket(datagram);
    if (packet?.kind !== 'plus') throw new Error('the console sends garbage');
    const [said, reply] = packet.sessionId === 0 ? answer(packet) : within(packet);
    const answers = reply === undefined ? [] : [reply];
    return { said, answers: habits.onDatagram?.(number, answers) ?? answers };
  };
}
