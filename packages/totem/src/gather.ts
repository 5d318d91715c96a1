/** Who is there? Joins until all agree, then a commit token for the ring they agreed on (T1.50–T1.61). */
import type { NodeId } from '@holdfast/base';
import { NODES_MAX } from './fields.ts';
import { type CommitToken, describeRing, type Join, type MemberInfo, sameRing } from './message.ts';
import { isAnswered, isWelcome, NO_JOIN } from './excluded.ts';
import { broadcast, cancelTimers, setTimer, successor, tell, unicast } from './outbox.ts';
import type { RingId } from './port.ts';
import type { RingState } from './state.ts';

/** The original's step between ring sequences; any positive one keeps the order. */
const RING_SEQ_STEP = 4;

/** The view may be over: ask who is there. Nothing of the old ring is delivered or sent from here on. */
export function enterGather(state: RingState, reason: string): void {
  if (state.phase.kind === 'operational')
    tell(state, 'info', 'gather', `looking for members: ${reason}`);
  state.counters.gathers += 1;
  state.processors.add(state.config.self);
  state.failed.delete(state.config.self);
  cancelTimers(state, 'token', 'retransmit', 'hold', 'merge');
  setTimer(state, 'join', state.config.joinMs);
  setTimer(state, 'consensus', state.config.consensusMs);
  state.consensus = new Set([state.config.self]);
  state.phase = { kind: 'gather' };
  sendJoin(state);
}

/** Vain waits for everybody's answer before somebody should look at the network (T1.56). */
const IN_VAIN_TOLD = 4;

function noteInVain(state: RingState): void {
  state.counters.gathersInVain += 1;
  if (state.counters.gathersInVain % IN_VAIN_TOLD !== 0) return;
  const text = `no ring has formed in ${state.counters.gathersInVain} attempts: does a firewall let only one direction through? Of one mind with us: ${[...state.consensus].join(', ')}`;
  tell(state, 'warning', 'no-ring', text);
}

export function sendJoin(state: RingState): void {
  const join: Join = {
    kind: 'join',
    sender: state.config.self,
    processors: ascending(state.processors),
    failed: ascending(state.failed),
    ringSeq: state.ringSeq,
    digest: state.config.digest ?? 0,
    isLeaving: false,
  };
  broadcast(state, join, true);
}

/** A polite end: the others need not wait for the token to be missed (T1.53). */
export function sendLeave(state: RingState): void {
  const { self } = state.config;
  const join: Join = {
    kind: 'join',
    sender: self,
    processors: ascending(state.processors).filter((id) => id !== self),
    failed: ascending(new Set([...state.failed, self])),
    ringSeq: state.ringSeq,
    digest: state.config.digest ?? 0,
    isLeaving: true,
  };
  broadcast(state, join, false);
}

function ascending(nodes: Iterable<NodeId>): readonly NodeId[] {
  return [...nodes].sort((a, b) => a - b);
}

export function candidates(state: RingState): readonly NodeId[] {
  return ascending(state.processors).filter((id) => !state.failed.has(id));
}

function allAgree(state: RingState): boolean {
  return candidates(state).every((id) => state.consensus.has(id));
}

/** T1.51: which joins are worth considering in which state. */
export function onJoin(state: RingState, join: Join): void {
  if (join.sender !== state.config.self) {
    state.counters.joinsReceived += 1;
    state.heard.set(join.sender, join.ringSeq);
  }
  if (isTooMany(state, join)) return;
  state.maxRingSeq = Math.max(state.maxRingSeq, join.ringSeq);
  compareDigest(state, join);
  if (isOverheard(state, join)) {
    state.counters.joinsIgnored += 1;
    return;
  }
  const { phase } = state;
  switch (phase.kind) {
    case 'stopped':
      return;
    case 'operational':
      if (!join.failed.includes(state.config.self)) considerAtWork(state, join);
      return;
    case 'gather':
      consider(state, join);
      return;
    case 'commit':
    case 'recovery': {
      const ringId = phase.kind === 'commit' ? phase.ringId : phase.recovery.store.ringId;
      const members = phase.kind === 'commit' ? phase.members : phase.recovery.members;
      if (!members.includes(join.sender) || join.ringSeq < ringId.seq) return;
      merge(state, join);
      enterGather(state, `${join.sender} is looking for members again`);
      return;
    }
  }
}

