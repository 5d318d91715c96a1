/** The ring at work: the token's visit, sequenced messages, delivery in order (T1.10, T1.20–T1.38). */
import { enterGather, sendLeave } from './gather.ts';
import { type HoldCancel, type Mcast, sameRing, type Token } from './message.ts';
import { setTimer, successor, tell, unicast } from './outbox.ts';
import { countRotation } from './counters.ts';
import { messagesWaiting, PAYLOAD_ROOM, takePacked, unpack } from './packing.ts';
import { isQueueEmpty, type SendQueue } from './queue.ts';
import type { Phase, RingState, Rotation, Store } from './state.ts';
import { keep, release } from './store.ts';
import { isNext, visit } from './visit.ts';

type Operational = Phase & { kind: 'operational' };

/**
 * Visits in which nothing moved before the representative of an idle ring holds the token. After three
 * every member has seen twice that all have everything, so that no safe message is left waiting.
 */
const IDLE_VISITS = 3;
/** Rotations in which the same member lacks the same message, before it counts as deaf. */
const FAIL_RECV_CONST = 2500;

/** A message of the installed ring. */
export function onRingMcast(state: RingState, phase: Operational, message: Mcast): void {
  if (!keep(state.store, message)) {
    state.counters.duplicates += 1;
    return;
  }
  phase.rotation.idleVisits = 0;
  deliverInOrder(state, state.store);
}

/** Hands up, in order, what is there without a gap; a safe message only when all have it (T1.35). */
export function deliverInOrder(state: RingState, store: Store): void {
  while (store.delivered < store.aru) {
    const message = store.messages.get(store.delivered + 1);
    if (message?.isSafe === true && message.seq > store.stable) return;
    store.delivered += 1;
    if (message !== undefined) handUp(state, message);
  }
}

export function handUp(state: RingState, message: Mcast): void {
  if (message.isEncapsulated) return;
  const { counters, out } = state;
  const { originator: from, seq } = message;
  counters.messagesReceived += 1;
  unpack(state.assembly, from, message.payload, (payload) => {
    counters.payloadsDelivered += 1;
    counters.bytesDelivered += payload.length;
    out.push({ kind: 'delivered', from, payload, seq });
  });
}

/** One token visit in the operational ring. */
export function onToken(state: RingState, phase: Operational, token: Token): void {
  const { rotation } = phase;
  const { store, counters, config } = state;
  if (!isNext(store, rotation, token)) {
    counters.stray += 1;
    return;
  }
  if (rotation.lastVisitAt !== undefined) countRotation(counters, state.now - rotation.lastVisitAt);
  rotation.lastVisitAt = state.now;
  accept(state, rotation, token);
  const next = visitWithQueue(state, rotation, token);
  store.stable = Math.max(store.stable, Math.min(next.aru, rotation.lastAru));
  deliverInOrder(state, store);
  release(store, store.stable);
  const hasMoved =
    next.seq !== rotation.lastSeq || next.aru !== next.seq || next.requests.length > 0;
  rotation.idleVisits = hasMoved || !isQueueEmpty(source(state)) ? 0 : rotation.idleVisits + 1;
  if (isLeftBehind(state, rotation, next)) return;
  rotation.lastAru = next.aru;
  rotation.lastSeq = next.seq;
  rotation.sent = next;
  const isRepresentative = state.members[0] === config.self;
  if (isRepresentative && rotation.idleVisits >= (config.idleVisitsMax ?? IDLE_VISITS)) {
    counters.holds += 1;
    phase.isHolding = true;
    state.timers.retransmit = undefined;
    setTimer(state, 'hold', config.holdMs);
    return;
  }
  forward(state, phase);
}

/** What is sent from now: while members synchronise, nothing but what that needs. */
export function source({ syncQueue, queue, isSyncing }: RingState): SendQueue {
  return isSyncing || !isQueueEmpty(syncQueue) ? syncQueue : queue;
}

