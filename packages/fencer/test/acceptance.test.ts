/**
 * Rows of the fencing acceptance list that are the fencer's own: which device is asked what, in which
 * order, for how long. Numbers are the list's.
 */
import t from 'tap';
import { milliseconds, nodeName } from '@holdfast/base';
import { budgetOf, type FenceDevice, type FencerConfig } from '@holdfast/fencer';
import { bench, config, device, DONE, FAILED, level, OFF } from './support/bench.ts';

const ALL = { pcmk_host_list: 'n1 n2 n3' };
const ONCE = { ...ALL, pcmk_off_retries: '1', pcmk_on_retries: '1' };

function given(id: string, more: Record<string, string> = {}): FenceDevice {
  return device(id, { ...ONCE, ...more });
}

/**
 * Runs one request to its end; `bad` devices fail whatever they are told. What was run, in words,
 * and how it ended.
 */
function fence(
  setup: FencerConfig,
  action: 'off' | 'reboot' | 'on',
  target: string,
  bad: readonly string[],
): { readonly ran: string[]; readonly end: string } {
  const { ask, answer, tick, due } = bench(setup);
  const ran: string[] = [];
  let end = '';
  let now = 0;
  let said = ask('f', target, action, now);
  for (let count = 0; count < 100; count += 1) {
    const next: { call: number; id: string; action: string }[] = [];
    for (const line of said) {
      const run = /^run (\S+) (\S+) .*#(\d+)$/.exec(line);
      if (run !== null) next.push({ id: run[1] ?? '', action: run[2] ?? '', call: Number(run[3]) });
      if (/^(fenced|failed)/.test(line) && end === '') end = line;
    }
    const [one] = next;
    now += 10;
    if (one === undefined) {
      const at = due();
      if (at === undefined) return { ran, end };
      now = at;
      said = tick(now);
      continue;
    }
    if (one.action !== 'status') ran.push(`${one.action} ${one.id}`);
    const code = bad.includes(one.id) ? FAILED : one.action === 'status' ? OFF : DONE;
    said = answer(one.call, code, now);
  }
  return { ran, end: `${end}; and no end` };
}

function budget(setup: FencerConfig, action: 'off' | 'reboot' = 'off', delayMs = 0): number {
  const target = nodeName('n3');
  return budgetOf(setup, { target, action, delayMs: milliseconds(delayMs) });
}

function within(timeoutS: number, setup: FencerConfig): FencerConfig {
  return { ...setup, timeoutMs: milliseconds(timeoutS * 1000) };
}

void t.test('A1, A2: every device that can is tried, in turn, within the budget', (t) => {
  const three = [given('a'), given('b'), given('c')];
  const failing = fence(config(three), 'off', 'n3', ['a', 'b', 'c']);
  t.same(failing.ran, ['off a', 'off b', 'off c']);
  t.match(failing.end, /^failed n3/);
  t.equal(budget(within(2, config(three))), 7200);
  const rolled = fence(config(three), 'off', 'n3', ['a', 'c']);
  t.same(rolled.ran, ['off a', 'off b']);
  t.match(rolled.end, /^fenced n3 \(off\) by b/);
  t.equal(budget(within(5, config(three))), 18_000);
  t.end();
});

void t.test('A6 to A9: levels in order; one that fails or misses a device gives way', (t) => {
  const devices = ['bad1', 'bad2', 'good1', 'good2', 'good3', 'good4'].map((id) => given(id));
  const bad = ['bad1', 'bad2'];
  const levels = [
    level('n3', 1, 'bad1', 'good1'),
    level('n3', 2, 'good2', 'bad2'),
    level('n3', 3, 'good3', 'good4'),
  ];
  const all = fence(config(devices, levels), 'off', 'n3', bad);
  t.same(all.ran, ['off bad1', 'off good2', 'off bad2', 'off good3', 'off good4']);
  t.match(all.end, /^fenced n3 \(off\) by good3\+good4/);
  t.equal(budget(within(3, config(devices, levels))), 21_600);
  const missing = [level('n3', 1, 'ghost'), level('n3', 2, 'good1', 'ghost'), ...levels.slice(2)];
  t.same(fence(config(devices, missing), 'off', 'n3', bad).ran, ['off good3', 'off good4']);
  const removed = levels.filter(({ index }) => index !== 2);
  t.same(fence(config(devices, removed), 'off', 'n3', bad).ran, [
    'off bad1',
    'off good3',
    'off good4',
  ]);
  t.equal(budget(within(20, config(devices, removed))), 96_000);
  t.end();
});

void t.test('A12, A19 to A21: whom a device fences is listed, or it is asked', (t) => {
  const listed = device('listed', { pcmk_host_list: 'n1,n2' });
  const dynamic = device('dynamic', {});
  const { ask, answer } = bench(config([listed, dynamic]));
  t.same(ask('f1', 'n3', 'off', 0), ['run dynamic list n3 #1'], 'the other does not list it');
  t.same(answer(1, DONE, 10, '1,n1,on\n3,n3,on\n'), ['run dynamic off n3 #2']);
  const other = bench(config([dynamic]));
  other.ask('f1', 'n3', 'off', 0);
  t.same(other.answer(1, DONE, 10, '1,n1,on\n'), [
    'failed n3 (off) for f1: no fence device can fence n3',
  ]);
  const unlisted = bench(config([dynamic]));
  unlisted.ask('f1', 'n3', 'off', 0);
  t.same(unlisted.answer(1, FAILED, 10), ['run dynamic status n3 #2'], 'it has no list');
  t.same(unlisted.answer(2, DONE, 20), ['run dynamic off n3 #3'], 'but a status of n3');
  const byStatus = bench(config([device('s', { pcmk_host_check: 'status' })]));
  t.same(byStatus.ask('f1', 'n3', 'off', 0), ['run s status n3 #1']);
  t.match(byStatus.answer(1, FAILED, 10, 'no such outlet'), [
    /^failed n3 .*it does not know n3: exit code 1 \(no such outlet\)/,
  ]);
  t.end();
});