/** More nodes than any cluster has: somebody makes them up. */
function isTooMany(state: RingState, join: Join): boolean {
  const { processors } = state;
  if (processors.size + join.processors.length + join.failed.length <= NODES_MAX) return false;
  const known = [...join.processors, ...join.failed].filter((id) => processors.has(id));
  const isOver =
    processors.size + join.processors.length + join.failed.length - known.length > NODES_MAX;
  if (isOver) state.counters.joinsIgnored += 1;
  return isOver;
}

/** A peer with another configuration is named, once for every difference. */
function compareDigest(state: RingState, { sender, digest }: Join): void {
  const mine = state.config.digest ?? 0;
  if (mine === 0 || digest === 0 || digest === mine) {
    state.differing.delete(sender);
    return;
  }
  if (state.differing.has(sender) || sender === state.config.self) return;
  state.differing.add(sender);
  const text = `node ${sender} runs with another configuration than this node: make the files equal, then reload both`;
  tell(state, 'error', 'configuration-differs', text);
}

/** Joins that say what is over, or come from a node with which no ring forms (T1.92). */
function isOverheard(state: RingState, join: Join): boolean {
  const { sender, ringSeq, isLeaving } = join;
  if (sender === state.config.self) return false;
  if (state.members.includes(sender)) return ringSeq < state.store.ringId.seq;
  if (state.phase.kind === 'gather' && state.processors.has(sender)) return false;
  return isLeaving || !isAnswered(state, join);
}

function considerAtWork(state: RingState, join: Join): void {
  if (consider(state, join)) return;
  enterGather(state, `${join.sender} is looking for members`);
  state.inbox.push(join);
}

/** T1.52. True where it led to another state already. */
function consider(state: RingState, join: Join): boolean {
  if (isOurs(state, join)) {
    if (!join.isLeaving) state.consensus.add(join.sender);
    return commitIfAgreed(state);
  }
  if (isSubset(join.processors, state.processors) && isSubset(join.failed, state.failed))
    return false;
  if (state.failed.has(join.sender)) return false;
  const known = state.processors.size + state.failed.size;
  merge(state, join);
  // Accusations we do not believe change nothing: answering them would make everybody answer for ever.
  if (state.phase.kind === 'gather' && state.processors.size + state.failed.size === known)
    return false;
  enterGather(state, `${join.sender} knows of others`);
  // Where the sender meant the same as we do now, it need not say so again.
  if (isOurs(state, join) && !join.isLeaving) state.consensus.add(join.sender);
  return true;
}

function isOurs(state: RingState, join: Join): boolean {
  return sameSet(state.processors, join.processors) && sameSet(state.failed, join.failed);
}

function merge(state: RingState, join: Join): void {
  const { self } = state.config;
  for (const id of join.processors) state.processors.add(id);
  if (join.isLeaving || join.failed.includes(self)) {
    state.processors.add(join.sender);
    state.failed.add(join.sender);
  } else if (state.members.includes(join.sender)) {
    for (const id of join.failed) {
      state.processors.add(id);
      state.failed.add(id);
    }
  }
}

function commitIfAgreed(state: RingState): boolean {
  if (state.phase.kind !== 'gather' || !allAgree(state)) return false;
  const members = candidates(state);
  if (members[0] !== state.config.self || isTooSoonAlone(state, members)) return false;
  const ringId = { representative: state.config.self, seq: state.maxRingSeq + RING_SEQ_STEP };
  enterCommit(state, { kind: 'commit', ringId, tokenSeq: 0, members, info: [] });
  return true;
}

function isTooSoonAlone({ aloneFrom, now }: RingState, members: readonly NodeId[]): boolean {
  return members.length === 1 && aloneFrom !== undefined && now < aloneFrom;
}

