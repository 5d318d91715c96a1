/**
 * A console's session with a BMC over RMCP+ (IPMI v2.0 §13): logs in, asks one command after
 * another, repeats what was not answered, and says what went wrong in words that tell what to repair.
 */
import { assert, type Instant } from '@holdfast/base';
import type { IpmiFault } from './fault.ts';
import { end, onHandshake, onHandshakeTick, open } from './handshake.ts';
import { begin, closeAsk, commandFault, receive, send } from './link.ts';
import type { Login } from './login.ts';
import { COMPLETION, type Response } from './message.ts';
import { decodePacket, type PlusPacket } from './packet.ts';
import {
  type Ask,
  type Current,
  later,
  type Link,
  type Phase,
  type SessionEffect,
  type SessionInput,
  type SessionState,
} from './session-state.ts';

/** Commands that may wait. */
const ASKS_MAX = 16;
const SEED_BYTES_MIN = 32;
/** A goodbye is given so many repetitions. */
const GOODBYE_TIMES = 2;

/** `seed`: 32 bytes or more that nobody can guess, another one for every session. */
export function makeSession(login: Login, seed: Uint8Array): SessionState {
  assert(seed.length >= SEED_BYTES_MIN, 'a session has a seed of 32 bytes');
  return { login, seed, drawn: 0, cause: undefined, waiting: [], phase: { kind: 'new' } };
}

/** Takes one input at `now`; answers with what the world must do, in order. */
export function step(state: SessionState, input: SessionInput, now: Instant): SessionEffect[] {
  switch (input.kind) {
    case 'open':
      return open(state, now);
    case 'datagram':
      return onDatagram(state, input.bytes, now);
    case 'trouble':
      state.cause = input.cause;
      return [];
    case 'ask':
      return onAsk(state, input.ask, now);
    case 'leave':
      return onLeave(state, now);
    case 'tick':
      return onTick(state, now);
  }
}

/** When `step` wants a tick; undefined where nothing is waited for. */
export function deadline({ phase }: SessionState): Instant | undefined {
  switch (phase.kind) {
    case 'new':
    case 'over':
      return undefined;
    case 'opening':
    case 'greeting':
    case 'proving':
      return sooner(phase.pending.repeatAt, phase.attempt.giveUpAt);
    case 'resting':
      return sooner(phase.until, phase.attempt.giveUpAt);
    case 'raising':
    case 'leaving':
      return sooner(phase.current.repeatAt, phase.current.giveUpAt);
    case 'ready':
      return phase.current && sooner(phase.current.repeatAt, phase.current.giveUpAt);
  }
}

function onDatagram(state: SessionState, bytes: Uint8Array, now: Instant): SessionEffect[] {
  const packet = decodePacket(bytes);
  if (packet?.kind !== 'plus') return [];
  const { phase } = state;
  switch (phase.kind) {
    case 'new':
    case 'over':
    case 'resting':
      return [];
    case 'opening':
    case 'greeting':
    case 'proving':
      return onHandshake(state, packet, now);
    case 'raising':
      return onRaised(state, phase, packet, now);
    case 'ready':
      return onAnswer(state, phase, packet, now);
    case 'leaving':
      return receive(phase.link, phase.current, packet) === undefined ? [] : end(state, undefined);
  }
}

function onRaised(
  state: SessionState,
  { attempt, link, current }: Extract<Phase, { kind: 'raising' }>,
  packet: PlusPacket,
  now: Instant,
): SessionEffect[] {
  const response = receive(link, current, packet);
  if (response === undefined) return [];
  const fault = raiseFault(response);
  if (fault !== undefined) return [goodbye(state, link, now), ...end(state, fault)];
  state.phase = { kind: 'ready', link, current: undefined };
  return [{ kind: 'opened', suite: attempt.suite.id }, ...askNext(state, now)];
}

function raiseFault(response: Response): IpmiFault | undefined {
  const { levelNotAvailable, levelAboveLimit, insufficientPrivilege } = COMPLETION;
  const denials: readonly number[] = [levelNotAvailable, levelAboveLimit, insufficientPrivilege];
  if (denials.includes(response.completion)) return { kind: 'not-allowed', what: 'privilege' };
  return commandFault(response);
}

