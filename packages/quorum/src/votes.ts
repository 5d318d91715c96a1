/** The arithmetic of votes: pure questions to numbers (T5.10–T5.14). */
import type { NodeId } from '@holdfast/base';
import type { Cast } from './orders.ts';
import type { QuorateEpoch, QuorumConfig, QuorumMember } from './protocol.ts';

/** Votes of these nodes together; a node that is not configured has none. */
export function votesOf(config: QuorumConfig, members: Iterable<NodeId>): number {
  let total = 0;
  for (const id of members) total += config.votes.get(id) ?? 0;
  return total;
}

/** Votes of the members, each as it says of itself: so that all count the same (T9.26). */
export function memberVotes(members: readonly QuorumMember[]): number {
  return members.reduce((sum, { info }) => sum + info.votes, 0);
}

/**
 * Does this partition have the device's vote? The device says yes to one partition at most, to any or
 * all of its members (T9.33). One yes is enough, so that a member without a client of its own counts
 * the same (S118); one no is too much, because it is said before another partition hears yes.
 */
export function hasDeviceVote(casts: ReadonlyMap<NodeId, Cast>): boolean {
  const said = [...casts.values()];
  return said.includes('yes') && !said.includes('no');
}

/** More than half of what is expected or present, so that two disjoint views never both have it. */
export function votesNeeded(config: QuorumConfig, expectedVotes: number, total: number): number {
  if (config.twoNode && total <= 2) return 1;
  return Math.max(Math.floor(expectedVotes / 2), Math.floor(total / 2)) + 1;
}

/** Those who were quorate know best how many votes to expect (T5.25); else the most cautious does. */
export function agreedExpectation(
  config: QuorumConfig,
  members: readonly QuorumMember[],
  seen: number,
): number {
  const quorate = members.filter(({ info }) => info.isQuorate);
  const asked = quorate.length > 0 ? quorate : members;
  const most = Math.max(0, ...asked.map(({ info }) => info.expectedVotes));
  return Math.max(most === 0 ? config.expectedVotes : most, seen);
}

/** The most recent quorate membership that any member knows of. */
export function latestEpoch(members: readonly QuorumMember[]): QuorateEpoch | undefined {
  let latest: QuorateEpoch | undefined;
  for (const { info } of members) {
    if (info.epoch !== undefined && (latest === undefined || info.epoch.ringSeq > latest.ringSeq)) {
      latest = info.epoch;
    }
  }
  return latest;
}

export type Counts = {
  readonly total: number;
  readonly expectedVotes: number;
  readonly needed: number;
};

/**
 * Does a split go to this part, though it has no majority? Only to a part that came out of the most
 * recent quorate membership and holds that membership's tie-break node: a function of common
 * knowledge, so that no two parts can both say yes (T5.33).
 *
 * It must hold exactly half of the expected votes; of an odd number, half a vote less (T5.14), and
 * then it must have been in that membership as a whole (see `isBeaten` for the others). Nobody in it
 * may be freshly started: what he has forgotten may be the epoch that names the winner.
 */
export function winsTie(
  config: QuorumConfig,
  members: readonly QuorumMember[],
  { total, expectedVotes, needed }: Counts,
): boolean {
  const epoch = latestEpoch(members);
  if (config.autoTieBreaker === undefined || epoch === undefined) return false;
  if (members.some(({ info }) => info.epoch === undefined)) return false;
  if (epoch.members.length - members.length >= needed) return false;
  const present = new Set(members.map(({ id }) => id));
  if (total * 2 !== expectedVotes) {
    if (total * 2 + 1 !== expectedVotes || !mayBreakOddTies(config)) return false;
    if ([...present].some((id) => !epoch.members.includes(id))) return false;
  }
  const breaker = tieBreakerOf(config, epoch);
  return breaker !== undefined && present.has(breaker);
}

/**
 * Might the others be quorate by an odd tie, without a majority? Then this part must not be, even
 * with one: what has the tie-break node of the last quorate membership, and half of the votes less
 * half a vote, goes on.
 */
export function isBeaten(
  config: QuorumConfig,
  members: readonly QuorumMember[],
  { expectedVotes }: Pick<Counts, 'expectedVotes'>,
): boolean {
  const epoch = latestEpoch(members);
  if (epoch === undefined || expectedVotes % 2 === 0 || !mayBreakOddTies(config)) return false;
  const half = (expectedVotes - 1) / 2;
  const others = epoch.members.filter((id) => !members.some((member) => member.id === id));
  if (others.length < half || epoch.members.length - half >= half + 1) return false;
  const breaker = tieBreakerOf(config, epoch);
  return breaker !== undefined && others.includes(breaker);
}

/** With wait_for_all, as the matrix demands (T5.41), and where a head is a vote. */
function mayBreakOddTies(config: QuorumConfig): boolean {
  const isEqual = [...config.votes.values()].every((votes) => votes === 1);
  return config.autoTieBreaker !== undefined && config.waitForAll && isEqual;
}

function tieBreakerOf(
  { autoTieBreaker }: QuorumConfig,
  { members }: QuorateEpoch,
): NodeId | undefined {
  if (autoTieBreaker === undefined) return undefined;
  switch (autoTieBreaker.kind) {
    case 'lowest':
      return members.reduce((a, b) => (b < a ? b : a));
    case 'highest':
      return members.reduce((a, b) => (b > a ? b : a));
    case 'list':
      return autoTieBreaker.nodes.find((id) => members.includes(id));
  }
}

/**
 * Once expected votes have shrunk (last_man_standing, allow_downscale), nodes come back that nobody
 * counts. They may join who is quorate, but not make him so: with their help both halves of what is
 * left could reach a majority at once. True where those who stayed have one by themselves.
 */
export function isCarriedOn(config: QuorumConfig, members: readonly QuorumMember[]): boolean {
  const quorate = members.filter(({ info }) => info.isQuorate);
  const epoch = latestEpoch(members);
  if (config.twoNode || quorate.length === 0 || epoch === undefined) return true;
  const expectedVotes = Math.max(...quorate.map(({ info }) => info.expectedVotes));
  if (expectedVotes >= votesOf(config, config.votes.keys())) return true;
  const stayed = members.filter(({ id }) => epoch.members.includes(id));
  const total = memberVotes(stayed);
  const needed = votesNeeded(config, expectedVotes, total);
  return total >= needed || winsTie(config, members, { total, expectedVotes, needed });
}

/** Does what was quorate decide what may be quorate? With a plain majority or two_node it does not. */
export function dependsOnEpochs(rules: QuorumConfig): boolean {
  const { autoTieBreaker, lastManStanding, downscale, twoNode } = rules;
  return !twoNode && (autoTieBreaker ?? lastManStanding ?? downscale) !== undefined;
}
