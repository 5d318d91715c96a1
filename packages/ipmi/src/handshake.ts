/** From nothing to an open session: Open Session, RAKP 1 to 4, and the privilege asked for. */
import { assert, type Instant } from '@holdfast/base';
import { bytes, padded, u32, utf8 } from './bytes.ts';
import { isSame } from './crypto.ts';
import type { IpmiFault, Step } from './fault.ts';
import {
  consoleProof,
  type Exchange,
  managedProof,
  SECRET_BYTES,
  sessionKeys,
  sessionProof,
  userKey,
} from './keys.ts';
import { begin, send } from './link.ts';
import { LEVEL } from './login.ts';
import { COMMAND } from './message.ts';
import { encodePlus, PAYLOAD, type PlusPacket } from './packet.ts';
import * as rakp from './rakp.ts';
import { STATUS } from './rakp.ts';
import {
  type Attempt,
  draw,
  later,
  type Link,
  type Pending,
  type Phase,
  type SessionEffect,
  type SessionState,
} from './session-state.ts';
import { makeWindow } from './window.ts';

/** Where the user is looked up by name alone. */
const NAME_ONLY = 0x10;
/** So many attempts end without an agreement before it is a refusal. */
const ATTEMPTS_MAX = 3;
/** So often a message is sent before the login is begun anew. */
const SENT_MAX = 3;
const REST_MS = 500;

type Handshake<Kind extends Phase['kind']> = Extract<Phase, { readonly kind: Kind }>;

/** Begins the first attempt. */
export function open(state: SessionState, now: Instant): SessionEffect[] {
  assert(state.phase.kind === 'new', 'a session is opened once');
  const giveUpAt = later(now, state.login.loginMs);
  return attempt(state, { number: 1, suiteIndex: 0, startedAt: now, giveUpAt }, now);
}

type Begun = Pick<Attempt, 'number' | 'suiteIndex' | 'startedAt' | 'giveUpAt'> & {
  readonly furthest?: Step;
};

function attempt(state: SessionState, begun: Begun, now: Instant): SessionEffect[] {
  const suite = state.login.suites[begun.suiteIndex];
  assert(suite !== undefined, 'an attempt has a suite');
  // Zero is no session.
  const consoleId = u32(draw(state, 4), 0) || 1;
  const { furthest = 'opening' } = begun;
  const made: Attempt = { ...begun, suite, consoleId, furthest, wasRepeated: false };
  const payload = rakp.encodeOpenRequest({
    tag: tagOf(made),
    privilege: 0,
    consoleId,
    algorithms: suite,
  });
  const pending = handshakeMessage(state, PAYLOAD.openRequest, payload, now);
  state.phase = { kind: 'opening', attempt: made, pending };
  return [{ kind: 'send', bytes: pending.bytes }];
}

export function onHandshake(
  state: SessionState,
  packet: PlusPacket,
  now: Instant,
): SessionEffect[] {
  const { phase } = state;
  if (packet.sessionId !== 0) return [];
  if (phase.kind === 'opening' && packet.payloadType === PAYLOAD.openResponse)
    return onOpenResponse(state, phase, packet.payload, now);
  if (phase.kind === 'greeting' && packet.payloadType === PAYLOAD.rakp2)
    return onRakp2(state, phase, packet.payload, now);
  if (phase.kind === 'proving' && packet.payloadType === PAYLOAD.rakp4)
    return onRakp4(state, phase, packet.payload, now);
  return [];
}

function onOpenResponse(
  state: SessionState,
  { attempt: made }: Handshake<'opening'>,
  payload: Uint8Array,
  now: Instant,
): SessionEffect[] {
  const answered = rakp.decodeOpenResponse(payload);
  if (answered?.kind === 'refused')
    return answered.tag === tagOf(made) ? onRefused(state, made, answered.status, now) : [];
  if (answered === undefined || !isMine(made, answered.answer)) return [];
  const { algorithms, managedId } = answered.answer;
  const { suite } = made;
  const isAsAsked =
    algorithms.authentication === suite.authentication &&
    algorithms.integrity === suite.integrity &&
    algorithms.confidentiality === suite.confidentiality;
  // There are BMCs that answer with the one suite they have, whatever was asked.
  if (!isAsAsked) return nextSuite(state, made, now);
  made.furthest = furthestOf(made.furthest, 'name');
  const consoleRandom = draw(state, rakp.RANDOM_BYTES);
  const one = rakp.encodeRakp1({
    tag: tagOf(made),
    managedId,
    consoleRandom,
    role: roleOf(state),
    username: utf8(state.login.username),
  });
  const pending = handshakeMessage(state, PAYLOAD.rakp1, one, now);
  state.phase = { kind: 'greeting', attempt: made, managedId, consoleRandom, pending };
  return [{ kind: 'send', bytes: pending.bytes }];
}

