/**
 * From an agreed ring to an installed one (T1.62–T1.65): members that come from the same old ring give
 * each other what they miss of it, then everybody delivers the same, and the new ring begins.
 */
import type { NodeId } from '@holdfast/base';
import { decodeMcast, encodeMcast } from './codec.ts';
import { type CommitToken, describeRing, type Mcast, sameRing, type Token } from './message.ts';
import { setTimer, successor, tell, unicast } from './outbox.ts';
import { noteExcluded } from './excluded.ts';
import { accept, deliverInOrder, forward, handUp } from './operational.ts';
import type { Packed } from './packing.ts';
import { restartFirst } from './queue.ts';
import { newRotation, newStore, type Recovery, type RingState } from './state.ts';
import { keep, release } from './store.ts';
import { isNext, visit } from './visit.ts';

/** The commit token has been round once: everybody's news are in it. */
export function enterRecovery(state: RingState, commit: CommitToken): void {
  const { config, store } = state;
  const together = commit.members.filter((id, index) => {
    const info = commit.info[index];
    return (
      state.members.includes(id) && info !== undefined && sameRing(info.oldRingId, store.ringId)
    );
  });
  const recovery: Recovery = {
    members: commit.members,
    info: commit.info,
    store: newStore(commit.ringId),
    rotation: newRotation(),
    together,
    queue: toSendAgain(state, commit, together),
    inner: new Map(),
    isFlagMine: false,
    quietVisits: 0,
    installSeq: 0,
    installVisits: 0,
    hasStarted: false,
  };
  state.phase = { kind: 'recovery', recovery };
  setTimer(state, 'token', config.tokenMs);
  setTimer(state, 'retransmit', config.tokenRetransmitMs);
  state.commitSent = { ...commit, tokenSeq: commit.tokenSeq + 1 };
  unicast(state, successor(commit.members, config.self), state.commitSent);
}

/** Everything above what all of us have, where somebody lacks something. */
function toSendAgain(state: RingState, commit: CommitToken, together: readonly NodeId[]): number[] {
  const infos = together.flatMap((id) => commit.info[commit.members.indexOf(id)] ?? []);
  if (infos.every(({ hasAll }) => hasAll)) return [];
  const low = Math.min(...infos.map(({ aru }) => aru));
  const { messages, high } = state.store;
  const again: number[] = [];
  for (let seq = low + 1; seq <= high; seq += 1) {
    if (messages.has(seq)) again.push(seq);
  }
  return again;
}

/** The commit token is back at its maker: the first token of the new ring. */
export function startTokens(state: RingState, recovery: Recovery, commit: CommitToken): void {
  if (recovery.hasStarted || recovery.members[0] !== state.config.self) return;
  // A repetition of the first round would start the tokens before all members know the second.
  if (commit.tokenSeq < 2 * recovery.members.length) return;
  recovery.hasStarted = true;
  const token: Token = {
    kind: 'token',
    ringId: recovery.store.ringId,
    tokenSeq: 0,
    seq: 0,
    aru: 0,
    aruOwner: 0,
    requests: [],
    flow: 0,
    backlog: 0,
    isRecovering: recovery.queue.length > 0,
  };
  recovery.isFlagMine = token.isRecovering;
  state.inbox.push(token);
}

/** One token visit while recovering. */
export function onRecoveryToken(state: RingState, recovery: Recovery, token: Token): void {
  const { store, rotation } = recovery;
  if (!isNext(store, rotation, token)) return;
  accept(state, rotation, token);
  const visited = visit(state, {
    store,
    rotation,
    token,
    waiting: recovery.queue.length,
    isEncapsulated: true,
    next: () => nextAgain(state, recovery),
  });
  const next: Token = { ...visited, isRecovering: nextFlag(recovery, visited.isRecovering) };
  countQuiet(recovery, next);
  rotation.lastAru = next.aru;
  rotation.lastSeq = next.seq;
  rotation.sent = next;
  if (recovery.installVisits === 2) install(state, recovery);
  if (state.phase.kind === 'operational') forward(state, state.phase);
  else {
    setTimer(state, 'retransmit', state.config.tokenRetransmitMs);
    unicast(state, successor(recovery.members, state.config.self), next);
  }
}

