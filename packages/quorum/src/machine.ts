/**
 * Quorum: votes in, "may this partition act" out. Every member decides from what all members brought
 * into the membership, so that all of them decide alike.
 */
import { after, type Instant, type NodeId, note } from '@holdfast/base';
import type {
  QuorateEpoch,
  QuorumConfig,
  QuorumEffect,
  QuorumInfo,
  QuorumInput,
  QuorumMember,
  QuorumRecord,
  QuorumView,
} from './protocol.ts';
import {
  agreedExpectation,
  isCarriedOn,
  latestEpoch,
  votesNeeded,
  votesOf,
  winsTie,
} from './votes.ts';

export type QuorumState = {
  readonly config: QuorumConfig;
  members: readonly QuorumMember[];
  expectedVotes: number;
  isQuorate: boolean;
  /** wait_for_all: armed at every start, and again whenever quorum is lost (T5.31). */
  isWaiting: boolean;
  allSeen: boolean;
  epoch: QuorateEpoch | undefined;
  /** last_man_standing: when expected votes shrink to who is left. */
  shrinkAt: Instant | undefined;
};

/** A daemon that has just started: nobody is seen yet, whatever `record` says of an earlier life. */
export function quorum(config: QuorumConfig, record: QuorumRecord | undefined): QuorumState {
  return {
    config,
    members: [],
    expectedVotes: Math.max(config.expectedVotes, rememberedVotes(config, record)),
    isQuorate: false,
    isWaiting: config.waitForAll,
    allSeen: false,
    epoch: undefined,
    shrinkAt: undefined,
  };
}

/**
 * Expected votes that were raised in an earlier life, as far as the nodes of today's configuration
 * can still cast them: a node that was taken out of the file is not waited for.
 */
function rememberedVotes(config: QuorumConfig, record: QuorumRecord | undefined): number {
  return Math.min(record?.expectedVotes ?? 0, votesOf(config, config.votes.keys()));
}

export function step(state: QuorumState, input: QuorumInput, now: Instant): QuorumEffect[] {
  switch (input.kind) {
    case 'membership':
      return onMembership(state, input.members, input.ringSeq, now);
    case 'tick':
      return state.shrinkAt === undefined || state.shrinkAt > now ? [] : shrink(state);
  }
}

export function deadline(state: QuorumState): Instant | undefined {
  return state.shrinkAt;
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
  return { isQuorate, isWaiting, expectedVotes, epoch };
}

function onMembership(
  state: QuorumState,
  members: readonly QuorumMember[],
  ringSeq: number,
  now: Instant,
): QuorumEffect[] {
  const ids = members.map(({ id }) => id);
  const total = votesOf(state.config, ids);
  const expectedBefore = state.expectedVotes;
  state.members = members;
  state.expectedVotes = agreedExpectation(state.config, members, total);
  if (state.config.waitForAll) state.isWaiting = mustWait(state, members, total);
  decide(state, ringSeq);
  state.shrinkAt = shrinkTime(state, total, now);
  return [...remember(state, total, expectedBefore), { kind: 'quorum', view: view(state) }];
}

/** Waiting ends when all are there, or in the company of somebody quorate who does not wait. */
function mustWait(state: QuorumState, members: readonly QuorumMember[], total: number): boolean {
  if (total >= state.expectedVotes) return false;
  return !members.some((member) => member.info.isQuorate && !member.info.isWaiting);
}

/** Sets `isQuorate` (and arms wait_for_all again where quorum is not there) from the members. */
function decide(state: QuorumState, ringSeq: number): void {
  const { config, members, expectedVotes } = state;
  const total = votesOf(
    config,
    members.map(({ id }) => id),
  );
  const needed = votesNeeded(config, expectedVotes, total);
  const hasVotes = total >= needed || winsTie(config, members, { total, expectedVotes, needed });
  state.isQuorate = hasVotes && isCarriedOn(config, members) && !state.isWaiting;
  const known = latestEpoch(members);
  state.epoch = state.isQuorate ? { ringSeq, members: members.map(({ id }) => id) } : known;
  if (config.waitForAll && !state.isQuorate) state.isWaiting = true;
}

/**
 * Who was quorate before and is fewer than expected shrinks, after a whole window in which nothing
 * else changed (T9.29). Decided from what all members know, so that all of them shrink.
 */
function shrinkTime(state: QuorumState, total: number, now: Instant): Instant | undefined {
  const { lastManStanding } = state.config;
  if (lastManStanding === undefined || !state.isQuorate) return undefined;
  if (latestEpoch(state.members) === undefined || total >= state.expectedVotes) return undefined;
  if (hasUnequalVotes(state.config)) return undefined;
  return after(now, lastManStanding.windowMs);
}

/** last_man_standing counts heads; with unequal votes it is off (T5.32). */
function hasUnequalVotes(config: QuorumConfig): boolean {
  return [...config.votes.values()].some((votes) => votes > 1);
}

/** Who is left after the window is all that is expected from now on. */
function shrink(state: QuorumState): QuorumEffect[] {
  state.shrinkAt = undefined;
  const left = votesOf(
    state.config,
    state.members.map(({ id }) => id),
  );
  if (!state.isQuorate || left >= state.expectedVotes) return [];
  const text = `expected votes shrink from ${state.expectedVotes} to ${left} (last_man_standing)`;
  state.expectedVotes = left;
  return [note('notice', 'expected-votes', text), { kind: 'quorum', view: view(state) }];
}

function remember(state: QuorumState, total: number, expectedBefore: number): QuorumEffect[] {
  const { config } = state;
  const sawAll = total >= config.expectedVotes;
  const isNews = (sawAll && !state.allSeen) || state.expectedVotes > expectedBefore;
  state.allSeen ||= sawAll;
  if (!isNews) return [];
  const expectedVotes = Math.max(config.expectedVotes, state.expectedVotes);
  return [{ kind: 'persist-quorum', record: { allSeen: state.allSeen, expectedVotes } }];
}

/** One vote count, as people see it. */
export function view(state: QuorumState): QuorumView {
  const { config, members, expectedVotes } = state;
  const ids = members.map(({ id }) => id);
  const totalVotes = votesOf(config, ids);
  return {
    quorate: state.isQuorate,
    totalVotes,
    expectedVotes,
    needed: votesNeeded(config, expectedVotes, totalVotes),
    flags: flagsOf(state),
    waitingFor: state.isWaiting ? absentVoters(config, ids) : [],
  };
}

/** A node without a vote is not waited for, and none waits for itself. */
function absentVoters(config: QuorumConfig, present: readonly NodeId[]): readonly NodeId[] {
  const voters = [...config.votes].filter(([, votes]) => votes > 0).map(([id]) => id);
  const others = voters.filter((id) => id !== config.self && !present.includes(id));
  return others.sort((a, b) => a - b);
}

function flagsOf({ config, isQuorate }: QuorumState): readonly string[] {
  const flags: string[] = [];
  if (config.twoNode) flags.push('2Node');
  if (isQuorate) flags.push('Quorate');
  if (config.waitForAll) flags.push('WaitForAll');
  if (config.lastManStanding !== undefined) flags.push('LastManStanding');
  if (config.autoTieBreaker !== undefined) flags.push('AutoTieBreaker');
  return flags;
}