function onRakp2(
  state: SessionState,
  { attempt: made, managedId, consoleRandom }: Handshake<'greeting'>,
  payload: Uint8Array,
  now: Instant,
): SessionEffect[] {
  const answered = rakp.decodeRakp2(payload);
  if (answered?.kind === 'refused')
    return answered.tag === tagOf(made) ? onRefused(state, made, answered.status, now) : [];
  if (answered === undefined || !isMine(made, answered.answer)) return [];
  const { managedRandom, guid, code } = answered.answer;
  const { login } = state;
  const exchange: Exchange = {
    suite: made.suite,
    consoleId: made.consoleId,
    managedId,
    consoleRandom,
    managedRandom,
    guid,
    role: roleOf(state),
    username: utf8(login.username),
  };
  const user = userKey(login.password);
  // Nothing more is sent: a proof made with a wrong password would be counted against the user.
  if (!isSame(managedProof(exchange, user), code)) return end(state, { kind: 'wrong-password' });
  made.furthest = furthestOf(made.furthest, 'proof');
  const keys = sessionKeys(
    exchange,
    login.kg === undefined ? user : padded(login.kg, SECRET_BYTES),
  );
  const three = rakp.encodeRakp3({
    tag: tagOf(made),
    status: STATUS.done,
    managedId,
    code: consoleProof(exchange, user),
  });
  const pending = handshakeMessage(state, PAYLOAD.rakp3, three, now);
  state.phase = { kind: 'proving', attempt: made, exchange, keys, pending };
  return [{ kind: 'send', bytes: pending.bytes }];
}

function onRakp4(
  state: SessionState,
  { attempt: made, exchange, keys }: Handshake<'proving'>,
  payload: Uint8Array,
  now: Instant,
): SessionEffect[] {
  const answered = rakp.decodeRakp4(payload);
  if (answered?.kind === 'refused')
    return answered.tag === tagOf(made) ? onRefused(state, made, answered.status, now) : [];
  if (answered === undefined || !isMine(made, answered.answer)) return [];
  if (!isSame(sessionProof(exchange, keys), answered.answer.code))
    return end(state, { kind: 'wrong-kg', isSet: state.login.kg !== undefined });
  const link: Link = {
    protection: { suite: made.suite, keys },
    consoleId: exchange.consoleId,
    managedId: exchange.managedId,
    sent: 0,
    asked: 0,
    received: makeWindow(),
  };
  made.furthest = 'privilege';
  return raise(state, made, link, now);
}

/** A session begins as a user's; more has to be asked for. */
function raise(state: SessionState, made: Attempt, link: Link, now: Instant): SessionEffect[] {
  const level = LEVEL[state.login.privilege];
  if (level <= LEVEL.user) {
    state.phase = { kind: 'ready', link, current: undefined };
    return [{ kind: 'opened', suite: made.suite.id }];
  }
  const ask = {
    number: 0,
    isRepeatable: true,
    command: { ...COMMAND.setPrivilege, data: bytes(level) },
  };
  const giveUpMs = made.giveUpAt - now;
  const current = begin(link, ask, now, { repeatMs: state.login.repeatMs, giveUpMs });
  state.phase = { kind: 'raising', attempt: made, link, current };
  return [send(state, link, current)];
}

function onRefused(
  state: SessionState,
  made: Attempt,
  status: number,
  now: Instant,
): SessionEffect[] {
  switch (status) {
    case STATUS.badAuthentication:
    case STATUS.badIntegrity:
    case STATUS.badConfidentiality:
    case STATUS.noSuchSuite:
      return nextSuite(state, made, now);
    case STATUS.noResources:
    case STATUS.noResourcesForRole:
      state.phase = { kind: 'resting', attempt: made, until: later(now, REST_MS) };
      return [];
    case STATUS.unknownName:
    case STATUS.badNameLength:
      return end(state, { kind: 'unknown-user' });
    case STATUS.roleNotAllowed:
    case STATUS.badRole:
      return end(state, { kind: 'not-allowed', what: 'privilege' });
    default:
      return onDisagreement(state, made, status, now);
  }
}

