import t from 'tap';
import { nodeName } from '@holdfast/base';
import { readNode } from '@holdfast/node';
import {
  ask,
  boot,
  cluster,
  type Cluster,
  configure,
  form,
  type Host,
  pass,
} from './support/cluster.ts';

const CONFIGURATION = `
  <crm_config><cluster_property_set id="cib-bootstrap-options"><nvpair id="o1" name="stonith-enabled" value="true"/></cluster_property_set></crm_config>
  <nodes/>
  <resources>
    <primitive id="kill" class="stonith" type="fence-pdu"/>
    <primitive id="web" class="ocf" provider="holdfast" type="dummy"><operations><op id="m" name="monitor" interval="10s"/></operations></primitive>
  </resources>
  <constraints><rsc_location id="l" rsc="web" node="a" score="10"/></constraints>`;

function pair(): { c: Cluster; a: Host; b: Host } {
  const c = cluster(['a', 'b'], true);
  const [a, b] = c.hosts;
  if (a === undefined || b === undefined) throw new Error('two hosts');
  boot(c, a);
  boot(c, b);
  return { c, a, b };
}

/** Two nodes with a service on `a`. */
function serving(): { c: Cluster; a: Host; b: Host } {
  const made = pair();
  form(made.c, [made.a, made.b]);
  configure(made.c, made.a, CONFIGURATION);
  return made;
}

function code(answer: ReturnType<ReturnType<typeof ask>>): string {
  if (answer === undefined) return 'no answer';
  return answer.kind === 'fault' ? answer.fault.code : answer.kind;
}

void t.test('a node alone waits, decides nothing, and may not change anything', (t) => {
  const { c, a } = pair();
  form(c, [a]);
  t.equal(readNode(a.machine).quorum.quorate, false);
  t.ok(
    a.said.some((line) => line.startsWith('waiting-for: waiting for b')),
    'it says whom it waits for',
  );
  t.equal(code(configure(c, a, CONFIGURATION)()), 'no-quorum');
  t.same(c.log, []);
  t.end();
});

void t.test('a change is acknowledged when both have it on disk, and then it is durable', (t) => {
  const { c, a, b } = pair();
  form(c, [a, b]);
  const answer = configure(c, a, CONFIGURATION)();
  t.equal(answer?.kind === 'receipt' ? answer.receipt.durable : code(answer), true);
  for (const host of [a, b])
    t.match(host.disk.text ?? '', /id="web"/, `${host.name} has it on disk`);
  t.ok(a.runs.has('web') && !b.runs.has('web'), 'it runs where it is preferred');
  t.end();
});

