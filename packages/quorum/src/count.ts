/** A membership's votes, counted; and what of it is kept on disk. */
import { after, type Instant, type NodeId } from '@holdfast/base';
import type { QuorumEffect } from './protocol.ts';
import { decide, type QuorumState, tally } from './state.ts';
import { view } from './view.ts';
import { agreedExpectation, latestEpoch, memberVotes } from './votes.ts';

/** The votes of a new membership, counted from what all of its members brought. */
export function settle(state: QuorumState, now: Instant): QuorumEffect[] {
  const { config, members } = state;
  const remembered = state.highestVotes;
  state.pendingUntil = undefined;
  const { total, seen } = tally(state);
  state.expectedVotes = agreedExpectation(config, members, seen);
  if (config.waitForAll) state.isWaiting = mustWait(state, total);
  decide(state);
  state.shrinkAt = shrinkTime(state, now);
  return [...remember(state, remembered), { kind: 'quorum', view: view(state) }];
}

/** Waiting ends when all are there, or in the company of somebody quorate who does not wait. */
function mustWait({ members, expectedVotes }: QuorumState, total: number): boolean {
  if (total >= expectedVotes) return false;
  return !members.some(({ info }) => info.isQuorate && !info.isWaiting);
}

/**
 * Who was quorate before and is fewer than expected shrinks, after a whole window in which nothing
 * else changed (T9.29). With unequal votes last_man_standing, which counts heads, is off (T5.32).
 */
function shrinkTime(state: QuorumState, now: Instant): Instant | undefined {
  const { config, members, expectedVotes } = state;
  if (config.lastManStanding === undefined || !state.isQuorate) return undefined;
  if (latestEpoch(members) === undefined || memberVotes(members) >= expectedVotes) return undefined;
  if ([...config.votes.values()].some((votes) => votes > 1)) return undefined;
  return after(now, config.lastManStanding.windowMs);
}

/** Runs an order, settles what was waiting for it, and keeps on disk what it raised. */
export function counted(state: QuorumState, run: () => QuorumEffect[]): QuorumEffect[] {
  const remembered = state.highestVotes;
  return [...run(), ...remember(state, remembered)];
}

function remember(state: QuorumState, remembered: number): QuorumEffect[] {
  const sawAll = tally(state).total >= state.config.expectedVotes;
  const isNews = (sawAll && !state.allSeen) || state.highestVotes !== remembered;
  state.allSeen ||= sawAll;
  if (!isNews) return [];
  const record = { allSeen: state.allSeen, expectedVotes: state.highestVotes };
  return [{ kind: 'persist-quorum', record }];
}

/** To whoever asked, on the node where he asked. */
export function answered(
  state: QuorumState,
  from: NodeId,
  ask: string,
  outcome: { readonly isDone: boolean; readonly text: string },
): QuorumEffect[] {
  if (from !== state.config.self || !state.asks.delete(ask)) return [];
  return [{ kind: 'answer', id: ask, ...outcome }];
}
