/** What is held back while a shot is on its way, and what all remember of fences. */
import t from 'tap';
import { readFencingStatus, readNode } from '@holdfast/node';
import { answerDevices, ask, boot, form, pass } from './support/cluster.ts';
import { device, shots, states, three, two, words } from './support/fencing.ts';

void t.test('a node that is back while a shot is on its way is not re-admitted', (t) => {
  const { c, a, b } = two();
  c.isSlow = true;
  form(c, [b]);
  t.equal(c.unanswered.length, 1, 'b has sent its shot at a');
  c.log.length = 0;
  form(c, [a, b]);
  const read = (): string | undefined =>
    readNode(b.machine).cib.status.nodes.find(({ name }) => name === a.name)?.join;
  t.equal(read(), 'pending');
  t.ok(readFencingStatus(b.machine).targets.find(({ node }) => node === a.name)?.isHeld);
  pass(c, 5000);
  t.same(
    c.log.filter((line) => line.includes(' on ')),
    [],
    'nothing is ordered while it may still be shot',
  );
  answerDevices(c);
  t.notOk(a.isUp, 'the shot arrives');
  form(c, [b]);
  t.ok(b.runs.has('web'), 'and is a proof: it is recovered without another one');
  t.same(shots(c), ['b shoots a']);
  t.end();
});

void t.test('a node that is fenced and back before anybody looks was fenced all the same', (t) => {
  const { c, a, b } = two();
  c.isSlow = true;
  const answer = ask(c, b, { kind: 'fence', node: a.name, action: 'reboot' });
  c.view = [];
  answerDevices(c);
  t.notOk(a.isUp);
  boot(c, a);
  form(c, [a, b]);
  t.match(words(answer()), /a is off, proven/);
  t.same(states(b), ['a done b']);
  t.equal(
    b.machine.controller.replica.shot.size,
    0,
    'and the new life is not the one that was shot',
  );
  t.same(readNode(a.machine).fences, readNode(b.machine).fences);
  t.end();
});

void t.test('a shot that does not arrive lets the node in again, and is not fired again', (t) => {
  const { c, a, b } = two();
  c.isSlow = true;
  form(c, [b]);
  c.cutOff.add('b');
  c.log.length = 0;
  form(c, [a, b]);
  answerDevices(c);
  const join = readNode(b.machine).cib.status.nodes.find(({ name }) => name === a.name)?.join;
  t.equal(join, 'member');
  t.same(shots(c), ['b shoots a'], 'the try that was on its way, and no other');
  t.same(states(b), ['a withdrawn b']);
  t.equal(b.machine.fencer.jobs.size, 0);
  t.same(readNode(a.machine).fences, readNode(b.machine).fences, 'both remember the same');
  t.end();
});

void t.test('a delay that is still being waited out is withdrawn at once', (t) => {
  const delay = '<nvpair id="kill-d" name="pcmk_delay_base" value="20s"/>';
  const { c, a, b } = two({ devices: device('kill', delay) });
  c.log.length = 0;
  form(c, [b]);
  form(c, [a, b]);
  pass(c, 30_000);
  t.same(shots(c), []);
  t.ok(a.isUp);
  t.same(states(b), ['a withdrawn b']);
  t.end();
});

void t.test(
  'failures are counted by all, and given up after so many, until something changes',
  (t) => {
    const most = '<nvpair id="o2" name="fencing-max-attempts" value="3"/>';
    const { c, a, b } = two({ properties: most });
    a.isUp = false;
    c.device = { off: 1, status: 0 };
    form(c, [b]);
    const attempts = (): { failures: number; nextAtMs: number | null } | undefined =>
      readFencingStatus(b.machine).targets.find(({ node }) => node === a.name)?.attempts;
    t.equal(attempts()?.failures, 1);
    t.type(attempts()?.nextAtMs, 'number', 'it says when the next try is');
    pass(c, 10_000);
    t.match(attempts(), { failures: 3, nextAtMs: null });
    t.ok(b.said.some((line) => line.startsWith('fence-gave-up')));
    pass(c, 60_000);
    t.equal(attempts()?.failures, 3, 'nobody tries meanwhile');
    c.device = { off: 0, status: 2 };
    ask(c, b, { kind: 'cleanup', resource: undefined, node: undefined });
    t.ok(b.runs.has('web'), 'a human who cleans up has it tried again');
    t.equal(attempts(), undefined);
    t.end();
  },
);

