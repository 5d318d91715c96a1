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
  type Milliseconds,
  type NodeId,
} from '@holdfast/base';
import { decodeFrame } from './codec.ts';
import { enterGather, onCommitInGather, onForeign, onJoin, sendLeave } from './gather.ts';
import { type CommitToken, describeRing, type Mcast, type Message, sameRing } from './message.ts';
import { onHoldCancel, onRingMcast, onToken, source, wake } from './operational.ts';
import type { Counters, Depths } from './counters.ts';
import { cancelTimers, tell } from './outbox.ts';
import { hear } from './lives.ts';
import {
  describeRefusal,
  enqueue,
  isQueueEmpty,
  queueRoom,
  type Refusal,
  type Room,
} from './queue.ts';
import { enterRecovery, onRecoveryMcast, onRecoveryToken, startTokens } from './recovery.ts';
import {
  checkLimits,
  type RingConfig,
  type RingEffect,
  type RingInput,
  type RingState,
} from './state.ts';
import type { RingId } from './port.ts';
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

/**
 * How long a node was not run, where that is longer than its token time; undefined where all is well.
 * Whoever drives a node asks before acting on anything: what it knew of the ring is void then.
 */
export function frozenFor(state: RingState, now: Instant): Milliseconds | undefined {
  const { wantedAt, config, phase } = state;
  if (phase.kind === 'stopped' || wantedAt === undefined || now - wantedAt <= config.tokenMs)
    return undefined;
  return milliseconds(now - wantedAt);
}

/** Void before anything else: nothing that came or waited meanwhile is acted upon in the old view. */
function checkFrozen(state: RingState): void {
  const { now, config, counters } = state;
  const length = frozenFor(state, now);
  if (length === undefined) return;
  counters.freezes += 1;
  counters.frozenMsMax = Math.max(counters.frozenMsMax, length);
  const text = `this node was frozen ${formatDuration(length)}: what it knew of the ring is void; it asks anew who is there`;
  tell(state, 'warning', 'frozen', text);
  state.isVoid = true;
  // What waits in the socket's buffer was sent to the one we were; the living say it again.
  state.deafUntil = after(now, config.joinMs);
  // Whom we had given up may be back, and answer only after that.
  state.failed = new Set();
  state.aloneFrom = after(now, milliseconds(3 * config.joinMs));
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
      multicast(state, input);
      return;
    case 'synced':
      onSynced(state, input.ringId);
      return;
    case 'configure':
      configure(state, input.config);
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

function multicast(state: RingState, input: RingInput & { kind: 'multicast' }): void {
  const { payload, isSafe = false } = input;
  const queue = input.isSync === true && state.isSyncing ? state.syncQueue : state.queue;
  const wasEmpty = isQueueEmpty(queue);
  const why: Refusal | undefined = state.hasLeft ? 'left' : enqueue(queue, { payload, isSafe });
  if (why !== undefined) {
    state.counters.refused += 1;
    state.out.push({ kind: 'refused', payload, why, text: describeRefusal(why, payload.length) });
    return;
  }
  countWaiting(state);
  if (wasEmpty && queue === source(state)) wake(state);
}

function countWaiting({ counters, queue }: RingState): void {
  const payloads = queue.waiting.length - queue.head;
  counters.payloadsSent += 1;
  if (payloads > counters.queuePayloadsMax) counters.queuePayloadsMax = payloads;
  if (queue.bytes > counters.queueBytesMax) counters.queueBytesMax = queue.bytes;
}

function onSynced(state: RingState, ringId: RingId): void {
  if (state.phase.kind !== 'operational' || !sameRing(ringId, state.store.ringId)) return;
  state.isSyncing = false;
  if (!isQueueEmpty(source(state))) wake(state);
}

function configure(state: RingState, config: RingConfig): void {
  const { self, clusterName } = state.config;
  assert(config.self === self && config.clusterName === clusterName, 'a node stays who it is');
  checkLimits(config);
  state.config = config;
  for (const id of state.lives.keys()) {
    if (!config.nodes.includes(id)) state.lives.delete(id);
  }
}

/** Garbage, others' clusters, earlier lives and what came during a freeze are counted and dropped. */
function onDatagram(state: RingState, bytes: Uint8Array): void {
  state.counters.datagrams += 1;
  const frame = decodeFrame(bytes);
  if (frame === undefined) {
    state.counters.garbage += 1;
    return;
  }
  const { cluster, sender, incarnation, count } = frame.header;
  const isKnown = state.config.nodes.includes(sender) && sender !== state.config.self;
  if (cluster !== state.cluster || !isKnown) {
    state.counters.foreign += 1;
    return;
  }
  // A new life deserves a new attempt.
  if ((state.lives.get(sender)?.incarnation ?? 0) < incarnation) state.excluded.delete(sender);
  const heard = hear(state.lives, sender, incarnation, count);
  if (heard !== 'new') {
    state.counters[heard] += 1;
    return;
  }
  if (state.deafUntil !== undefined && state.now < state.deafUntil) {
    state.counters.stray += 1;
    return;
  }
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
      else state.counters.stray += 1;
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
  readonly depths: Depths;
  /** Peers that run with another configuration. */
  readonly differing: readonly NodeId[];
};

/** What may be multicast now without being refused. */
export function room(state: RingState): Room {
  return queueRoom(state.queue);
}

export function ringStatus(state: RingState): RingStatus {
  return {
    state: state.phase.kind,
    ringId: describeRing(state.store.ringId),
    members: state.members,
    counters: { ...state.counters },
    depths: depthsOf(state),
    differing: [...state.differing],
  };
}

function depthsOf({ queue, syncQueue, store }: RingState): Depths {
  return {
    queuePayloads: queue.waiting.length - queue.head + syncQueue.waiting.length - syncQueue.head,
    queueBytes: queue.bytes + syncQueue.bytes,
    room: queueRoom(queue),
    kept: store.messages.size,
    undelivered: store.high - store.delivered,
  };
}
