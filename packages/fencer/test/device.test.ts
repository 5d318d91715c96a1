import t from 'tap';
import { nodeName, prng } from '@holdfast/base';
import { delayBefore, hostMap, knows, planFor } from '@holdfast/fencer';
import { limitOf, timeoutOf, toldTo, triesOf } from '#src/device.js';
import { config, device, level } from './support/bench.ts';

const haone = nodeName('haone');

void t.test('a host map is read with every separator operators use', (t) => {
  const cases = [
    { text: 'haone:1;hatwo:2', is: { haone: '1', hatwo: '2' }, why: 'as documented' },
    {
      text: 'haone:1 hatwo:2\thathree:3',
      is: { haone: '1', hatwo: '2', hathree: '3' },
      why: 'blanks',
    },
    { text: 'haone=1; hatwo=2', is: { haone: '1', hatwo: '2' }, why: 'an equals sign' },
    { text: 'haone:2,3', is: { haone: '2,3' }, why: 'several plugs of one node' },
    {
      text: 'haone:Rack\\ A;hatwo:x',
      is: { haone: 'Rack A', hatwo: 'x' },
      why: 'an escaped blank',
    },
    { text: 'haone:a:b', is: { haone: 'a:b' }, why: 'the first colon parts' },
    { text: 'haone;:1;', is: {}, why: 'no pair at all' },
  ];
  for (const { text, is, why } of cases) t.same(Object.fromEntries(hostMap(text)), is, why);
  t.end();
});

void t.test('whom a device fences is in its list or map, or it must be asked', (t) => {
  const cases = [
    { parameters: {}, is: 'list', why: 'neither list nor map: it may have a list of its own' },
    { parameters: { pcmk_host_list: 'x,haone' }, is: 'yes', why: 'listed, by comma' },
    { parameters: { pcmk_host_list: 'x haone' }, is: 'yes', why: 'listed, by blank' },
    { parameters: { pcmk_host_list: 'x;haone' }, is: 'yes', why: 'listed, by semicolon' },
    { parameters: { pcmk_host_list: 'x;hatwo' }, is: 'no', why: 'not listed' },
    { parameters: { pcmk_host_map: 'haone:1' }, is: 'yes', why: 'mapped' },
    { parameters: { pcmk_host_map: 'hatwo:1' }, is: 'no', why: 'not mapped' },
    { parameters: { pcmk_host_check: 'status' }, is: 'status', why: 'asked for each target' },
    {
      parameters: { pcmk_host_map: 'haone:1', pcmk_host_check: 'dynamic-list' },
      is: 'list',
      why: 'the check that is said, whatever else is',
    },
    {
      parameters: { pcmk_host_map: 'hatwo:1', pcmk_host_check: 'none' },
      is: 'yes',
      why: 'no check',
    },
  ];
  for (const { parameters, is, why } of cases) {
    t.equal(knows(device('d', parameters), haone), is, why);
  }
  t.end();
});

void t.test('the agent is told the plug and its own parameters, never ours', (t) => {
  const cases = [
    { given: { pcmk_host_map: 'haone:3' }, told: { plug: '3' }, why: 'from the map' },
    { given: {}, told: { plug: 'haone' }, why: 'the name where there is no map' },
    {
      given: { pcmk_host_map: 'haone:3', pcmk_host_argument: 'port' },
      told: { port: '3' },
      why: 'another name',
    },
    { given: { pcmk_host_argument: 'none' }, told: {}, why: 'not at all' },
    { given: { plug: '7' }, told: { plug: '7' }, why: 'the device knows its plug' },
    { given: { port: '7' }, told: { port: '7' }, why: 'under the old name, too' },
    { given: { plug: 'dynamic', pcmk_host_map: 'haone:3' }, told: { plug: '3' }, why: 'dynamic' },
    { given: { action: 'on', pcmk_off_action: 'off' }, told: { plug: 'haone' }, why: 'no action' },
  ];
  for (const { given, told, why } of cases) {
    t.same(toldTo(device('d', given), haone).parameters, { ip: '10.0.0.9', ...told }, why);
  }
  t.end();
});

void t.test('a delay is one value or a map, raised by chance, and capped', (t) => {
  const cases: readonly {
    readonly given: Record<string, string>;
    readonly from: number;
    readonly to: number;
    readonly capped?: boolean;
    readonly why: string;
  }[] = [
    { given: {}, from: 0, to: 0, why: 'none' },
    { given: { pcmk_delay_base: '15s' }, from: 15_000, to: 15_000, why: 'one value' },
    { given: { pcmk_delay_base: 'haone:5s;hatwo:0' }, from: 5000, to: 5000, why: 'its own' },
    { given: { pcmk_delay_base: 'hatwo:5s' }, from: 0, to: 0, why: "another node's" },
    { given: { pcmk_delay_max: '2s' }, from: 0, to: 2000, why: 'by chance' },
    {
      given: { pcmk_delay_base: '1', pcmk_delay_max: '2' },
      from: 1000,
      to: 2000,
      why: 'between both',
    },
    {
      given: { pcmk_delay_base: '2', pcmk_delay_max: '1' },
      from: 1000,
      to: 1000,
      capped: true,
      why: 'capped',
    },
  ];
  for (const { given, from, to, capped = false, why } of cases) {
    const dice = prng(3);
    const delays = Array.from({ length: 50 }, () => delayBefore(device('d', given), haone, dice));
    const waits = delays.map(({ waitMs }) => waitMs);
    t.ok(Math.min(...waits) >= from && Math.max(...waits) <= to, why);
    t.equal(new Set(waits).size > 1, from < to, `${why}: chance only where there is room for it`);
    t.ok(
      delays.every(({ isCapped }) => isCapped === capped),
      why,
    );
  }
  t.end();
});

void t.test('timeouts, tries and limits come from the device, within bounds', (t) => {
  const setup = config([]);
  t.equal(timeoutOf(device('d'), 'off', setup), 60_000);
  t.equal(timeoutOf(device('d', { pcmk_off_timeout: '5s' }), 'off', setup), 5000);
  t.equal(timeoutOf(device('d', { pcmk_off_timeout: '5s' }), 'status', setup), 60_000);
  t.same(
    [undefined, '1', '3', '0', '-1', 'x', '1000000000'].map((text) =>
      triesOf(device('d', text === undefined ? {} : { pcmk_off_retries: text }), 'off'),
    ),
    [2, 1, 3, 1, 1, 1, 10],
  );
  t.same(
    [undefined, '0', '3', '-1'].map((text) =>
      limitOf(device('d', text === undefined ? {} : { pcmk_action_limit: text })),
    ),
    [1, 1, 3, undefined],
  );
  t.end();
});

void t.test('the plan: levels in order, else every device that can, by id', (t) => {
  const devices = [device('c'), device('a'), device('b', { pcmk_host_list: 'hatwo' })];
  const plan = (setup: ReturnType<typeof config>, target = haone): string[] =>
    planFor(setup, { target, action: 'off' }).map((each) => each.map(({ id }) => id).join('+'));
  t.same(plan(config(devices)), ['a', 'c']);
  t.same(plan(config(devices), nodeName('hatwo')), ['a', 'b', 'c']);
  const levels = [level('haone', 2, 'a'), level('haone', 1, 'c', 'b'), level('hatwo', 1, 'a')];
  t.same(plan(config(devices, levels)), ['c+b', 'a']);
  t.same(plan(config(devices, [level('haone', 1, 'a', 'ghost'), level('haone', 2, 'c')])), ['c']);
  t.end();
});
