/** The ring at work: the token's visit, sequenced messages, delivery in order (T1.20–T1.49). */
import { REQUESTS_MAX } from './codec.ts';
import { type HoldCancel, type Mcast, sameRing, type Token } from './message.ts';
import { broadcast, setTimer, successor, unicast } from './outbox.ts';
import { isQueueEmpty, takePacked, unpack } from './packing.ts';
import type { Phase, RingState, Rotation, Store } from './state.ts';

const WINDOW = 256;
const PER_VISIT_MAX = 64;
/** Visits in which nothing moved before an idle ring's token is held. */
const IDLE_VISITS = 2;

/** Keeps a message of a ring; false where it was there already. */
export function keep(store: Store, message: Mcast): boolean {
  store.high = Math.max(store.high, message.seq);
  if (message.seq <= store.freed || store.messages.has(message.seq)) return false;
  store.messages.set(message.seq, message);
  while (store.messages.has(store.aru + 1)) store.aru += 1;
  return true;
}

/** Hands up, in order, what is there without a gap. */
export function deliverInOrder(state: RingState, store: Store): void {
  while (store.delivered < store.aru) {
    store.delivered += 1;
    const message = store.messages.get(store.delivered);
    if (message !== undefined) handUp(state, message);
  }
}

export function handUp(state: RingState, message: Mcast): void {
  if (message.isEncapsulated) return;
  state.counters.messagesReceived += 1;
  unpack(state.assembly, message.originator, message.payload, (payload) => {
    state.out.push({ kind: 'delivered', from: message.originator, payload });
  });
}

/** One token visit in the operational ring. */
export function onToken(
  state: RingState,
  phase: Phase & { kind: 'operational' },
  token: Token,
): void {
  const { rotation } = phase;
  if (!sameRing(token.ringId, state.store.ringId) || token.tokenSeq <= rotation.lastTokenSeq)
    return;
  accept(state, rotation, token);
  const before = state.store.aru;
  const next = visit(state, state.store, rotation, token, () => takePacked(state.queue));
  deliverInOrder(state, state.store);
  release(state.store, Math.min(next.aru, rotation.lastAru));
  noteStuck(state, rotation, next);
  const hasMoved =
    next.seq !== rotation.lastSeq ||
    next.aru !== next.seq ||
    state.store.aru !== before ||
    next.requests.length > 0;
  rotation.idleVisits = hasMoved || !isQueueEmpty(state.queue) ? 0 : rotation.idleVisits + 1;
  rotation.lastAru = next.aru;
  rotation.lastSeq = next.seq;
  rotation.sent = next;
  const isRepresentative = state.members[0] === state.config.self;
  if (isRepresentative && rotation.idleVisits >= IDLE_VISITS) {
    phase.isHolding = true;
    state.timers.retransmit = undefined;
    setTimer(state, 'hold', state.config.holdMs);
    return;
  }
  forward(state, phase);
}

export function accept(state: RingState, rotation: Rotation, token: Token): void {
  rotation.lastTokenSeq = token.tokenSeq;
  state.counters.rotations += 1;
  setTimer(state, 'token', state.config.tokenMs);
}

/** Sends the token on to the next member. */
export function forward(state: RingState, phase: Phase & { kind: 'operational' }): void {
  const { sent } = phase.rotation;
  phase.isHolding = false;
  state.timers.hold = undefined;
  if (sent === undefined) return;
  setTimer(state, 'retransmit', state.config.tokenRetransmitMs);
  unicast(state, successor(state.members, state.config.self), sent);
}

/**
 * What every token visit does, whichever ring it is of: send again what others miss, send what is new,
 * ask for what we miss, and say how far we have everything.
 */
