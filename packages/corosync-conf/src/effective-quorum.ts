/**
 * What the quorum section amounts to, after the matrix of options that exclude each other (rules
 * T5.30, T5.40, T5.41). Where the reference silently counts differently, we say so; what makes it
 * exit at start, we refuse at start.
 */
import { fail, type Milliseconds, type NodeId, ok, type Result } from '@holdfast/base';
import { addFault, addWarning, type ConfFault, type Findings, findings } from './fault.ts';
import type { ConfNode, CorosyncConf, QuorumConf, TieBreaker } from './model.ts';

/** The same shape as the quorum room's configuration. */
export type EffectiveQuorum = {
  readonly self: NodeId;
  readonly votes: ReadonlyMap<NodeId, number>;
  readonly expectedVotes: number;
  readonly twoNode: boolean;
  readonly waitForAll: boolean;
  readonly lastManStanding: { readonly windowMs: Milliseconds } | undefined;
  readonly autoTieBreaker: TieBreaker | undefined;
  /** A clean leave lowers expected votes, never below `floor`; undefined: it does not. */
  readonly downscale: { readonly floor: number } | undefined;
  readonly tracksExpectedVotes: boolean;
  readonly device:
    | {
        readonly votes: number;
        readonly timeoutMs: Milliseconds;
        readonly syncTimeoutMs: Milliseconds;
        readonly masterWins: boolean;
      }
    | undefined;
};

/** The values to count with; faults where the options contradict each other beyond repair. */
export function effectiveQuorum(
  conf: CorosyncConf,
  self: NodeId,
): Result<EffectiveQuorum, readonly ConfFault[]> {
  const found = findings(conf.file);
  const settled = settleQuorum(conf.nodes, conf.quorum, found);
  return found.faults.length > 0 ? fail(found.faults) : ok({ self, ...settled });
}

/** As `effectiveQuorum`, telling every adjustment as a warning and every contradiction as a fault. */
export function settleQuorum(
  nodes: readonly ConfNode[],
  quorum: QuorumConf,
  found: Findings,
): Omit<EffectiveQuorum, 'self'> {
  const votes = new Map(nodes.map((node) => [node.id, node.votes]));
  const total = nodes.reduce((sum, node) => sum + node.votes, 0);
  const say = sayer(quorum, found);
  checkProvider(quorum, found);
  checkDevice(nodes, quorum, found);
  const expectedVotes = expectedOf(nodes, total, quorum, say);
  const waitForAll = quorum.waitForAll ?? quorum.twoNode;
  const twoNode = quorum.twoNode && twoNodeFits(nodes, expectedVotes, quorum, found);
  return {
    votes,
    expectedVotes,
    twoNode,
    waitForAll,
    lastManStanding: lastManOf(nodes, quorum, say),
    autoTieBreaker: tieBreakerOf(total, waitForAll, quorum, found),
    downscale: downscaleOf(total, quorum, say),
    tracksExpectedVotes: quorum.expectedVotesTracking || quorum.allowDownscale,
    device: deviceOf(total, quorum),
  };
}

/** Without votes of its own, a device has one less than the nodes together (T5.37). */
function deviceOf(total: number, { device }: QuorumConf): EffectiveQuorum['device'] {
  if (device === undefined) return undefined;
  const { timeoutMs, syncTimeoutMs, masterWins } = device;
  return { votes: device.votes ?? Math.max(0, total - 1), timeoutMs, syncTimeoutMs, masterWins };
}

/** The file's expected_votes is where a shrinking cluster stops, not what it starts with (T5.35). */
function downscaleOf(total: number, quorum: QuorumConf, say: Say): EffectiveQuorum['downscale'] {
  if (!quorum.allowDownscale) return undefined;
  const floor = quorum.expectedVotes ?? total;
  if (floor >= total) {
    const what = `has no effect: expected votes are never lowered below ${floor}`;
    say('allow_downscale', what, 'write an expected_votes below the votes of all nodes');
    return undefined;
  }
  if (!(quorum.waitForAll ?? quorum.twoNode)) {
    const what =
      'is dangerous without wait_for_all: those who left could be a majority of their own';
    say('allow_downscale', what, 'set wait_for_all: 1');
  }
  return { floor };
}

type Say = (key: string, what: string, wayOut?: string) => void;

function sayer(quorum: QuorumConf, found: Findings): Say {
  return (key, what, wayOut) => {
    addWarning(found, { line: quorum.line ?? 1, key: `quorum.${key}` }, what, wayOut);
  };
}

function checkProvider({ provider, line }: QuorumConf, found: Findings): void {
  if (line === undefined || provider === 'corosync_votequorum') return;
  const place = { line, key: 'quorum.provider', value: provider ?? '' };
  const wayOut = 'write provider: corosync_votequorum';
  if (provider === undefined) {
    addWarning(found, place, 'is missing: votes are counted all the same', wayOut);
  } else addFault(found, place, 'is no quorum provider', wayOut);
}

