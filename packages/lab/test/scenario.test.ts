import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import t from 'tap';
import { askControl, type LabStatus, readScenario } from '@holdfast/lab';
import { decide, NO_FAULTS, readFaults, saying } from '#src/faults.js';
import { bench, drawAddress, runAgent } from './bench.ts';
import { COMPUTER, NODE, until } from './lab.ts';
import { run } from './peers.ts';

const GOOD = {
  name: 'x',
  machines: [{ name: 'haone' }, { name: 'hatwo' }],
  devices: [{ name: 'pdu', kind: 'snmp', port: 1161, feeds: ['haone', null] }],
  script: [{ after: '2s', device: 'pdu', fault: { silent: true } }],
};

void t.test('what is wrong in a scenario is one sentence with its place', (t) => {
  t.ok(readScenario(JSON.stringify(GOOD)).ok);
  const [pdu] = GOOD.devices;
  const rows: readonly [string, object, RegExp][] = [
    ['no name', { name: undefined }, /the scenario: name is missing/],
    ['misspelt', { machine: [] }, /unknown field machine; did you mean machines\?/],
    ['no such kind', { devices: [{ ...pdu, kind: 'toaster' }] }, /devices\[0\].*toaster.*snmp/],
    ['no such family', { devices: [{ ...pdu, family: 'apc' }] }, /family is "apc".*apc-rpdu/],
    ['a port too high', { devices: [{ ...pdu, port: 70000 }] }, /port is 70000.*1 to 65535/],
    ['a machine of nowhere', { devices: [{ ...pdu, feeds: ['hathree'] }] }, /pdu names hathree/],
    ['twice the same', { machines: [{ name: 'pdu' }, ...GOOD.machines] }, /pdu is there twice/],
    ['two natures', { machines: [{ name: 'a', command: ['x'], stateFile: 'y' }] }, /only one/],
    ['short password', { devices: [{ ...pdu, users: [user('short')] }] }, /users is .*8 or more/],
    ['no such fault', { script: [{ after: '1s', device: 'pdu', fault: { sad: true } }] }, /sad/],
    ['half a step', { script: [{ after: '1s', device: 'pdu' }] }, /script\[0\] needs device and/],
    [
      'no time',
      { script: [{ after: 'soon', device: 'pdu', fault: {} }] },
      /after must be a length/,
    ],
    ['no such device', { script: [{ after: '1s', device: 'x', fault: {} }] }, /x, which is no/],
  ];
  for (const [why, change, expected] of rows) {
    const read = readScenario(JSON.stringify({ ...GOOD, ...change }));
    t.match(read.ok ? 'accepted' : read.fault, expected, why);
  }
  const broken = readScenario('{');
  t.match(broken.ok ? '' : broken.fault, /no JSON/);
  t.end();
});

function user(password: string): object {
  return { name: 'u', access: 'write', auth: { protocol: 'sha', password } };
}

void t.test('each fault does what it says to an order and to a state', (t) => {
  const orders: readonly [Partial<typeof NO_FAULTS>, string, number | undefined][] = [
    [{}, 'taken', 1],
    [{ lie: true }, 'lied', undefined],
    [{ refuse: true, lie: true }, 'refused', undefined],
    [{ stuck: [1] }, 'stuck', undefined],
    [{ stuck: [2] }, 'taken', 1],
    [{ wrongOutlet: { '1': 2 } }, 'wrong-outlet', 2],
    [{ wrongOutlet: { '1': 2 }, stuck: [2] }, 'stuck', undefined],
  ];
  for (const [faults, outcome, moves] of orders) {
    t.same(decide({ ...NO_FAULTS, ...faults }, 1), { outcome, moves }, JSON.stringify(faults));
  }
  t.equal(saying({ ...NO_FAULTS, says: 'off' }, 'on', undefined), 'off');
  t.equal(saying({ ...NO_FAULTS, says: 'ordered' }, 'on', 'off'), 'off');
  t.equal(saying({ ...NO_FAULTS, says: 'ordered' }, 'on', undefined), 'on');
  const before = readFaults(NO_FAULTS, { slowMs: 5 });
  const after = readFaults(before.ok ? before.value : NO_FAULTS, { lie: true });
  t.match(after.ok ? after.value : {}, { slowMs: 5, lie: true }, 'what is not named stays');
  t.end();
});

