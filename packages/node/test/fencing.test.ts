/** Who fences whom: choice, giving way, taking over, delays, watchdogs, the right to shoot. */
import t from 'tap';
import { nodeName } from '@holdfast/base';
import { readNode } from '@holdfast/node';
import { answerDevices, ask, boot, form, pass } from './support/cluster.ts';
import { device, shots, states, three, two, words } from './support/fencing.ts';

void t.test('who watches the device shoots, and the target never does it itself', (t) => {
  const { c, a, b, d } = three();
  const watcher = c.hosts.find((host) => host.runs.has('kill')) ?? a;
  const target = watcher === d ? b : d;
  c.log.length = 0;
  const answer = ask(c, a, { kind: 'fence', node: target.name, action: 'off' });
  t.same(shots(c), [`${watcher.name} shoots ${target.name}`]);
  t.match(words(answer()), /is off, proven/);
  c.log.length = 0;
  ask(c, a, { kind: 'fence', node: watcher.name, action: 'off' });
  t.notOk(shots(c).includes(`${watcher.name} shoots ${watcher.name}`), shots(c).join());
  t.equal(shots(c).length, 1);
  t.end();
});

void t.test('a member that cannot reach the device gives way to one that can', (t) => {
  const { c, a, b, d } = three();
  const [first = a] = c.hosts.filter((host) => host.runs.has('kill') && host !== d);
  const second = first === a ? b : a;
  c.cutOff.add(first.name);
  c.log.length = 0;
  const answer = ask(c, a, { kind: 'fence', node: d.name, action: 'off' });
  t.same(shots(c), [`${first.name} shoots c`, `${first.name} shoots c`, `${second.name} shoots c`]);
  t.match(words(answer()), /c is off/);
  t.same(states(b).at(-1), `c done ${second.name}`);
  t.end();
});

void t.test('when nobody can, the operator is told why, once', (t) => {
  const { c, a } = three();
  for (const host of c.hosts) c.cutOff.add(host.name);
  const answer = ask(c, a, { kind: 'fence', node: nodeName('c'), action: 'off' });
  t.match(words(answer()), /fencing c failed: kill: it failed with exit code 1/);
  t.equal(shots(c).length, 4, 'two members, two tries each');
  t.end();
});

void t.test('when the member that shoots dies, another one takes the order over', (t) => {
  const { c, a, b, d } = three();
  c.isSlow = true;
  const answer = ask(c, a, { kind: 'fence', node: d.name, action: 'off' });
  const origin = readNode(a.machine).fences.find(({ state }) => state === 'pending')?.origin;
  const shooter = c.hosts.find(({ name }) => name === origin) ?? a;
  const other = shooter === a ? b : a;
  t.equal(answer(), undefined);
  shooter.isUp = false;
  c.unanswered.length = 0;
  form(c, [other, d]);
  t.ok(
    readNode(other.machine).fences.some(
      (each) => each.state === 'pending' && each.target === d.name && each.origin === other.name,
    ),
    states(other).join(),
  );
  answerDevices(c);
  t.ok(shots(c).includes(`${other.name} shoots c`));
  t.notOk(d.isUp);
  t.end();
});

void t.test('a watchdog is waited for where nothing else can, and never in a pair', (t) => {
  const dog = '<nvpair id="o3" name="stonith-watchdog-timeout" value="10s"/>';
  const { c, a, b, d } = three({ properties: dog, devices: '' }, 5000);
  c.log.length = 0;
  const busy = c.hosts.find((host) => host.runs.has('web')) ?? a;
  const rest = c.hosts.filter((host) => host !== busy);
  busy.isUp = false;
  form(c, rest);
  pass(c, 9000);
  t.notOk(
    rest.some((host) => host.runs.has('web')),
    'not before its time is over',
  );
  pass(c, 1500);
  t.ok(
    rest.some((host) => host.runs.has('web')),
    'then it is gone',
  );
  t.match(states(rest[0] ?? b), [new RegExp(`^${busy.name} done`)]);
  t.ok([a, b, d].length === 3);

  const bare = three({ properties: dog, devices: '' });
  const lost = bare.c.hosts.find((host) => host.runs.has('web')) ?? bare.a;
  const left = bare.c.hosts.filter((host) => host !== lost);
  lost.isUp = false;
  form(bare.c, left);
  pass(bare.c, 30_000);
  t.notOk(
    left.some((host) => host.runs.has('web')),
    'who has none armed is not trusted to be gone',
  );
  t.end();
});

void t.test('the node that carries more is shot later by the other half', (t) => {
  const delay = '<nvpair id="o4" name="priority-fencing-delay" value="15s"/>';
  const { c, a, b } = two({ properties: delay });
  t.ok(a.runs.has('web'), 'a carries it');
  c.log.length = 0;
  form(c, [b]);
  t.same(shots(c), [], 'b waits');
  pass(c, 14_000);
  t.same(shots(c), []);
  pass(c, 1500);
  t.same(shots(c), ['b shoots a']);

  const other = two({ properties: delay });
  other.c.log.length = 0;
  form(other.c, [other.a]);
  t.same(shots(other.c), ['a shoots b'], 'a does not wait');
  t.end();
});

void t.test('a node that hears that it was fenced, and runs, ends', (t) => {
  const { c, a, d } = three();
  const off = d.isUp;
  t.ok(off);
  c.isSlow = true;
  ask(c, a, { kind: 'fence', node: d.name, action: 'off' });
  answerDevices(c);
  t.equal(c.log.includes('c ends: it is counted as off'), false, 'a dead one hears nothing');
  boot(c, d);
  form(c, c.hosts);
  c.isSlow = false;
  const lie = c.hosts.find(({ name }) => name === d.name);
  ask(c, a, { kind: 'fence', node: d.name, action: 'off' });
  t.equal(lie?.isUp, false);
  t.end();
});

void t.test('a partition that loses its quorum shoots nobody any more', (t) => {
  const delay = '<nvpair id="kill-d" name="pcmk_delay_base" value="20s"/>';
  const { c, a, b } = three({ devices: device('kill', delay) });
  c.log.length = 0;
  form(c, [a, b]);
  const origin = readNode(a.machine).fences.find(({ state }) => state === 'pending')?.origin;
  const shooter = origin === b.name ? b : a;
  form(c, [shooter]);
  pass(c, 60_000);
  t.same(shots(c), []);
  t.same(
    states(shooter).map((line) => line.split(' ').slice(0, 2).join(' ')),
    ['c withdrawn'],
  );
  t.end();
});

void t.test('a node that asked to leave, and is lost before it could, is fenced like any', (t) => {
  const { c, a, b } = two();
  c.device = { off: 1, status: 0 };
  const key = {
    kind: 'set-attribute',
    node: a.name,
    name: 'shutdown',
    value: '1700000001',
  } as const;
  ask(c, a, { ...key, lifetime: 'reboot', user: 'test' });
  a.isUp = false;
  c.log.length = 0;
  form(c, [b]);
  t.ok(shots(c).includes('b shoots a'), c.log.join());
  t.end();
});