export function visit(
  state: RingState,
  store: Store,
  rotation: Rotation,
  token: Token,
  next: () => Uint8Array | undefined,
): Token {
  const open = sendAgain(state, store, token.requests);
  const window = state.config.windowSize ?? WINDOW;
  const flowBefore = Math.max(0, token.flow - rotation.sentLastVisit);
  const allowed = Math.min(
    state.config.maxMessages ?? PER_VISIT_MAX,
    Math.max(0, window - flowBefore),
  );
  let { seq } = token;
  let sent = 0;
  // Nobody may run further ahead of the slowest than the window holds.
  while (sent < allowed && seq - token.aru < window * 4) {
    const payload = next();
    if (payload === undefined) break;
    seq += 1;
    sent += 1;
    const isEncapsulated = store !== state.store;
    const message: Mcast = {
      kind: 'mcast',
      ringId: store.ringId,
      seq,
      originator: state.config.self,
      isEncapsulated,
      payload,
    };
    keep(store, message);
    broadcast(state, message, false);
  }
  store.high = Math.max(store.high, seq);
  state.counters.messagesSent += sent;
  rotation.sentLastVisit = sent;
  return {
    ...token,
    tokenSeq: token.tokenSeq + 1,
    seq,
    flow: flowBefore + sent,
    requests: askFor(store, open, seq),
    ...lowered(state, store, token, seq),
  };
}

/** The lowest "I have everything up to here" of the members, and who said so. */
function lowered(
  state: RingState,
  store: Store,
  token: Token,
  seq: number,
): Pick<Token, 'aru' | 'aruOwner'> {
  const { self } = state.config;
  const mine = store.aru;
  if (mine < token.aru || token.aruOwner === self || token.aruOwner === 0) {
    return { aru: mine, aruOwner: mine === seq ? 0 : self };
  }
  return { aru: token.aru, aruOwner: token.aruOwner };
}

function sendAgain(state: RingState, store: Store, requests: readonly number[]): readonly number[] {
  const open: number[] = [];
  for (const seq of requests) {
    const message = store.messages.get(seq);
    if (message === undefined) {
      open.push(seq);
      continue;
    }
    state.counters.retransmitted += 1;
    broadcast(state, message, false);
  }
  return open;
}

function askFor(store: Store, open: readonly number[], seq: number): readonly number[] {
  const requests = new Set(open.filter((each) => each > store.freed));
  for (let missing = store.aru + 1; missing <= seq && requests.size < REQUESTS_MAX; missing += 1) {
    if (!store.messages.has(missing)) requests.add(missing);
  }
  return [...requests].sort((a, b) => a - b);
}

/** Frees what all members have had for a whole rotation. */
function release(store: Store, upTo: number): void {
  const limit = Math.min(upTo, store.delivered);
  while (store.freed < limit) {
    store.freed += 1;
    store.messages.delete(store.freed);
  }
}

/** A member whose aru never moves cannot receive (T1.26): it is left out of the next ring. */
function noteStuck(state: RingState, rotation: Rotation, token: Token): void {
  const isStuck = token.aru === rotation.lastAru && token.aru < token.seq && token.aruOwner !== 0;
  rotation.stuckVisits = isStuck ? rotation.stuckVisits + 1 : 0;
  if (rotation.stuckVisits <= (state.config.failRecvConst ?? 2500)) return;
  rotation.stuckVisits = 0;
  if (token.aruOwner === state.config.self) {
    state.failedToReceive = true;
    return;
  }
  for (const member of state.members) if (member === token.aruOwner) state.failed.add(member);
}

/** A new payload waits: an idle ring's held token is let go. */
export function wake(state: RingState): void {
  const { phase } = state;
  if (phase.kind !== 'operational') return;
  phase.rotation.idleVisits = 0;
  if (phase.isHolding) {
    takeHeld(state, phase);
    return;
  }
  const message: HoldCancel = {
    kind: 'hold-cancel',
    sender: state.config.self,
    ringId: state.store.ringId,
  };
  const [representative] = state.members;
  if (representative !== undefined && representative !== state.config.self)
    unicast(state, representative, message);
}

/** The representative of a held ring visits itself anew, so that what waits goes out at once. */
export function takeHeld(state: RingState, phase: Phase & { kind: 'operational' }): void {
  const { rotation } = phase;
  const held = rotation.sent;
  if (held === undefined) return;
  if (!isQueueEmpty(state.queue)) {
    const next = visit(state, state.store, rotation, held, () => takePacked(state.queue));
    rotation.sent = { ...next, tokenSeq: held.tokenSeq };
    rotation.idleVisits = 0;
    rotation.lastSeq = next.seq;
    deliverInOrder(state, state.store);
  }
  forward(state, phase);
}