/** The next old message that no other member has sent again yet. */
function nextAgain(state: RingState, recovery: Recovery): Packed | undefined {
  for (let seq = recovery.queue.shift(); seq !== undefined; seq = recovery.queue.shift()) {
    const message = recovery.inner.has(seq) ? undefined : state.store.messages.get(seq);
    if (message === undefined) continue;
    state.counters.recovered += 1;
    return { payload: encodeMcast(message), isSafe: false };
  }
  return undefined;
}

/** A message of the forming ring; one of our old ring that it carries is taken out at the end. */
export function onRecoveryMcast(state: RingState, recovery: Recovery, message: Mcast): void {
  if (!keep(recovery.store, message) || !message.isEncapsulated) return;
  const inner = decodeMcast(message.payload);
  if (inner !== undefined && sameRing(inner.ringId, state.store.ringId))
    recovery.inner.set(inner.seq, inner);
}

function nextFlag(recovery: Recovery, flag: boolean): boolean {
  if (recovery.queue.length > 0) {
    if (!flag) recovery.isFlagMine = true;
    return true;
  }
  if (!flag || !recovery.isFlagMine) return flag;
  recovery.isFlagMine = false;
  return false;
}

/** T1.63: two quiet rotations, and everybody has everything, twice. */
function countQuiet(recovery: Recovery, token: Token): void {
  recovery.quietVisits = token.isRecovering ? 0 : recovery.quietVisits + 1;
  if (recovery.quietVisits === 2) recovery.installSeq = token.seq;
  const isReady = recovery.quietVisits >= 3 && recovery.installSeq <= token.aru;
  recovery.installVisits = isReady ? recovery.installVisits + 1 : 0;
}

/** T1.64, in exactly this order. */
function install(state: RingState, recovery: Recovery): void {
  const { store: old } = state;
  const { store, members, together, rotation } = recovery;
  for (const inner of recovery.inner.values()) keep(old, inner);
  settle(state, recovery);
  deliverInOrder(state, old);
  if (state.members.length > 0)
    state.out.push({ kind: 'transitional', ringId: store.ringId, members: together });
  deliverBeyondGaps(state, together);
  state.assembly.clear();
  restartFirst(state.queue);
  restartFirst(state.syncQueue);
  state.isSyncing = state.config.hasBarrier === true;
  becomeMembers(state, members);
  state.previousRing = old.ringId;
  state.store = store;
  state.phase = { kind: 'operational', rotation, isHolding: false };
  tell(state, 'info', 'ring', `ring ${describeRing(store.ringId)} with ${members.join(', ')}`);
  state.out.push({ kind: 'regular', ringId: store.ringId, members });
  deliverInOrder(state, store);
  // Everybody has what was carried over, or nobody would be here.
  release(store, recovery.installSeq);
  if (members[0] === state.config.self) setTimer(state, 'merge', state.config.mergeMs);
}

function becomeMembers(state: RingState, members: readonly NodeId[]): void {
  noteExcluded(state, members);
  state.members = members;
  state.processors = new Set(members);
  state.failed = new Set();
  state.isVoid = false;
  state.commitSent = undefined;
  state.counters.rings += 1;
  state.counters.gathersInVain = 0;
}

/**
 * What a member that comes along may have handed up in the old regular membership, all of us hand up
 * in it: the same for everybody, for it is taken from what the commit token says of them (T1.64).
 */
function settle(state: RingState, { members, info, together }: Recovery): void {
  const { store } = state;
  members.forEach((id, index) => {
    const settled = info[index]?.settled ?? 0;
    if (together.includes(id) && settled > store.stable) store.stable = settled;
  });
}

/**
 * What is left of the old ring, now of the transitional membership: everything up to the first gap,
 * and behind it only messages of those who came along.
 */
function deliverBeyondGaps(state: RingState, together: readonly NodeId[]): void {
  const { store } = state;
  for (let seq = store.delivered + 1; seq <= store.high; seq += 1) {
    const message = store.messages.get(seq);
    if (message === undefined) continue;
    if (seq <= store.aru || together.includes(message.originator)) handUp(state, message);
  }
  store.delivered = store.high;
}