export function accept(state: RingState, rotation: Rotation, token: Token): void {
  rotation.lastTokenSeq = token.tokenSeq;
  state.counters.rotations += 1;
  setTimer(state, 'token', state.config.tokenMs);
}

function visitWithQueue(state: RingState, rotation: Rotation, token: Token): Token {
  const room = state.config.messageBytes ?? PAYLOAD_ROOM;
  return visit(state, {
    store: state.store,
    rotation,
    token,
    waiting: messagesWaiting(source(state), room),
    isEncapsulated: false,
    next: () => takePacked(source(state), room, state.slab),
  });
}

/** Sends the token on to the next member. */
export function forward(state: RingState, phase: Operational): void {
  const { sent } = phase.rotation;
  phase.isHolding = false;
  state.timers.hold = undefined;
  if (sent === undefined) return;
  setTimer(state, 'retransmit', state.config.tokenRetransmitMs);
  unicast(state, successor(state.members, state.config.self), sent);
}

/**
 * A member whose aru never moves cannot receive (T1.28). It takes leave by itself; where it does not,
 * the others leave it out after twice the time. True where the ring is over with that.
 */
function isLeftBehind(state: RingState, rotation: Rotation, token: Token): boolean {
  const isStuck = token.aru === rotation.lastAru && token.aru < token.seq && token.aruOwner !== 0;
  rotation.stuckVisits = isStuck ? rotation.stuckVisits + 1 : 0;
  const { self, failRecvConst = FAIL_RECV_CONST } = state.config;
  if (token.aruOwner === self) {
    if (rotation.stuckVisits <= failRecvConst) return false;
    const text = `this node does not receive what the others send (${rotation.stuckVisits} rotations): it leaves the ring`;
    state.counters.failedToReceive += 1;
    tell(state, 'error', 'failed-to-receive', text);
    sendLeave(state);
    state.processors = new Set([self]);
    state.failed = new Set();
    enterGather(state, 'this node failed to receive');
    return true;
  }
  const stuck = state.members.find((id) => id === token.aruOwner);
  if (stuck === undefined || rotation.stuckVisits <= 2 * failRecvConst) return false;
  tell(state, 'error', 'failed-to-receive', `node ${stuck} does not receive: it is left out`);
  state.failed.add(stuck);
  enterGather(state, `node ${stuck} fails to receive`);
  return true;
}

/** A new payload waits: an idle ring's held token is let go (T1.38). */
export function wake(state: RingState): void {
  const { phase, members, store, config } = state;
  if (phase.kind !== 'operational') return;
  if (phase.isHolding) {
    takeHeld(state, phase);
    return;
  }
  // The representative holds only after a rotation that was idle here as well.
  const mayBeHeld = phase.rotation.idleVisits > 0;
  const [representative] = members;
  phase.rotation.idleVisits = 0;
  if (!mayBeHeld || representative === undefined || representative === config.self) return;
  const message: HoldCancel = { kind: 'hold-cancel', sender: config.self, ringId: store.ringId };
  unicast(state, representative, message);
}

export function onHoldCancel(state: RingState, message: HoldCancel): void {
  const { phase } = state;
  if (phase.kind !== 'operational' || !sameRing(message.ringId, state.store.ringId)) return;
  phase.rotation.idleVisits = 0;
  if (!phase.isHolding) return;
  state.counters.holdsCancelled += 1;
  takeHeld(state, phase);
}

/** The representative of a held ring visits itself anew, so that what waits goes out at once. */
function takeHeld(state: RingState, phase: Operational): void {
  const { rotation } = phase;
  const held = rotation.sent;
  if (held !== undefined && !isQueueEmpty(source(state))) {
    const next = visitWithQueue(state, rotation, held);
    // The held token was not seen by anybody: the hop counter stays.
    rotation.sent = { ...next, tokenSeq: held.tokenSeq };
    rotation.idleVisits = 0;
    rotation.lastSeq = next.seq;
    deliverInOrder(state, state.store);
  }
  forward(state, phase);
}