void t.test('A24: the delay asked for counts once, each device adds its own', (t) => {
  const devices = [
    given('a', { pcmk_delay_base: '1' }),
    given('b', { pcmk_delay_base: '1' }),
    given('c', { pcmk_delay_base: '1', pcmk_delay_max: '2' }),
    given('d', { pcmk_delay_base: '2', pcmk_delay_max: '1' }),
    given('e'),
  ];
  const levels = [level('n3', 1, 'a', 'b'), level('n3', 2, 'c', 'd', 'e')];
  const setup = config(devices, levels);
  const { ask, answer, tick, due } = bench(setup);
  ask('f', 'n3', { action: 'off', delayMs: milliseconds(1000) }, 0);
  t.equal(due(), 2000, 'what was asked for, and its own');
  tick(2000);
  answer(1, DONE, 2010);
  answer(2, OFF, 2020);
  t.equal(due(), 3020, 'its own only');
  tick(3020);
  answer(3, FAILED, 3030);
  const wait = (due() ?? 0) - 3030;
  t.ok(wait >= 1000 && wait <= 2000, `between base and maximum: ${wait}`);
  tick(due() ?? 0);
  answer(4, DONE, 6000);
  answer(5, OFF, 6010);
  t.equal(due(), 7010, 'a base beyond the maximum is capped');
  tick(7010);
  answer(6, DONE, 7020);
  t.same(answer(7, OFF, 7030), ['run e off n3 #8'], 'none configured, none waited');
  t.end();
});

void t.test('A25 to A29, A43: unfencing runs on every device that demands it', (t) => {
  const required = ['u1', 'u2'].map((id) => ({ ...given(id), isUnfencing: true }));
  const devices = [...required, given('plain')];
  const levels = [level('n3', 1, 'u1'), level('n3', 2, 'u2', 'plain')];
  const both = fence(config(devices, levels), 'on', 'n3', ['plain']);
  t.same(both.ran, ['on u1', 'on u2'], 'levels do not matter, nor do ordinary devices');
  t.match(both.end, /^fenced n3 \(on\) by u1\+u2/);
  t.match(fence(config(devices, levels), 'on', 'n3', ['u2']).end, /^failed n3 \(on\)/);
  const reboot = fence(config(required), 'reboot', 'n3', []);
  t.same(reboot.ran, ['off u1'], 'the node itself switches on what it needs');
  t.end();
});

void t.test('A33, A34: the budget is the sum of what each device may take', (t) => {
  const devices = [
    given('a', { pcmk_off_timeout: '1s' }),
    given('b'),
    given('c', { pcmk_off_timeout: '4s' }),
  ];
  t.equal(budget(within(5, config(devices))), 12_000);
  const long = [devices[0], devices[1], given('c', { pcmk_off_timeout: '4000s' })].flatMap(
    (each) => each ?? [],
  );
  const levels = [level('n3', 1, 'a'), level('n3', 2, 'b'), level('n3', 3, 'c')];
  t.equal(budget(within(5, config(long, levels))), 4_807_200);
  t.end();
});

void t.test('A41, A42, A44, A45: a reboot over several devices is all off, then on', (t) => {
  const times = (off: string, reboot: string): Record<string, string> => ({
    pcmk_off_timeout: off,
    pcmk_reboot_timeout: reboot,
  });
  const pair = [given('d1', times('1s', '10s')), given('d2', times('2s', '20s'))];
  const simple = config(pair, [level('n3', 1, 'd1', 'd2')]);
  t.same(fence(simple, 'reboot', 'n3', []).ran, ['off d1', 'off d2', 'on d1', 'on d2']);
  t.equal(budget(within(5, simple), 'reboot'), 3600, 'the times of off');
  const stays = config(
    [given('d1', { pcmk_reboot_action: 'off' }), given('d2', { pcmk_reboot_action: 'off' })],
    [level('n3', 1, 'd1', 'd2')],
  );
  t.same(fence(stays, 'reboot', 'n3', []).ran, ['off d1', 'off d2']);
  const devices = ['bad1', 'bad2', 'good1', 'good2', 'good3'].map((id) => given(id));
  const complex = config(devices, [
    level('n3', 1, 'bad1'),
    level('n3', 2, 'good1', 'bad2', 'good3'),
    level('n3', 3, 'good2'),
  ]);
  t.same(
    fence(complex, 'reboot', 'n3', ['bad1', 'bad2']).ran,
    ['off bad1', 'off good1', 'off bad2', 'off good2', 'on good2'],
    'what comes after the device that failed is never asked',
  );
  t.end();
});

void t.test('B71: without concurrent-fencing one target waits for the other', (t) => {
  const devices = [device('a', { pcmk_host_list: 'n1' }), device('b', { pcmk_host_list: 'n2' })];
  const { ask, answer, view } = bench({ ...config(devices), isConcurrent: false });
  t.same(ask('f1', 'n1', 'off', 0), ['run a off n1 #1']);
  t.same(ask('f2', 'n2', 'off', 5), []);
  t.same(view(), ['n1: a: off, try 1', 'n2: waits for b']);
  answer(1, DONE, 10);
  t.match(answer(2, OFF, 20), [/^fenced n1/, 'run b off n2 #3']);
  t.end();
});
