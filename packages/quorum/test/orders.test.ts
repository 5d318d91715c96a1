/** What changes a vote count between two memberships. */
import t from 'tap';
import { nodeId } from '@holdfast/base';
import { quorum, type QuorumEffect, readOrder, view } from '@holdfast/quorum';
import {
  type Cluster,
  cluster,
  configOf,
  type Rules,
  stateOf,
  SYNC_MS,
} from './support/cluster.ts';

function play(rules: Rules, ...events: readonly string[]): Cluster {
  const nodes = cluster(rules);
  for (const event of events) nodes.act(event);
  return nodes;
}

function answers(nodes: Cluster): string[] {
  return effects(nodes, 'answer').map((one) => `${one.isDone ? 'done' : 'refused'}: ${one.text}`);
}

function effects<Kind extends QuorumEffect['kind']>(
  nodes: Cluster,
  kind: Kind,
): Extract<QuorumEffect, { kind: Kind }>[] {
  return [...nodes.lastEffects.values()]
    .flat()
    .filter((one): one is Extract<QuorumEffect, { kind: Kind }> => one.kind === kind);
}

void t.test('an operator ends the waiting, and only where it helps', (t) => {
  const rows = [
    {
      rules: { nodes: 2, twoNode: true },
      events: ['up 1'],
      says: /^done: .*ordered on n1.*has quorum$/,
      then: '{1}:Q t1/EV2/q1',
    },
    {
      rules: { nodes: 3, wfa: true },
      events: ['up 1,2'],
      says: /^done: /,
      then: '{1,2}:Q t2/EV3/q2',
    },
    {
      rules: { nodes: 3, wfa: true },
      events: ['up 1'],
      says: /^refused: even unblocked, 1 of 2 votes.*crm quorum expected 1$/,
      then: '{1}:– t1/EV3/q2',
    },
    {
      rules: { nodes: 3 },
      events: ['up 1'],
      says: /^refused: nothing waits/,
      then: '{1}:– t1/EV3/q2',
    },
  ];
  for (const { rules, events, says, then } of rows) {
    const nodes = play(rules, ...events, 'unblock');
    t.match(answers(nodes), [says], events.join('; '));
    t.equal(nodes.say(), then);
  }
  const nodes = play({ nodes: 3, wfa: true }, 'up 1,2', 'unblock', 'crash 2');
  t.equal(nodes.say(), '{1}:– t1/EV3/q2', 'the word counts for the waiting, not for the majority');
  nodes.act('up 2');
  t.equal(nodes.say(), '{1,2}:– t2/EV3/q2', 'and for one waiting only');
  t.end();
});

void t.test(
  'expected votes by hand: never below who is here, never to the end of a quorum',
  (t) => {
    const rows = [
      {
        events: ['up 1,2,3', 'expected 2'],
        says: /^refused: 2 is less than the 3 votes that are here/,
      },
      {
        events: ['up 1,2,3', 'expected 6'],
        says: /^refused: with 6 expected votes, 4 would be needed.*write less than 6$/,
      },
      {
        events: ['up 1,2,3', 'expected 5'],
        says: /^done: expected votes go from 3 to 5: ordered on n1; this partition has quorum$/,
      },
      { events: ['up 1', 'expected 1'], says: /^done: .*has quorum$/ },
      { events: ['up 1', 'expected 4'], says: /^done: .*has still no quorum$/ },
    ];
    for (const { events, says } of rows) {
      t.match(answers(play({ nodes: 3 }, ...events)), [says], events.join('; '));
    }
    const nodes = play({ nodes: 3 }, 'up 1,2,3', 'expected 5');
    t.same(
      effects(nodes, 'persist-quorum').map(({ record }) => record.expectedVotes),
      [5, 5, 5],
    );
    nodes.act('crash 3');
    t.equal(nodes.say(), '{1,2}:– t2/EV5/q3', 'it outlives a membership');
    t.end();
  },
);