/** The device rows of the matrix (T5.41). */
function checkDevice(nodes: readonly ConfNode[], quorum: QuorumConf, found: Findings): void {
  const { device } = quorum;
  if (device === undefined) return;
  const place = { line: device.line, key: 'quorum.device' };
  const rivals = [
    ['two_node', quorum.twoNode],
    ['last_man_standing', quorum.lastManStanding],
    ['auto_tie_breaker', quorum.autoTieBreaker],
    ['allow_downscale', quorum.allowDownscale],
  ] as const;
  for (const [key, on] of rivals) {
    if (on) addFault(found, place, `and ${key} exclude each other`, `remove one of the two`);
  }
  if (device.votes === undefined && quorum.expectedVotes !== undefined) {
    addFault(found, place, 'has no votes, which expected_votes makes necessary', 'add votes: 1');
  } else if (device.votes === undefined && nodes.some(({ votes }) => votes !== 1)) {
    addFault(found, place, 'has no votes, which unequal nodes make necessary', 'add votes: 1');
  }
  if (quorum.expectedVotes !== undefined && quorum.expectedVotes - (device.votes ?? 0) < 2) {
    addFault(found, place, 'leaves the nodes less than two votes', 'raise expected_votes');
  }
  const what = 'is counted, but its client is not built yet: its votes are expected and never cast';
  addWarning(found, place, what, 'for two nodes use two_node and fencing instead');
}

/** Never below what the nodes hold together: fewer would let one of them alone be quorate. */
function expectedOf(
  nodes: readonly ConfNode[],
  total: number,
  quorum: QuorumConf,
  say: Say,
): number {
  if (quorum.expectedVotes === undefined) {
    const automatic = quorum.device !== undefined && quorum.device.votes === undefined;
    return automatic && nodes.every(({ votes }) => votes === 1) ? 2 * total - 1 : total;
  }
  if (quorum.expectedVotes >= total) return quorum.expectedVotes;
  if (quorum.allowDownscale) return total;
  const what = `is ${quorum.expectedVotes}, but the nodes hold ${total} votes, and ${total} count`;
  say('expected_votes', what, 'remove it');
  return total;
}

/** Safe for two nodes with one vote each, and for nobody else: T5.30 has it refused, not counted. */
function twoNodeFits(
  nodes: readonly ConfNode[],
  expectedVotes: number,
  quorum: QuorumConf,
  found: Findings,
): boolean {
  if (quorum.device !== undefined) return false;
  const voters = nodes.filter(({ votes }) => votes > 0);
  if (voters.length !== 2 || expectedVotes !== 2) {
    const place = { line: quorum.line ?? 1, key: 'quorum.two_node' };
    const what = `is for two nodes with one vote each, and here are ${voters.length} voters with ${expectedVotes} expected votes`;
    addFault(found, place, what, 'remove it: a majority decides then');
    return false;
  }
  const say = sayer(quorum, found);
  if (quorum.autoTieBreaker) {
    say('two_node', 'gives way to auto_tie_breaker: a majority decides', 'remove one of the two');
    return false;
  }
  if (quorum.waitForAll === false) {
    const what = 'without wait_for_all lets a node that boots alone fence the other one';
    say('two_node', what, 'set wait_for_all: 1');
  }
  return true;
}

function lastManOf(
  nodes: readonly ConfNode[],
  quorum: QuorumConf,
  say: Say,
): EffectiveQuorum['lastManStanding'] {
  if (!quorum.lastManStanding) return undefined;
  if (nodes.some(({ votes }) => votes > 1)) {
    say('last_man_standing', 'is off: it needs one vote for every node', 'remove it');
    return undefined;
  }
  if (quorum.twoNode && nodes.length <= 2) {
    say(
      'last_man_standing',
      'has no effect with two_node: one node is enough already',
      'remove it',
    );
  } else if (!(quorum.waitForAll ?? quorum.twoNode)) {
    say('last_man_standing', 'is dangerous without wait_for_all', 'set wait_for_all: 1');
  }
  return { windowMs: quorum.lastManStandingWindowMs };
}

function tieBreakerOf(
  total: number,
  waitForAll: boolean,
  quorum: QuorumConf,
  found: Findings,
): TieBreaker | undefined {
  const say = sayer(quorum, found);
  if (!quorum.autoTieBreaker) {
    if (quorum.autoTieBreakerNode?.kind !== 'lowest') {
      say('auto_tie_breaker_node', 'means nothing without auto_tie_breaker: 1');
    }
    return undefined;
  }
  if (total % 2 === 0 || waitForAll) return quorum.autoTieBreakerNode;
  if (quorum.lastManStanding) {
    const place = { line: quorum.line ?? 1, key: 'quorum.auto_tie_breaker' };
    const what = 'with last_man_standing and an odd number of votes needs wait_for_all';
    addFault(found, place, what, 'set wait_for_all: 1');
  } else {
    const what = 'is off: with an odd number of votes it needs wait_for_all';
    say('auto_tie_breaker', what, 'set wait_for_all: 1 or remove it');
  }
  return undefined;
}