void t.test(
  'a machine with two supplies is off when both are, and its BMC is dead then',
  async (t) => {
    const made = await bench(
      [{ name: 'haone', command: COMPUTER }],
      [
        { name: 'left', kind: 'snmp', port: 1161, feeds: ['haone'] },
        { name: 'right', kind: 'snmp', port: 1162, feeds: ['haone'] },
        { name: 'bmc', kind: 'redfish', port: 4430, machine: 'haone' },
      ],
    );
    t.teardown(made.close);
    const { lab } = made;
    const off = (port: number): ReturnType<typeof runAgent> =>
      runAgent('fence_holdfast_pdu', { ip: made.address, ipport: port, action: 'off', plug: 1 });
    const alive = (name: string): boolean | undefined =>
      lab.status().devices.find((device) => device.name === name)?.isAlive;
    t.equal((await off(1161)).code, 0);
    t.match(made.machine('haone'), { power: 'on', standby: true }, 'one supply is enough');
    t.equal(alive('bmc'), true);
    t.equal((await off(1162)).code, 0);
    t.match(made.machine('haone'), { power: 'off', standby: false });
    t.equal(lab.machine('haone').processes().length, 0, 'and nobody is left of it');
    t.equal(alive('bmc'), false, 'what lives on the same power');
    t.equal(alive('left'), true);
    await lab.bank('left').switch(1, 'on');
    t.match(made.machine('haone'), { power: 'on' }, 'it starts when power returns');
    await lab.machine('haone').press('off');
    t.match(
      made.machine('haone'),
      { power: 'off', standby: true },
      'the button leaves the BMC alive',
    );
    t.equal(lab.events().filter((event) => event.kind === 'set').length, 2, 'two shots on record');
  },
);

void t.test('answers lost, doubled, late and contrary, over SNMP', async (t) => {
  const made = await bench(
    [{ name: 'haone' }, { name: 'hatwo' }],
    [{ name: 'pdu', kind: 'snmp', port: 1161, feeds: ['haone', 'hatwo'] }],
  );
  t.teardown(made.close);
  const bank = made.lab.bank('pdu');
  const off = (): ReturnType<typeof runAgent> =>
    runAgent('fence_holdfast_pdu', {
      ...{ ip: made.address, ipport: 1161, action: 'off', plug: 1 },
      ...{ snmp_timeout: '300ms', power_timeout: '500ms' },
    });
  const rows: readonly [string, Record<string, unknown>, number][] = [
    ['the first answer is lost: the order is repeated', { loseAnswers: 1 }, 0],
    ['every answer comes twice', { duplicate: true }, 0],
    ['every answer is late', { slowMs: 100 }, 0],
    ['the relay is late', { switchMs: 300 }, 0],
    ['it acknowledges and does nothing', { lie: true }, 1],
    ['it refuses', { refuse: true }, 1],
    ['it is silent', { silent: true }, 1],
    ['the relay is stuck', { stuck: [1] }, 1],
    ['it switches another outlet', { wrongOutlet: { '1': 2 } }, 1],
    ['it says on for ever', { says: 'on' }, 1],
  ];
  for (const [why, fault, code] of rows) {
    bank.plant(fault);
    t.equal((await off()).code, code, why);
    bank.plant(NO_FAULTS);
    for (const outlet of [1, 2]) await bank.switch(outlet, 'on');
  }
});

void t.test(
  'a script acts by itself, and `holdfast lab` shows and does what it is told',
  async (t) => {
    const made = await bench([{ name: 'spare' }], []);
    t.teardown(made.close);
    const file = join(made.folder, 'two.json');
    const scenario = {
      ...{ name: 'two', folder: 'two.lab' },
      machines: [{ name: 'haone', stateFile: 'haone.power' }],
      devices: [
        { name: 'pdu', kind: 'snmp', address: drawAddress(), port: 1161, feeds: ['haone'] },
      ],
      script: [
        { after: '100ms', device: 'pdu', fault: { lie: true } },
        { after: '200ms', device: 'pdu', outlet: 1, switch: 'off' },
      ],
    };
    writeFileSync(file, JSON.stringify(scenario));
    const main = fileURLToPath(new URL('../dist/lab-main.js', import.meta.url));
    const child = spawn(NODE, [main, 'lab', file], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    const power = (): string => readFileSync(join(made.folder, 'haone.power'), 'utf8');
    await until('the script has switched it off', () => power() === 'off\n');
    const holdfast = (...words: string[]): ReturnType<typeof run> =>
      run(NODE, [main, 'lab', file, ...words]);
    t.match(await holdfast('status'), { code: 0, out: /haone +off[^]*pdu +snmp.*lie=true/ });
    t.match(await holdfast('switch', 'pdu', '1', 'on'), { code: 0 });
    t.equal(power(), 'on\n');
    t.match(await holdfast('fault', 'pdu', 'lie=false', 'stuck=[1]'), { code: 0 });
    const control = join(made.folder, 'two.lab', 'control.sock');
    const { devices } = (await askControl(control, { do: 'status' })) as LabStatus;
    t.match(devices[0]?.faults, { lie: false, stuck: [1] });
    t.match(await holdfast('press', 'haone', 'off'), { code: 0 });
    t.equal(power(), 'off\n');
    t.match(await holdfast('events'), { code: 0, out: /outlet 1 is off \(script\)/ });
    t.match(await holdfast('fault', 'pdu', 'sad'), { code: 69, out: /no fault sad/ });
    t.match(await holdfast('switch', 'toaster', '1', 'on'), { code: 69, out: /there are pdu/ });
    t.match(await holdfast('dance'), { code: 64, out: /no command dance/ });
    t.match(await run(NODE, [main, 'lab']), { code: 64, out: /usage/ });
    t.match(await run(NODE, [main, 'lab', `${file}-no`]), { code: 78, out: /ENOENT/ });
    child.kill('SIGTERM');
    const [code] = (await once(child, 'exit')) as [number | null];
    t.equal(code, 0);
  },
);