void t.test('the most ever expected outlives a restart where it is tracked', (t) => {
  const record = { allSeen: true, expectedVotes: 7 };
  const expected = (rules: Rules): number => view(quorum(configOf(rules, 1), record)).expectedVotes;
  t.equal(expected({ nodes: 3 }), 3, 'no more than the file can cast');
  t.equal(expected({ nodes: 3, tracks: true }), 7);
  t.equal(expected({ nodes: 3, floor: 2 }), 7, 'allow_downscale tracks');
  t.end();
});

void t.test('a new membership waits for the device, and is told one count only', (t) => {
  const nodes = play({ nodes: 2, device: 1 }, 'up 1,2', 'ack 1,2', 'split 1|2');
  const counts = (): (readonly [number, boolean])[] =>
    [...nodes.lastEffects].flatMap(([id, all]) =>
      all.flatMap((one) => (one.kind === 'quorum' ? [[id, one.view.quorate] as const] : [])),
    );
  t.same(counts(), [], 'nothing is said while the device has not answered');
  t.match(
    effects(nodes, 'device-poll').map(({ members }) => members),
    [[1], [2]],
  );
  nodes.act('nack 2');
  t.same(counts(), [[2, false]]);
  nodes.act('ack 1');
  t.same(counts(), [[1, true]]);
  t.end();
});

void t.test('a device that does not answer is waited for no longer than sync_timeout', (t) => {
  const nodes = play({ nodes: 2, device: 1 }, 'up 1,2', 'ack 1,2', 'split 1|2');
  nodes.act(`wait ${SYNC_MS}`);
  t.equal(nodes.say(), '{1}:– t1/EV3/q2; {2}:– t1/EV3/q2');
  t.ok(effects(nodes, 'note').some(({ event }) => event === 'device-late'));
  t.end();
});

void t.test("a device's word is for one ring, and for its timeout", (t) => {
  const nodes = play({ nodes: 2, device: 1 }, 'up 1', 'ack 1');
  t.equal(nodes.say(), '{1}:Q t2/EV2/q2');
  nodes.act('wait 9000');
  nodes.act('ack 1');
  nodes.act('wait 9000');
  t.equal(nodes.say(), '{1}:Q t2/EV2/q2', 'said again, it stays fresh');
  nodes.act('wait 1100');
  t.equal(nodes.say(), '{1}:– t1/EV2/q2', 'and then it is stale');
  nodes.give(1, { kind: 'device', cast: 'yes', ringSeq: 0 });
  t.equal(nodes.say(), '{1}:– t1/EV2/q2', 'a word about an older ring counts for nothing');
  t.end();
});

void t.test('one no against any number of yes', (t) => {
  const nodes = play({ nodes: 4, device: 3, expected: 7 }, 'up 1,2', 'ack 1,2');
  t.equal(nodes.say(), '{1,2}:Q t5/EV7/q4');
  nodes.act('nack 2');
  t.equal(nodes.say(), '{1,2}:– t2/EV7/q4');
  t.same(view(stateOf(nodes.machines, 1)).device, { votes: 3, isCounted: false });
  t.end();
});

void t.test('master_wins: the device alone decides', (t) => {
  const nodes = play({ nodes: 4, device: 1, masterWins: true }, 'up 1', 'ack 1');
  t.equal(nodes.say(), '{1}:Q t2/EV4/q3');
  nodes.act('none 1');
  t.equal(nodes.say(), '{1}:– t1/EV4/q3');
  t.end();
});

void t.test('a member with another configuration is named, once', (t) => {
  const nodes = cluster({ nodes: 3, digests: { quorum: 'a', totem: 'b' } });
  nodes.machines.set(
    2,
    quorum(configOf({ nodes: 3, digests: { quorum: 'x', totem: 'b' } }, 2), undefined),
  );
  nodes.act('up 1,3');
  nodes.groups = [...nodes.groups, [2]];
  nodes.act('split 123');
  const said = effects(nodes, 'note').filter(({ event }) => event === 'configuration-differs');
  t.match(said[0], { text: /^the configuration is another one on n2 \(quorum\)/ });
  t.match(said[1], { text: /on n1 \(quorum\), n3 \(quorum\)/ }, 'as the other one sees it');
  t.equal(said.length, 3);
  t.same(view(stateOf(nodes.machines, 1)).strangers, [{ id: 2, sections: ['quorum'] }]);
  nodes.act('crash 3');
  t.equal(effects(nodes, 'note').length, 1, 'only 2 has something new to say: who it differs from');
  t.end();
});