/** What is no verdict on the user: after a repetition the two sides may just have missed each other. */
function onDisagreement(
  state: SessionState,
  made: Attempt,
  status: number,
  now: Instant,
): SessionEffect[] {
  if (made.wasRepeated && made.number < ATTEMPTS_MAX) return again(state, made, now);
  if (status === STATUS.badProof) return end(state, { kind: 'wrong-password' });
  return end(state, { kind: 'login-refused', step: made.furthest, status });
}

function nextSuite(state: SessionState, made: Attempt, now: Instant): SessionEffect[] {
  const suiteIndex = made.suiteIndex + 1;
  if (suiteIndex < state.login.suites.length)
    return attempt(state, { ...made, number: made.number + 1, suiteIndex }, now);
  return end(state, { kind: 'no-suite', tried: state.login.suites.map(({ id }) => id) });
}

/** Begins the login anew, within the same time. */
export function again(state: SessionState, made: Attempt, now: Instant): SessionEffect[] {
  return attempt(state, { ...made, number: made.number + 1 }, now);
}

/** What time brings to a login: a repetition, a new attempt, the end. */
export function onHandshakeTick(
  state: SessionState,
  phase: Handshake<'opening' | 'greeting' | 'proving' | 'resting'>,
  now: Instant,
): SessionEffect[] {
  const { attempt: made } = phase;
  if (now >= made.giveUpAt) return end(state, silence(state, phase, now));
  if (phase.kind === 'resting') return now >= phase.until ? again(state, made, now) : [];
  const { pending } = phase;
  if (now < pending.repeatAt) return [];
  if (phase.kind !== 'opening' && pending.sent >= SENT_MAX) return again(state, made, now);
  pending.sent += 1;
  pending.repeatAt = later(now, state.login.repeatMs);
  made.wasRepeated = true;
  return [{ kind: 'send', bytes: pending.bytes }];
}

function silence(state: SessionState, phase: Phase, now: Instant): IpmiFault {
  const made = 'attempt' in phase ? phase.attempt : undefined;
  const waitedMs = Math.round(now - (made?.startedAt ?? now));
  if (phase.kind === 'resting') return { kind: 'busy', waitedMs };
  return { kind: 'no-answer', step: made?.furthest ?? 'opening', waitedMs, cause: state.cause };
}

/** Over: every ask that waits has the same fault. */
export function end(state: SessionState, fault: IpmiFault | undefined): SessionEffect[] {
  state.phase = { kind: 'over' };
  const waiting = state.waiting.splice(0);
  const lost: IpmiFault = fault ?? { kind: 'useless-answer', what: 'the session was closed' };
  return [
    ...waiting.map(({ number }): SessionEffect => ({ kind: 'failed', ask: number, fault: lost })),
    { kind: 'ended', fault },
  ];
}

function handshakeMessage(
  state: SessionState,
  payloadType: number,
  payload: Uint8Array,
  now: Instant,
): Pending {
  return {
    bytes: encodePlus({ payloadType, sessionId: 0, sequence: 0, payload }),
    repeatAt: later(now, state.login.repeatMs),
    sent: 1,
  };
}

function isMine(made: Attempt, answer: rakp.Answer): boolean {
  return answer.tag === tagOf(made) && answer.consoleId === made.consoleId;
}

/** Every attempt has its own, so that a late answer to an earlier one is not taken for an answer. */
function tagOf({ number }: Attempt): number {
  return number & 0xff;
}

function roleOf({ login }: SessionState): number {
  return LEVEL[login.privilege] | (login.lookup === 'name' ? NAME_ONLY : 0);
}

const STEPS: readonly Step[] = ['opening', 'name', 'proof', 'privilege', 'command'];

function furthestOf(one: Step, other: Step): Step {
  return STEPS.indexOf(one) > STEPS.indexOf(other) ? one : other;
}