void t.test('a full disk anywhere refuses the change everywhere, and the next one works', (t) => {
  const { c, a, b } = serving();
  const before = a.machine.controller.store.root;
  b.disk.fails = 'ENOSPC: no space left on device';
  const refused = ask(c, a, {
    kind: 'set-attribute',
    node: nodeName('a'),
    name: 'standby',
    value: 'on',
    lifetime: 'forever',
    user: 't',
  })();
  t.equal(code(refused), 'refused');
  t.match(
    refused?.kind === 'fault' ? refused.fault.message : '',
    /b could not store the change \(ENOSPC/,
  );
  t.equal(a.machine.controller.store.root, before, 'nothing changed where it was asked');
  b.disk.fails = undefined;
  const taken = ask(c, a, {
    kind: 'set-attribute',
    node: nodeName('a'),
    name: 'standby',
    value: 'on',
    lifetime: 'forever',
    user: 't',
  })();
  t.equal(code(taken), 'receipt');
  t.ok(b.runs.has('web') && !a.runs.has('web'), 'standby moved it');
  t.end();
});

void t.test('a change made from an old version is stale', (t) => {
  const { c, a, b } = serving();
  const { root } = b.machine.controller.store;
  const answer = ask(c, b, { kind: 'replace-configuration', base: '0.0', root, user: 't' })();
  t.equal(code(answer), 'stale');
  t.equal(readNode(a.machine).activity, 'idle');
  t.end();
});

void t.test('a lost node is shot before its service starts elsewhere', (t) => {
  const { c, a, b } = serving();
  a.isUp = false;
  c.log.length = 0;
  form(c, [b]);
  t.same(
    c.log.filter((line) => !line.startsWith('kill')),
    ['b shoots a', 'b asks kill about a', 'web start on b'],
  );
  t.equal(b.machine.controller.replica.nodes.get(a.name)?.expected, 'down');
  t.end();
});

void t.test(
  'without proof that the lost node is off nothing starts, and the fence is tried again',
  (t) => {
    const { c, a, b } = serving();
    a.isUp = false;
    c.device = { off: 0, status: 0 };
    c.log.length = 0;
    form(c, [b]);
    for (let count = 0; count < 4; count += 1) pass(c, 11_000);
    t.notOk(b.runs.has('web'));
    const shots = c.log.filter((line) => line === 'b shoots a').length;
    t.ok(shots >= 6, `${shots} shots`);
    t.ok(
      b.said.some((line) => line.startsWith('fence-retry')),
      'it says so',
    );
    c.device = { off: 0, status: 2 };
    pass(c, 11_000);
    t.ok(b.runs.has('web'), 'when the device works again, it recovers');
    t.end();
  },
);

void t.test('a change while the peer is not proven down is taken, and told to be losable', (t) => {
  const { c, a, b } = serving();
  a.isUp = false;
  c.device = { off: 1, status: 0 };
  form(c, [b]);
  const answer = ask(c, b, {
    kind: 'set-attribute',
    node: nodeName('b'),
    name: 'x',
    value: '1',
    lifetime: 'forever',
    user: 't',
  })();
  t.equal(answer?.kind === 'receipt' ? answer.receipt.durable : code(answer), false);
  t.match(answer?.kind === 'receipt' ? answer.receipt.warnings.join() : '', /a is not proven down/);
  t.end();
});

void t.test(
  'what was acknowledged after the fence wins over what the loser wrote before it',
  (t) => {
    const { c, a, b } = serving();
    // Cut: a writes on its own, never acknowledged as durable; b shoots it and is acknowledged.
    const device = c.device;
    c.device = { off: 1, status: 0 };
    form(c, [a]);
    for (const value of ['1', '2', '3']) {
      const lost = ask(c, a, {
        kind: 'set-attribute',
        node: nodeName('a'),
        name: 'lost',
        value,
        lifetime: 'forever',
        user: 't',
      })();
      t.equal(lost?.kind === 'receipt' ? lost.receipt.durable : code(lost), false);
    }
    c.device = device;
    form(c, [b]);
    const kept = ask(c, b, {
      kind: 'set-attribute',
      node: nodeName('b'),
      name: 'kept',
      value: '1',
      lifetime: 'forever',
      user: 't',
    })();
    t.equal(kept?.kind === 'receipt' ? kept.receipt.durable : code(kept), true);
    boot(c, a);
    form(c, [a, b]);
    for (const host of [a, b]) {
      t.match(host.disk.text ?? '', /name="kept"/, `${host.name} has what was acknowledged`);
      t.notMatch(host.disk.text ?? '', /name="lost"/, `${host.name} has forgotten what was not`);
    }
    t.end();
  },
);

void t.test('a fence ordered against an old life does not count for a new one', (t) => {
  const { c, a, b } = serving();
  form(c, [b]);
  c.log.length = 0;
  boot(c, a);
  form(c, [a, b]);
  t.equal(b.machine.controller.replica.nodes.get(a.name)?.expected, 'member');
  t.equal(b.machine.controller.replica.shot.size, 0);
  a.isUp = false;
  form(c, [b]);
  t.ok(c.log.includes('b shoots a'), 'lost again, it is shot again');
  t.end();
});

void t.test('a node that leaves politely is not shot, and its service moves first', (t) => {
  const { c, a, b } = serving();
  c.log.length = 0;
  ask(c, a, { kind: 'stop' });
  t.same(
    c.log.filter((line) => !line.startsWith('kill')),
    ['web stop on a', 'web start on b', 'a leaves'].sort(
      (x, y) => c.log.indexOf(x) - c.log.indexOf(y),
    ),
  );
  form(c, [b]);
  t.notOk(c.log.some((line) => line.includes('shoots')));
  t.ok(b.runs.has('web'));
  t.end();
});

void t.test('a human may vouch for an absent node, and never for one that answers', (t) => {
  const { c, a, b } = serving();
  t.equal(code(ask(c, b, { kind: 'confirm-fenced', node: a.name, by: 'me' })()), 'unsafe');
  a.isUp = false;
  c.device = { off: 1, status: 0 };
  form(c, [b]);
  t.notOk(b.runs.has('web'));
  t.equal(code(ask(c, b, { kind: 'confirm-fenced', node: a.name, by: 'me' })()), 'outcome');
  t.ok(b.runs.has('web'), 'it recovers on that word');
  t.equal(
    code(ask(c, b, { kind: 'fence', node: nodeName('aa'), action: 'off' })()),
    'unknown-node',
  );
  t.end();
});