void t.test('members with different files still count alike', (t) => {
  const nodes = cluster({ nodes: 3 });
  nodes.act('up 1,2');
  nodes.machines.set(
    3,
    quorum(configOf({ nodes: 3, votes: [1, 1, 5], expected: 9 }, 3), undefined),
  );
  nodes.groups = [...nodes.groups, [3]];
  nodes.act('split 123');
  t.equal(
    nodes.say(),
    '{1,2,3}:Q t7/EV7/q4',
    'a node votes as it says of itself; who is quorate knows the rest',
  );
  t.end();
});

void t.test('a reload is all or nothing', (t) => {
  const rules: Rules = { nodes: 3, digests: { quorum: 'old' } };
  const nodes = play(rules, 'up 1,2,3');
  const config = (id: number, more: Partial<Rules> = {}) =>
    configOf({ ...rules, expected: 5, digests: { quorum: 'new' }, ...more }, id);
  const read = (id: number, digest = 'new') =>
    nodes.files.set(id, { kind: 'config', config: config(id), digests: { quorum: digest } });
  read(1);
  read(2);
  nodes.files.set(3, {
    kind: 'fault',
    text: 'corosync.conf:4: totem.token "fast" is not a number.',
  });
  nodes.act('reload');
  t.match(answers(nodes), [/^refused: nothing was reloaded anywhere: n3: corosync\.conf:4:/]);
  read(3, 'third');
  nodes.act('reload');
  t.match(answers(nodes), [/^refused: .*n3 has another quorum, compared with n1/]);
  t.equal(nodes.say(), '{1,2,3}:Q t3/EV3/q2');
  read(3);
  nodes.act('reload');
  t.same(answers(nodes), ['done: reloaded on n1, n2, n3']);
  t.equal(nodes.say(), '{1,2,3}:Q t3/EV5/q3');
  t.equal(effects(nodes, 'take-over').length, 3);
  nodes.act('split 12|3');
  t.equal(nodes.say(), '{1,2}:– t2/EV5/q3; {3}:– t1/EV5/q3');
  t.end();
});

void t.test('a membership that changes ends what was under way, and says so', (t) => {
  const nodes = play({ nodes: 3 }, 'up 1,2,3');
  nodes.act('reload');
  t.same(answers(nodes), [], 'nobody has read his file yet');
  nodes.act('reload');
  t.match(answers(nodes), [/^refused: a reload is under way/]);
  nodes.act('crash 3');
  t.match(answers(nodes), [/^refused: the membership changed before it was done/]);
  t.ok(effects(nodes, 'note').some(({ text }) => text.includes('nothing was reloaded')));
  t.end();
});

void t.test('what the wire brings and is no order, changes nothing', (t) => {
  const nodes = play({ nodes: 3 }, 'up 1,2,3');
  const before = nodes.say();
  const junk: readonly unknown[] = [
    undefined,
    null,
    7,
    'unblock',
    [],
    {},
    { kind: 'unblock' },
    { kind: 'expect', ask: 'a', votes: -1 },
    { kind: 'expect', ask: 'a', votes: 1.5 },
    { kind: 'shrink', ringSeq: '4', expectedVotes: 1 },
    { kind: 'device', ringSeq: 4, cast: 'maybe' },
    { kind: 'reread', of: 'x', fault: 3, digests: {}, running: {} },
    { kind: 'reread', of: 'x', fault: null, digests: {} },
    { kind: 'later' },
  ];
  for (const order of junk) {
    t.equal(readOrder(order), undefined);
    nodes.give(1, { kind: 'order', from: nodeId(2), order });
    t.equal(nodes.say(), before);
  }
  nodes.give(1, {
    kind: 'order',
    from: nodeId(2),
    order: { kind: 'shrink', ringSeq: 1, expectedVotes: 1 },
  });
  t.equal(nodes.say(), before, 'an order of another ring');
  t.end();
});
