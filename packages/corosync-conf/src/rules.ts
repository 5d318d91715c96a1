/** The votes a configuration amounts to, in words: what is in force, not what is written (T5.43). */
import { formatDuration } from '@holdfast/base';
import type { EffectiveQuorum } from './effective-quorum.ts';
import type { ConfNode } from './model.ts';

/** One sentence for each rule in force. */
export function describeRules(
  nodes: readonly ConfNode[],
  quorum: Omit<EffectiveQuorum, 'self'>,
): readonly string[] {
  const { expectedVotes, twoNode, waitForAll, lastManStanding, downscale } = quorum;
  const votes = nodes.map((node) => `${node.name} ${node.votes}`).join(', ');
  const needed = twoNode ? 1 : Math.floor(expectedVotes / 2) + 1;
  return [
    `votes: ${votes}; ${expectedVotes} are expected, ${needed} make a quorum`,
    ...(twoNode ? ['two_node: one node is enough, and fencing decides which one lives'] : []),
    ...(waitForAll
      ? ['wait_for_all: after a start, nothing until all have been seen together']
      : []),
    ...(lastManStanding === undefined
      ? []
      : [
          `last_man_standing: ${formatDuration(lastManStanding.windowMs)} after a loss, only who is left is expected`,
        ]),
    ...tieBreakerRules(quorum),
    ...(downscale === undefined
      ? []
      : [
          `allow_downscale: who leaves politely is not expected any more, down to ${downscale.floor}`,
        ]),
    ...(quorum.tracksExpectedVotes
      ? ['expected_votes_tracking: the most votes ever expected outlive a restart']
      : []),
    ...deviceRules(quorum),
  ];
}

function tieBreakerRules({ autoTieBreaker }: Omit<EffectiveQuorum, 'self'>): readonly string[] {
  if (autoTieBreaker === undefined) return [];
  const who =
    autoTieBreaker.kind === 'list'
      ? `the first of the nodes ${autoTieBreaker.nodes.join(', ')}`
      : `the ${autoTieBreaker.kind} node id`;
  return [`auto_tie_breaker: of two halves, the one with ${who} goes on`];
}

function deviceRules({ device }: Omit<EffectiveQuorum, 'self'>): readonly string[] {
  if (device === undefined) return [];
  const wins = device.masterWins ? '; whoever has them is quorate' : '';
  return [`device: ${device.votes} votes for one partition at most${wins}`];
}
