/** A file read again: what differs, what can be taken over, and whether two members agree. */
import t from 'tap';
import { nodeId } from '@holdfast/base';
import {
  compareConf,
  type CorosyncConf,
  describeChange,
  differingSections,
  digestsOf,
  effectiveQuorum,
  takeOver,
} from '@holdfast/corosync-conf';
import { conf, nodelist, read } from './support/conf.ts';

function changes(from: string, to: string): string[] {
  return compareConf(read(from), read(to)).map((one) => `${describeChange(one)} (${one.group})`);
}

void t.test(
  'what changed is told by the key that was written, not by what follows from it',
  (t) => {
    const before = conf({});
    const rows = [
      { to: before, says: [] },
      { to: `# a remark\n${before}`, says: [] },
      { to: conf({ totem: 'token: 5000' }), says: ['totem.token: 3000 → 5000 (timers)'] },
      {
        to: conf({ totem: 'join: 60\nnetmtu: 1200' }),
        says: ['totem.netmtu: (none) → 1200 (fixed)', 'totem.join: 50 → 60 (timers)'],
      },
      { to: conf({ totem: 'token: 3000' }), says: [], why: 'the default written out' },
      {
        to: conf({ quorum: 'wait_for_all: 1' }),
        says: ['quorum.two_node: 1 → 0 (votes)', 'quorum.wait_for_all: (none) → 1 (fixed)'],
      },
      {
        to: conf({ quorum: 'device {\nmodel: net\nvotes: 1\nnet {\nhost: q\n}\n}' }),
        says: [
          'quorum.two_node: 1 → 0 (votes)',
          'quorum.device.model: (none) → net (votes)',
          'quorum.device.votes: (none) → 1 (votes)',
          'quorum.device.net: (none) → q:5403 ffsplit (votes)',
        ],
      },
      {
        to: conf({ nodes: nodelist(3), quorum: '' }),
        says: [
          'quorum.two_node: 1 → 0 (votes)',
          'nodelist.node.n3: (none) → nodeid 3, 10.0.0.3 (nodes)',
        ],
      },
      {
        to: conf({ nodes: nodelist(2, [2]), quorum: '' }),
        says: ['quorum.two_node: 1 → 0 (votes)', 'nodelist.node.n1.quorum_votes: 1 → 2 (votes)'],
      },
      {
        to: conf({ totem: 'interface {\nmcastport: 6000\n}' }),
        says: ['totem.interface.0.mcastport: 5405 → 6000 (links)'],
      },
      {
        to: `${before}\nlogging {\ndebug: on\n}`,
        says: ['logging.debug: (none) → on (logging)'],
      },
    ];
    for (const { to, says, why } of rows) t.same(changes(before, to), says, why ?? says.join('; '));
    const keyed = changes(conf({ totem: 'key: aaaa' }), conf({ totem: 'key: bbbb' }));
    t.same(keyed, ['totem.key: (hidden) → (hidden) (sealing)'], 'a secret is not shown');
    t.end();
  },
);

void t.test('what is taken over is what would have been started with, and nothing else', (t) => {
  const running = read(conf({ nodes: nodelist(3), quorum: 'wait_for_all: 1' }));
  const wanted = read(
    conf({ nodes: nodelist(4, [2]), quorum: 'expected_votes: 9', totem: 'token: 5000' }),
  );
  const votes = takeOver(running, wanted, new Set(['votes']));
  t.same(quorumOf(votes), {
    self: 1,
    votes: new Map([
      [1, 2],
      [2, 1],
      [3, 1],
    ]),
    expectedVotes: 9,
    twoNode: false,
    waitForAll: true,
    lastManStanding: undefined,
    autoTieBreaker: undefined,
    downscale: undefined,
    tracksExpectedVotes: false,
    device: undefined,
  });
  t.equal(votes.totem.tokenMs, 3000);
  const more = takeOver(running, wanted, new Set(['votes', 'timers', 'nodes'] as const));
  t.match(more.totem, { tokenMs: 5000, effectiveTokenMs: 6300 });
  t.equal(more.nodes.length, 4);
  t.same(compareConf(more, wanted).map(describeChange), ['quorum.wait_for_all: 1 → (none)']);
  t.end();
});

function quorumOf(from: CorosyncConf): unknown {
  const effective = effectiveQuorum(from, nodeId(1));
  return effective.ok ? effective.value : effective.fault;
}

void t.test('two files agree by what they mean; a difference is named by its section', (t) => {
  const mine = digestsOf(read(conf({})));
  const rows = [
    { with: `# mine\n${conf({})}`, differs: [], why: 'a comment' },
    { with: conf({ totem: 'token: 3000' }), differs: [], why: 'a default written out' },
    {
      with: conf({ totem: 'config_version: 7\nkeyfile: /k' }),
      differs: [],
      why: 'this host alone',
    },
    { with: conf({ totem: 'token: 3001' }), differs: ['totem'], why: 'a timer' },
    {
      with: conf({ nodes: nodelist(2).replace('10.0.0.2', '10.0.0.9') }),
      differs: ['nodelist'],
      why: 'an address',
    },
    { with: conf({ quorum: '' }), differs: ['quorum'], why: 'two_node' },
    {
      with: conf({ nodes: nodelist(3), quorum: '' }),
      differs: ['totem', 'nodelist', 'quorum'],
      why: 'a node: the token grows',
    },
  ];
  for (const { with: text, differs, why } of rows) {
    t.same(differingSections(mine, digestsOf(read(text))), differs, why);
  }
  t.end();
});
