/**
 * The ring: Totem's single-ring ordering and membership as a pure machine.
 *
 *   gather ──all agree──> commit ──once round──> recovery ──all have all──> operational
 *      ^────────token lost, join, merge, timeout────┴──────────────┴───────────┘
 *
 * Amir, Moser, Melliar-Smith, Agarwal, Ciarfella: The Totem single-ring ordering and membership
 * protocol, ACM TOCS 13(4), 1995; rules T1.x of docs/spec/totem-quorum.md.
 */
import {
  after,
  assert,
  earliest,
  formatDuration,
  type Instant,
  milliseconds,
  type NodeId,
} from '@holdfast/base';
import { decodeFrame } from './codec.ts';
import { enterGather, onCommitInGather, onForeign, onJoin, sendLeave } from './gather.ts';
import { type CommitToken, describeRing, type Mcast, type Message, sameRing } from './message.ts';
import { onHoldCancel, onRingMcast, onToken, wake } from './operational.ts';
import { cancelTimers, tell } from './outbox.ts';
import { enqueue, isQueueEmpty } from './packing.ts';
import { enterRecovery, onRecoveryMcast, onRecoveryToken, startTokens } from './recovery.ts';
import type { Counters, RingEffect, RingInput, RingState } from './state.ts';
import { keep } from './store.ts';
import { expire, expireToken } from './timers.ts';

/** Messages to ourselves that one input may lead to; more is a circle. */
const INBOX_MAX = 200_000;

export function step(state: RingState, input: RingInput, now: Instant): RingEffect[] {
  state.out = [];
  state.now = now;
  if (input.kind !== 'leave' && input.kind !== 'start') {
    checkFrozen(state);
    expireToken(state);
  }
  take(state, input);
  drain(state);
  state.wantedAt = deadline(state);
  const { out } = state;
  state.out = [];
  return out;
}

export function deadline(state: RingState): Instant | undefined {
  const { token, retransmit, hold, join, consensus, merge } = state.timers;
  return earliest(token, retransmit, hold, join, consensus, merge);
}

/** A node that was not run for longer than its token time knows nothing of the ring any more. */
function checkFrozen(state: RingState): void {
  const { wantedAt, now, config, phase } = state;
  if (phase.kind === 'stopped' || wantedAt === undefined || now - wantedAt <= config.tokenMs)
    return;
  const length = formatDuration(milliseconds(now - wantedAt));
  state.counters.freezes += 1;
  tell(
    state,
    'warning',
    'frozen',
    `this node was frozen ${length}: what it knew of the ring is void; it asks anew who is there`,
  );
  state.isVoid = true;
  // What waits in the socket's buffer was sent to the one we were; the living say it again.
  state.deafUntil = after(now, config.joinMs);
  enterGather(state, 'this node was frozen');
}

function take(state: RingState, input: RingInput): void {
  switch (input.kind) {
    case 'start':
      enterGather(state, 'start');
      return;
    case 'datagram':
      onDatagram(state, input.bytes);
      return;
    case 'multicast':
      multicast(state, input.payload);
      return;
    case 'leave':
      sendLeave(state);
      cancelTimers(state, 'token', 'retransmit', 'hold', 'join', 'consensus', 'merge');
      state.phase = { kind: 'stopped' };
      state.hasLeft = true;
      return;
    case 'tick':
      expire(state);
      return;
  }
}

function multicast(state: RingState, payload: Uint8Array): void {
  const wasEmpty = isQueueEmpty(state.queue);
  if (state.hasLeft || !enqueue(state.queue, payload)) {
    state.counters.refused += 1;
    state.out.push({ kind: 'refused', payload });
    return;
  }
  if (wasEmpty) wake(state);
}

/** Garbage, others' clusters and earlier lives are counted and dropped. */
function onDatagram(state: RingState, bytes: Uint8Array): void {
  state.counters.datagrams += 1;
  const frame = decodeFrame(bytes);
  if (frame === undefined) {
    state.counters.garbage += 1;
    return;
  }
  const { cluster, sender, incarnation } = frame.header;
  const isKnown = state.config.nodes.includes(sender) && sender !== state.config.self;
  if (cluster !== state.cluster || !isKnown) {
    state.counters.foreign += 1;
    return;
  }
  if (incarnation < (state.lives.get(sender) ?? 0)) {
    state.counters.stale += 1;
    return;
  }
  state.lives.set(sender, incarnation);
  handle(state, frame.message, sender);
}

function drain(state: RingState): void {
  for (let count = 0; ; count += 1) {
    const message = state.inbox.shift();
    if (message === undefined) return;
    assert(count < INBOX_MAX, 'talking to oneself ends');
    handle(state, message, state.config.self);
  }
}

function handle(state: RingState, message: Message, sender: NodeId): void {
  if (state.phase.kind === 'stopped') return;
  switch (message.kind) {
    case 'mcast':
      onMcast(state, message, sender);
      return;
    case 'token':
      if (state.phase.kind === 'operational') onToken(state, state.phase, message);
      else if (state.phase.kind === 'recovery')
        onRecoveryToken(state, state.phase.recovery, message);
      return;
    case 'join':
      onJoin(state, message);
      return;
    case 'commit':
      onCommit(state, message);
      return;
    case 'merge':
      onForeign(state, sender, message.ringId);
      return;
    case 'hold-cancel':
      onHoldCancel(state, message);
      return;
  }
}

function onMcast(state: RingState, message: Mcast, sender: NodeId): void {
  const { phase, store } = state;
  const isOurs = sameRing(message.ringId, store.ringId);
  switch (phase.kind) {
    case 'stopped':
    case 'commit':
      return;
    case 'recovery':
      if (sameRing(message.ringId, phase.recovery.store.ringId))
        onRecoveryMcast(state, phase.recovery, message);
      return;
    case 'gather':
      if (!isOurs) onForeign(state, sender, message.ringId);
      else if (!state.isVoid) keep(store, message);
      return;
    case 'operational':
      if (isOurs) onRingMcast(state, phase, message);
      else onForeign(state, sender, message.ringId);
      return;
  }
}

/** T1.60. */
function onCommit(state: RingState, commit: CommitToken): void {
  const { phase } = state;
  switch (phase.kind) {
    case 'stopped':
    case 'operational':
      return;
    case 'gather':
      onCommitInGather(state, commit);
      return;
    case 'commit':
      if (sameRing(commit.ringId, phase.ringId) && isWhole(commit, phase.members))
        enterRecovery(state, commit);
      return;
    case 'recovery':
      if (sameRing(commit.ringId, phase.recovery.store.ringId))
        startTokens(state, phase.recovery, commit);
      return;
  }
}

/** Every member has signed, and they are those we signed for. */
function isWhole(commit: CommitToken, members: readonly NodeId[]): boolean {
  return (
    commit.info.length === members.length &&
    commit.members.length === members.length &&
    commit.members.every((id, index) => id === members[index])
  );
}

export type RingStatus = {
  readonly state: string;
  readonly ringId: string;
  readonly members: readonly NodeId[];
  readonly counters: Readonly<Counters>;
};

export function ringStatus(state: RingState): RingStatus {
  return {
    state: state.phase.kind,
    ringId: describeRing(state.store.ringId),
    members: state.members,
    counters: { ...state.counters },
  };
}