function sameSet(set: ReadonlySet<NodeId>, list: readonly NodeId[]): boolean {
  return set.size === list.length && isSubset(list, set);
}

function isSubset(list: readonly NodeId[], set: ReadonlySet<NodeId>): boolean {
  return list.every((id) => set.has(id));
}

/** T1.59: adds what we bring, and hands the commit token on. */
function enterCommit(state: RingState, commit: CommitToken): void {
  const { store, config } = state;
  const mine: MemberInfo = {
    oldRingId: store.ringId,
    aru: store.aru,
    settled: Math.max(store.delivered, store.stable),
    hasAll: store.aru === store.high,
  };
  const info = withHonestFlags([...commit.info, mine]);
  state.counters.commits += 1;
  state.ringSeq = commit.ringId.seq;
  state.maxRingSeq = Math.max(state.maxRingSeq, commit.ringId.seq);
  state.out.push({ kind: 'persist-ring-seq', seq: commit.ringId.seq });
  cancelTimers(state, 'join', 'consensus', 'hold', 'merge');
  setTimer(state, 'token', config.tokenMs);
  setTimer(state, 'retransmit', config.tokenRetransmitMs);
  const sent: CommitToken = { ...commit, tokenSeq: commit.tokenSeq + 1, info };
  state.phase = { kind: 'commit', ringId: commit.ringId, members: commit.members, sent };
  unicast(state, successor(commit.members, config.self), sent);
}

/** Who lacks something that another member of the same old ring has, has not all. */
function withHonestFlags(info: readonly MemberInfo[]): readonly MemberInfo[] {
  return info.map((each) => {
    const best = Math.max(
      ...info.filter((other) => sameRing(other.oldRingId, each.oldRingId)).map(({ aru }) => aru),
    );
    return each.aru < best ? { ...each, hasAll: false } : each;
  });
}

/** T1.60 in GATHER: the ring that all have agreed on, and our turn to sign it. */
export function onCommitInGather(state: RingState, commit: CommitToken): void {
  const { self } = state.config;
  const members = candidates(state);
  const isAgreed =
    commit.members.length === members.length &&
    commit.members.every((id, index) => id === members[index]);
  if (!isAgreed || commit.ringId.seq <= state.ringSeq) return;
  if (
    commit.members[commit.info.length] !== self ||
    commit.ringId.representative !== commit.members[0]
  )
    return;
  enterCommit(state, commit);
}

/** T1.55: everybody has had the time to answer. */
export function onConsensusTimeout(state: RingState): void {
  noteInVain(state);
  if (allAgree(state)) {
    state.consensus = new Set([state.config.self]);
    setTimer(state, 'token', state.config.tokenMs);
    return;
  }
  for (const id of candidates(state)) if (!state.consensus.has(id)) state.failed.add(id);
  enterGather(state, 'some did not answer');
}

/** A message of another ring of this cluster: form one with its sender (T1.41, T1.44). */
export function onForeign(state: RingState, sender: NodeId, ringId: RingId): void {
  const { phase, previousRing } = state;
  if (!state.heard.has(sender)) state.heard.set(sender, NO_JOIN);
  const isKnown =
    phase.kind === 'operational'
      ? state.members.includes(sender) || sameRing(ringId, state.store.ringId)
      : phase.kind !== 'gather' || state.processors.has(sender);
  if (isKnown || (previousRing !== undefined && sameRing(ringId, previousRing))) return;
  if (!isWelcome(state, sender)) return;
  state.processors.add(sender);
  enterGather(state, `ring ${describeRing(ringId)} of node ${sender} is near`);
}

/** The representative looks for nodes that are configured, but not in its ring. */
export function detectMerges(state: RingState): void {
  if (state.phase.kind !== 'operational' || state.members[0] !== state.config.self) return;
  setTimer(state, 'merge', state.config.mergeMs);
  if (state.config.nodes.every((id) => state.members.includes(id))) return;
  broadcast(state, { kind: 'merge', sender: state.config.self, ringId: state.store.ringId }, false);
}