void t.test('the history is the same everywhere, and outlives all daemons', (t) => {
  const { c, a, b, d } = three();
  ask(c, a, { kind: 'fence', node: d.name, action: 'reboot' });
  form(c, [a, b]);
  boot(c, d);
  form(c, [a, b, d]);
  t.same(readNode(d.machine).fences, readNode(a.machine).fences);
  t.equal(readNode(d.machine).fences.length, 1);
  const before = readNode(a.machine).fences;
  for (const host of c.hosts) boot(c, host);
  t.same(readNode(b.machine).fences, before, 'from its own disk');
  form(c, [a, b, d]);
  for (const host of c.hosts) t.same(readNode(host.machine).fences, before, host.name);
  t.end();
});

void t.test('what a cut-off member remembers is added when it is back', (t) => {
  const { c, a, b, d } = three();
  c.device = { off: 1, status: 0 };
  form(c, [d]);
  ask(c, d, { kind: 'fence', node: a.name, action: 'off' });
  t.same(states(d), ['a failed c']);
  form(c, [a, b]);
  pass(c, 100);
  form(c, [a, b, d]);
  for (const host of c.hosts) {
    t.ok(states(host).includes('a failed c'), `${host.name} knows it`);
    t.same(readNode(host.machine).fences, readNode(a.machine).fences, host.name);
  }
  t.end();
});

void t.test('a drill asks every device from every other member, and the proof is kept', (t) => {
  const { c, a, d } = three({ devices: device('k1') + device('k2') });
  c.log.length = 0;
  c.device = { off: 0, status: 0 };
  const answer = ask(c, a, { kind: 'drill', node: d.name, device: undefined });
  t.same(c.log.filter((line) => line.includes(' asks ')).sort(), [
    'a asks k1 about c',
    'a asks k2 about c',
    'b asks k1 about c',
    'b asks k2 about c',
  ]);
  t.same(shots(c), []);
  t.match(words(answer()), /c by k1 from a: good, status: on, 0 ms/);
  const paths = readFencingStatus(d.machine).paths.filter(({ target }) => target === d.name);
  t.equal(paths.length, 4);
  t.ok(paths.every(({ proof }) => proof?.isGood === true));
  c.cutOff.add('b');
  const second = ask(c, a, { kind: 'drill', node: d.name, device: 'k2' });
  t.match(words(second()), /c by k2 from b: FAILED, its status cannot be read: exit code 1/);
  const failed = readFencingStatus(a.machine).paths.find(
    ({ target, device: by, executor }) => target === d.name && by === 'k2' && executor === 'b',
  )?.proof;
  t.equal(failed?.isGood, false);
  t.type(failed?.goodAtMs, 'number', 'when it was good the last time is not forgotten');
  t.match(
    words(ask(c, a, { kind: 'drill', node: d.name, device: 'ghost' })()),
    /ghost does not exist, or cannot fence c/,
  );
  t.end();
});

void t.test('a drill in earnest uses the one device, and is a proof of that way', (t) => {
  const { c, a, d } = three({ devices: device('k1') + device('k2') });
  const answer = ask(c, a, { kind: 'fence', node: d.name, action: 'reboot', device: 'k2' });
  t.match(words(answer()), /c is off/);
  const proofs = readFencingStatus(a.machine).paths.filter(({ proof }) => proof !== undefined);
  t.same(
    proofs.map(({ device: by, proof }) => `${by} ${proof?.kind ?? ''}`),
    ['k2 cycled'],
  );
  t.end();
});