function onAnswer(
  state: SessionState,
  phase: Extract<Phase, { kind: 'ready' }>,
  packet: PlusPacket,
  now: Instant,
): SessionEffect[] {
  const { current, link } = phase;
  if (current === undefined) return [];
  const response = receive(link, current, packet);
  if (response === undefined) return [];
  phase.current = undefined;
  const { number } = current.ask;
  const fault = commandFault(response);
  const outcome: SessionEffect =
    fault === undefined
      ? { kind: 'answered', ask: number, data: response.data }
      : { kind: 'failed', ask: number, fault };
  return [outcome, ...askNext(state, now)];
}

function onAsk(state: SessionState, ask: Ask, now: Instant): SessionEffect[] {
  assert(state.phase.kind !== 'over' && state.phase.kind !== 'leaving', 'the session is open');
  assert(state.waiting.length < ASKS_MAX, 'few commands wait');
  state.waiting.push(ask);
  return askNext(state, now);
}

function askNext(state: SessionState, now: Instant): SessionEffect[] {
  const { phase, login } = state;
  if (phase.kind !== 'ready' || phase.current !== undefined) return [];
  const ask = state.waiting.shift();
  if (ask === undefined) return [];
  const waits = { repeatMs: login.repeatMs, giveUpMs: login.commandMs };
  phase.current = begin(phase.link, ask, now, waits);
  return [send(state, phase.link, phase.current)];
}

/** Waits for the BMC to say goodbye too, or a one-session BMC would stay taken. */
function onLeave(state: SessionState, now: Instant): SessionEffect[] {
  const { phase, login } = state;
  if (phase.kind === 'over' || phase.kind === 'leaving') return [];
  if (phase.kind !== 'ready') return end(state, undefined);
  assert(phase.current === undefined, 'nobody leaves while a command is unanswered');
  const { link } = phase;
  const waits = { repeatMs: login.repeatMs, giveUpMs: GOODBYE_TIMES * login.repeatMs };
  const current = begin(link, closeAsk(link), now, waits);
  state.phase = { kind: 'leaving', link, current };
  return [send(state, link, current)];
}

/** Said once, and not waited for. */
function goodbye(state: SessionState, link: Link, now: Instant): SessionEffect {
  return send(state, link, begin(link, closeAsk(link), now, { repeatMs: 0, giveUpMs: 0 }));
}

function onTick(state: SessionState, now: Instant): SessionEffect[] {
  const { phase } = state;
  switch (phase.kind) {
    case 'new':
    case 'over':
      return [];
    case 'opening':
    case 'greeting':
    case 'proving':
    case 'resting':
      return onHandshakeTick(state, phase, now);
    case 'raising':
    case 'leaving':
      return onCurrentTick(state, phase.link, phase.current, now);
    case 'ready':
      return phase.current === undefined
        ? []
        : onCurrentTick(state, phase.link, phase.current, now);
  }
}

function onCurrentTick(
  state: SessionState,
  link: Link,
  current: Current,
  now: Instant,
): SessionEffect[] {
  if (now >= current.giveUpAt) return onSilence(state, current, now);
  if (now < current.repeatAt) return [];
  current.repeatAt = later(now, state.login.repeatMs);
  return [send(state, link, current)];
}

function onSilence(state: SessionState, current: Current, now: Instant): SessionEffect[] {
  const { phase } = state;
  const waitedMs = Math.round(now - current.askedAt);
  const step = phase.kind === 'raising' ? 'privilege' : 'command';
  const fault: IpmiFault = { kind: 'no-answer', step, waitedMs, cause: state.cause };
  switch (phase.kind) {
    case 'leaving':
      return end(state, undefined);
    case 'ready':
      phase.current = undefined;
      return [{ kind: 'failed', ask: current.ask.number, fault }, ...askNext(state, now)];
    case 'raising':
    case 'new':
    case 'opening':
    case 'greeting':
    case 'proving':
    case 'resting':
    case 'over':
      return end(state, fault);
  }
}

function sooner(one: Instant, other: Instant): Instant {
  return one < other ? one : other;
}
