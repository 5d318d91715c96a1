import t from 'tap';
import { epochMs } from '@holdfast/base';
import {
  decide,
  meta,
  NOW_SECONDS,
  primitive,
  RUNS,
  type Shape,
  STOPPED,
} from './support/cluster.js';

const expiring: Shape = {
  resources: primitive(
    'web',
    meta('web', { 'migration-threshold': '1', 'failure-timeout': '60s' }),
  ),
  nodes: {
    haone: {
      is: 'online',
      transient: {
        'fail-count-web#monitor_10000': '1',
        'last-failure-web#monitor_10000': String(NOW_SECONDS - 20),
      },
      has: { web: STOPPED },
    },
  },
};

void t.test('a failure that will be forgotten says when to decide again', (t) => {
  const { graph, recheckAt } = decide(expiring);
  t.same(graph.actions, [], 'it is banned from its only node');
  t.equal(recheckAt, epochMs((NOW_SECONDS + 41) * 1000));
  t.end();
});

void t.test('when the failure is forgotten, it starts again', (t) => {
  const { graph, recheckAt } = decide(expiring, epochMs((NOW_SECONDS + 41) * 1000));
  t.same(
    graph.actions.map((action) => (action.kind === 'resource' ? action.task : action.kind)),
    ['start', 'forget'],
  );
  t.equal(recheckAt, undefined);
  t.end();
});

void t.test('every score comes with its source, every choice with its losers', (t) => {
  const { ledger, notes } = decide({
    properties: { 'stonith-enabled': 'false' },
    resources: primitive('web', meta('web', { 'resource-stickiness': '100' })),
    constraints: '<rsc_location id="prefers-two" rsc="web" node="hatwo" score="50"/>',
    nodes: {
      haone: { is: 'online', attributes: { standby: 'on' }, has: { web: RUNS } },
      hatwo: { is: 'online', has: { web: STOPPED } },
    },
  });
  const web = ledger?.resources.get('web');
  t.same(web?.terms, [
    { node: 'hatwo', amount: 50, source: 'constraint prefers-two' },
    { node: 'haone', amount: 100, source: 'stickiness: it runs there' },
  ]);
  t.same(web?.choice, {
    node: 'hatwo',
    why: 'it is the best node for it',
    losers: [{ node: 'haone', score: 100, why: 'haone is on standby' }],
  });
  t.match(notes, [{ text: 'move web (haone -> hatwo)' }]);
  t.end();
});

void t.test('what cannot be done says what holds it up', (t) => {
  const { ledger } = decide({
    quorate: false,
    properties: { 'stonith-enabled': 'false', 'no-quorum-policy': 'stop' },
    resources: primitive('web'),
    nodes: {
      haone: { is: 'online', has: { web: RUNS } },
      hatwo: { is: 'online', has: { web: STOPPED } },
    },
  });
  const start = ledger?.resources.get('web')?.actions.find(({ isDone }) => !isDone);
  t.equal(start?.why, 'no quorum');
  t.same(start?.blockedBy, ['no quorum']);
  t.end();
});

void t.test(
  'operations carry their timeouts, parameters and the code that counts as success',
  (t) => {
    const { graph } = decide({
      resources: primitive(
        'web',
        '<instance_attributes id="i"><nvpair id="i-p" name="port" value="80"/></instance_attributes><operations><op id="o" name="start" interval="0" timeout="90s"/></operations>',
      ),
      nodes: { haone: { is: 'online' } },
    });
    const [start, probe] = graph.actions;
    t.match(probe, { task: 'monitor', targetRc: 7, timeoutMs: 20_000 });
    t.match(start, { task: 'start', targetRc: 0, timeoutMs: 90_000, parameters: { port: '80' } });
    t.end();
  },
);

void t.test('the batch limit is the one of the configuration', (t) => {
  const { graph } = decide({
    properties: { 'batch-limit': '3' },
    nodes: { haone: { is: 'online' } },
  });
  t.equal(graph.batchLimit, 3);
  t.end();
});

void t.test('a rule that holds from a date on says when to decide again', (t) => {
  const moved: Shape = {
    resources: primitive('web'),
    constraints:
      '<rsc_location id="l" rsc="web"><rule id="l-r" score="100" boolean-op="and"><expression id="l-e" attribute="#uname" operation="eq" value="hatwo"/><date_expression id="l-d" operation="gt" start="2023-11-14 22:14:00Z"/></rule></rsc_location>',
    nodes: {
      haone: { is: 'online', has: { web: RUNS } },
      hatwo: { is: 'online', has: { web: STOPPED } },
    },
  };
  const before = decide(moved);
  t.same(before.graph.actions, []);
  t.ok(before.recheckAt !== undefined && before.recheckAt >= epochMs(1_700_000_040_000));
  const after = decide(moved, epochMs(1_700_000_041_000));
  t.equal(after.graph.actions.length, 2, 'it moves');
  t.end();
});

void t.test('members of a group take its parameters and its meta-attributes', (t) => {
  const { graph } = decide({
    resources: `<group id="g"><instance_attributes id="gi"><nvpair id="gi-p" name="port" value="80"/></instance_attributes>${meta('g', { 'target-role': 'Started' })}${primitive('web')}</group>`,
    nodes: { haone: { is: 'online', has: { web: STOPPED } } },
  });
  const start = graph.actions.find(({ kind }) => kind === 'resource');
  t.match(start, { task: 'start', parameters: { port: '80' } });
  t.end();
});
