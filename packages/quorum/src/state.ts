/** What the quorum machine remembers, and the count that follows from it. */
import type { Instant, NodeId } from '@holdfast/base';
import type { Cast, QuorumOrder } from './orders.ts';
import type {
  QuorateEpoch,
  QuorumAsk,
  QuorumConfig,
  QuorumInfo,
  QuorumMember,
  QuorumRecord,
} from './protocol.ts';
import {
  hasDeviceVote,
  isBeaten,
  isCarriedOn,
  latestEpoch,
  memberVotes,
  votesNeeded,
  votesOf,
  winsTie,
} from './votes.ts';

export type QuorumState = {
  config: QuorumConfig;
  ringSeq: number;
  members: readonly QuorumMember[];
  expectedVotes: number;
  /** The most ever expected: kept on disk. */
  highestVotes: number;
  isQuorate: boolean;
  /** wait_for_all: armed at every start, and again whenever quorum is lost (T5.31). */
  isWaiting: boolean;
  allSeen: boolean;
  epoch: QuorateEpoch | undefined;
  /** An operator's word counts for more than what was remembered, until the next membership. */
  isOverridden: boolean;
  /** last_man_standing: when expected votes shrink to who is left. */
  shrinkAt: Instant | undefined;
  /** A membership whose votes are not counted yet: it waits for the device's answer. */
  pendingUntil: Instant | undefined;
  /** What the device said to each member of this ring. */
  readonly casts: Map<NodeId, Cast>;
  /** What this node's own device client said last, and when that is too old to count. */
  heard: { readonly cast: Cast; readonly staleAt: Instant } | undefined;
  /** Members that said goodbye and are still in the ring. */
  readonly leavers: Set<NodeId>;
  /** Asked here, and not yet come back in the stream. */
  readonly asks: Map<string, QuorumAsk['kind']>;
  reload: Reload | undefined;
};

type RereadOrder = Extract<QuorumOrder, { kind: 'reread' }>;

/** All members read their files again, and take them over only if all can and all are alike. */
export type Reload = {
  /** Who asked, and his word for it. */
  readonly of: string;
  readonly from: NodeId;
  readonly ask: string;
  readonly readings: Map<NodeId, RereadOrder>;

  staged: QuorumConfig | undefined;
};

/** A daemon that has just started: nobody is seen yet, whatever `record` says of an earlier life. */
export function quorum(config: QuorumConfig, record: QuorumRecord | undefined): QuorumState {
  const expectedVotes = Math.max(config.expectedVotes, rememberedVotes(config, record));
  return {
    config,
    ringSeq: 0,
    members: [],
    expectedVotes,
    highestVotes: expectedVotes,
    isQuorate: false,
    isWaiting: config.waitForAll,
    allSeen: false,
    epoch: undefined,
    isOverridden: false,
    shrinkAt: undefined,
    pendingUntil: undefined,
    casts: new Map(),
    heard: undefined,
    leavers: new Set(),
    asks: new Map(),
    reload: undefined,
  };
}

/**
 * Expected votes that were raised in an earlier life. Unless they are tracked, only as far as today's
 * file can still cast them: a node that was taken out of it is not waited for.
 */
function rememberedVotes(config: QuorumConfig, record: QuorumRecord | undefined): number {
  const remembered = record?.expectedVotes ?? 0;
  if (config.tracksExpectedVotes) return remembered;
  return Math.min(remembered, votesOf(config, config.votes.keys()) + (config.device?.votes ?? 0));
}

/**
 * What this node brings into the next membership. Expected votes that have shrunk are worth nothing
 * once quorum is lost: whoever kept it may have grown again meanwhile.
 */
export function info(state: QuorumState): QuorumInfo {
  const { config, isQuorate, isWaiting, epoch } = state;
  const expectedVotes = isQuorate
    ? state.expectedVotes
    : Math.max(state.expectedVotes, config.expectedVotes);
  const votes = config.votes.get(config.self) ?? 0;
  const hasDevice = state.heard !== undefined;
  return { isQuorate, isWaiting, expectedVotes, epoch, votes, hasDevice, digests: config.digests };
}

export type Tally = {
  /** Votes that are cast here: the members', and the device's where it votes for this partition. */
  readonly total: number;
  /** Votes that exist as far as anybody here can see: the device's too, cast or not (T5.11). */
  readonly seen: number;
  readonly needed: number;
  readonly hasDevice: boolean;
};

export function tally(state: QuorumState): Tally {
  const { config, members, expectedVotes } = state;
  const nodes = memberVotes(members);
  const deviceVotes = config.device?.votes ?? 0;
  const hasDevice = config.device !== undefined && hasDeviceVote(state.casts);
  const total = hasDevice ? nodes + deviceVotes : nodes;
  const seen = members.length === 0 ? 0 : nodes + deviceVotes;
  return { total, seen, needed: votesNeeded(config, expectedVotes, total), hasDevice };
}

/**
 * Counts again, in the membership that is: sets `isQuorate`, remembers the epoch, and arms wait_for_all
 * where quorum is not there (T5.12).
 */
export function decide(state: QuorumState): void {
  const { config, members, isOverridden } = state;
  state.expectedVotes = Math.max(state.expectedVotes, tally(state).seen);
  state.highestVotes = Math.max(state.highestVotes, state.expectedVotes);
  if (tally(state).total >= state.expectedVotes) state.isWaiting = false;
  const mayCarryOn = isOverridden || isCarriedOn(config, members);
  state.isQuorate = members.length > 0 && hasVotes(state) && mayCarryOn && !state.isWaiting;
  state.epoch = state.isQuorate
    ? { ringSeq: state.ringSeq, members: members.map(({ id }) => id) }
    : latestEpoch(members);
  if (config.waitForAll && !state.isQuorate) state.isWaiting = true;
}

/** By a majority that no other part may outdo, by a tie, or by the device's own word. */
function hasVotes(state: QuorumState): boolean {
  const { config, members, expectedVotes } = state;
  const { total, needed, hasDevice } = tally(state);
  if (hasDevice && config.device?.masterWins === true) return true;
  if (total >= needed) return !isBeaten(config, members, { expectedVotes });
  return winsTie(config, members, { total, expectedVotes, needed });
}
