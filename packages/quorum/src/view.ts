/** One vote count, as people see it. */
import type { NodeId } from '@holdfast/base';
import type { QuorumDigests } from './orders.ts';
import type { QuorumConfig, QuorumView } from './protocol.ts';
import { type QuorumState, tally } from './state.ts';

export function view(state: QuorumState): QuorumView {
  const { config, members, expectedVotes } = state;
  const ids = members.map(({ id }) => id);
  const { total, needed, hasDevice } = tally(state);
  return {
    quorate: state.isQuorate,
    totalVotes: total,
    expectedVotes,
    needed,
    flags: flagsOf(state),
    waitingFor: state.isWaiting ? absentVoters(config, ids) : [],
    strangers: strangersOf(state),
    device: config.device && { votes: config.device.votes, isCounted: hasDevice },
  };
}

/** `hatwo`, or `node-2` for a member that the file does not know. */
export function nameOf({ config }: QuorumState, id: NodeId): string {
  return config.names.get(id) ?? `node-${id}`;
}

/** Sections whose checksums differ; one that only a newer version has differs in nothing. */
export function sectionsApart(mine: QuorumDigests, theirs: QuorumDigests): readonly string[] {
  return Object.keys(mine).filter(
    (section) => theirs[section] !== undefined && theirs[section] !== mine[section],
  );
}

function strangersOf({ config, members }: QuorumState): QuorumView['strangers'] {
  return members
    .map(({ id, info }) => ({ id, sections: sectionsApart(config.digests, info.digests) }))
    .filter(({ id, sections }) => id !== config.self && sections.length > 0);
}

/** A node without a vote is not waited for, and none waits for itself. */
function absentVoters(config: QuorumConfig, present: readonly NodeId[]): readonly NodeId[] {
  const voters = [...config.votes].filter(([, votes]) => votes > 0).map(([id]) => id);
  const others = voters.filter((id) => id !== config.self && !present.includes(id));
  return others.sort((a, b) => a - b);
}

function flagsOf({ config, isQuorate }: QuorumState): readonly string[] {
  const flags: readonly (readonly [string, boolean])[] = [
    ['2Node', config.twoNode],
    ['Quorate', isQuorate],
    ['WaitForAll', config.waitForAll],
    ['LastManStanding', config.lastManStanding !== undefined],
    ['AutoTieBreaker', config.autoTieBreaker !== undefined],
    ['AllowDownscale', config.downscale !== undefined],
    ['Qdevice', config.device !== undefined],
  ];
  return flags.filter(([, on]) => on).map(([flag]) => flag);
}
