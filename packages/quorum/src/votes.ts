/** The arithmetic of votes: pure questions to numbers (T5.10–T5.14). */
import type { NodeId } from '@holdfast/base';
import type { QuorateEpoch, QuorumConfig, QuorumMember } from './protocol.ts';

/** Votes of these nodes together; a node that is not configured has none. */
export function votesOf(config: QuorumConfig, members: Iterable<NodeId>): number {
  let total = 0;
  for (const id of members) total += config.votes.get(id) ?? 0;
  return total;
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
  total: number,
): number {
  const quorate = members.filter(({ info }) => info.isQuorate);
  const asked = quorate.length > 0 ? quorate : members;
  const most = Math.max(0, ...asked.map(({ info }) => info.expectedVotes));
  return Math.max(most === 0 ? config.expectedVotes : most, total);
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

/**
 * Does an even split go to this half? Only a half that came out of the most recent quorate membership
 * and holds that membership's tie-break node: a function of common knowledge, so that no two halves
 * can both say yes (T5.33).
 *
 * Stricter than the reference in two ways, both for safety. Exactly half is needed: one vote less
 * than that (which T5.14 allows where votes are odd) leaves the others a true majority. And nobody
 * in the half may be freshly started: what he has forgotten may be the epoch that names the winner.
 */
export function winsTie(
  config: QuorumConfig,
  members: readonly QuorumMember[],
  counts: { readonly total: number; readonly expectedVotes: number; readonly needed: number },
): boolean {
  const breaker = config.autoTieBreaker;
  const epoch = latestEpoch(members);
  if (breaker === undefined || epoch === undefined) return false;
  if (counts.total * 2 !== counts.expectedVotes) return false;
  if (members.some(({ info }) => info.epoch === undefined)) return false;
  if (epoch.members.length - members.length >= counts.needed) return false;
  const present = new Set(members.map(({ id }) => id));
  switch (breaker.kind) {
    case 'lowest':
      return present.has(epoch.members.reduce((a, b) => (b < a ? b : a)));
    case 'highest':
      return present.has(epoch.members.reduce((a, b) => (b > a ? b : a)));
    case 'list': {
      const first = breaker.nodes.find((id) => epoch.members.includes(id));
      return first !== undefined && present.has(first);
    }
  }
}

/**
 * Once expected votes have shrunk (last_man_standing), nodes come back that nobody counts. They may
 * join who is quorate, but not make him so: with their help both halves of what is left could reach
 * a majority at once. True where those who stayed have one by themselves.
 */
export function isCarriedOn(config: QuorumConfig, members: readonly QuorumMember[]): boolean {
  const quorate = members.filter(({ info }) => info.isQuorate);
  const epoch = latestEpoch(members);
  if (config.twoNode || quorate.length === 0 || epoch === undefined) return true;
  const expectedVotes = Math.max(...quorate.map(({ info }) => info.expectedVotes));
  if (expectedVotes >= votesOf(config, config.votes.keys())) return true;
  const stayed = members.map(({ id }) => id).filter((id) => epoch.members.includes(id));
  const total = votesOf(config, stayed);
  const needed = votesNeeded(config, expectedVotes, total);
  return total >= needed || winsTie(config, members, { total, expectedVotes, needed });
}
