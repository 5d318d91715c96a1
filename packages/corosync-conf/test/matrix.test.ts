/**
 * The matrix of options that exclude each other (rule T5.41), row by row: `refused` is what the
 * reference exits on, `adjusted` what it counts otherwise than written; neither is ever silent.
 */
import t from 'tap';
import { nodeId } from '@holdfast/base';
import { describe, effectiveQuorum, type EffectiveQuorum } from '@holdfast/corosync-conf';
import { conf, nodelist, read } from './support/conf.ts';

type Row = {
  readonly row: string;
  readonly nodes?: number;
  readonly votes?: readonly number[];
  readonly quorum: string;
  /** What is said, as a warning or as the reason of a refusal. */
  readonly says: RegExp | undefined;
  /** What is counted with; undefined: the daemon does not start. */
  readonly counts: Partial<EffectiveQuorum> | undefined;
};

const DEVICE = 'device {\nmodel: net\nvotes: 1\n}';
const BARE_DEVICE = 'device {\nmodel: net\n}';

const ROWS: readonly Row[] = [
  {
    row: 'two_node + device',
    quorum: `two_node: 1\n${DEVICE}`,
    says: /device and two_node exclude each other/,
    counts: undefined,
  },
  {
    row: 'two_node + auto_tie_breaker',
    quorum: 'two_node: 1\nauto_tie_breaker: 1',
    says: /two_node gives way to auto_tie_breaker/,
    counts: { twoNode: false, autoTieBreaker: { kind: 'lowest' } },
  },
  {
    row: 'auto_tie_breaker + odd votes + last_man_standing, no wait_for_all',
    nodes: 3,
    quorum: 'auto_tie_breaker: 1\nlast_man_standing: 1',
    says: /needs wait_for_all/,
    counts: undefined,
  },
  {
    row: 'auto_tie_breaker + odd votes, no wait_for_all',
    nodes: 3,
    quorum: 'auto_tie_breaker: 1',
    says: /auto_tie_breaker is off: with an odd number of votes/,
    counts: { autoTieBreaker: undefined },
  },
  {
    row: 'device + last_man_standing',
    quorum: `last_man_standing: 1\n${DEVICE}`,
    says: /device and last_man_standing exclude/,
    counts: undefined,
  },
  {
    row: 'device + auto_tie_breaker',
    quorum: `auto_tie_breaker: 1\n${DEVICE}`,
    says: /device and auto_tie_breaker exclude/,
    counts: undefined,
  },
  {
    row: 'device + allow_downscale',
    quorum: `allow_downscale: 1\n${DEVICE}`,
    says: /device and allow_downscale exclude/,
    counts: undefined,
  },
  {
    row: 'expected_votes + device without votes',
    quorum: `expected_votes: 3\n${BARE_DEVICE}`,
    says: /has no votes, which expected_votes makes necessary/,
    counts: undefined,
  },
  {
    row: 'device without votes + unequal nodes',
    votes: [2, 1],
    quorum: BARE_DEVICE,
    says: /has no votes, which unequal nodes make necessary/,
    counts: undefined,
  },
  {
    row: 'expected_votes - device.votes < 2',
    quorum: `expected_votes: 2\n${DEVICE}`,
    says: /leaves the nodes less than two votes/,
    counts: undefined,
  },
  {
    row: 'auto_tie_breaker_node invalid',
    nodes: 4,
    quorum: 'auto_tie_breaker: 1\nauto_tie_breaker_node: 7',
    says: /names node 7, which nodelist does not have/,
    counts: { autoTieBreaker: undefined },
  },
  {
    row: 'auto_tie_breaker_node without auto_tie_breaker',
    nodes: 4,
    quorum: 'auto_tie_breaker_node: 2',
    says: /auto_tie_breaker_node means nothing without/,
    counts: { autoTieBreaker: undefined },
  },
  {
    row: 'last_man_standing + votes > 1',
    nodes: 3,
    votes: [2, 1, 1],
    quorum: 'last_man_standing: 1',
    says: /last_man_standing is off: it needs one vote for every node/,
    counts: { lastManStanding: undefined },
  },
  {
    row: 'wait_for_all: 2',
    quorum: 'wait_for_all: 2',
    says: undefined,
    counts: { waitForAll: true },
  },
  {
    row: 'provider unknown',
    quorum: 'provider: corosync_ykd',
    says: /"corosync_ykd" is no quorum provider/,
    counts: undefined,
  },
  {
    row: 'T5.30: two_node with three nodes',
    nodes: 3,
    quorum: 'two_node: 1',
    says: /two_node is for two nodes/,
    counts: undefined,
  },
  {
    row: 'T5.30: two_node with two votes on one node',
    votes: [2, 1],
    quorum: 'two_node: 1',
    says: /2 voters with 3 expected votes/,
    counts: undefined,
  },
  {
    row: 'T5.30: two_node, and a third node that does not vote',
    nodes: 3,
    votes: [1, 1, 0],
    quorum: 'two_node: 1',
    says: undefined,
    counts: { twoNode: true, expectedVotes: 2 },
  },
  {
    row: 'two_node without wait_for_all',
    quorum: 'two_node: 1\nwait_for_all: 0',
    says: /lets a node that boots alone fence the other one/,
    counts: { twoNode: true, waitForAll: false },
  },
  {
    row: 'last_man_standing without wait_for_all',
    nodes: 4,
    quorum: 'last_man_standing: 1',
    says: /is dangerous without wait_for_all/,
    counts: { waitForAll: false },
  },
  {
    row: 'allow_downscale without wait_for_all',
    nodes: 4,
    quorum: 'allow_downscale: 1\nexpected_votes: 2',
    says: /is dangerous without wait_for_all/,
    counts: { downscale: { floor: 2 } },
  },
  {
    row: 'expected_votes below the votes there are',
    nodes: 3,
    quorum: 'expected_votes: 1',
    says: /is 1, but the nodes hold 3 votes, and 3 count/,
    counts: { expectedVotes: 3 },
  },
];

for (const { row, nodes = 2, votes, quorum, says, counts } of ROWS) {
  void t.test(row, (t) => {
    const text = conf({ nodes: nodelist(nodes, votes), quorum });
    const file = read(text);
    const said = file.warnings.map(describe).filter((one) => one.includes(' quorum.'));
    if (says === undefined) t.same(said, [], 'nothing to say');
    else t.match(said.join('\n'), says);
    t.equal(file.refusals.length > 0, counts === undefined, 'refused or not');
    const effective = effectiveQuorum(file, nodeId(1));
    t.equal(effective.ok, counts !== undefined);
    if (effective.ok && counts !== undefined) t.match(effective.value, counts);
    t.end();
  });
}
