import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import {
  askControl,
  markedProcesses,
  Pdu,
  type PduEvent,
  type PduStatus,
  readPduConfig,
  shotsIn,
} from '@holdfast/lab';
import { COMPUTER, lab, type Lab, NODE, until } from './lab.ts';
import { run } from './peers.ts';

const RPDU = '1.3.6.1.4.1.318.1.1.12';
const STATE = `${RPDU}.3.5.1.1.4`;
const COMMAND = `${RPDU}.3.3.1.1.4`;

type Session = {
  get(
    oids: string[],
    done: (error: Error | null, answer: { value: unknown; type: number }[]) => void,
  ): void;
  set(variables: object[], done: (error: (Error & { status?: number }) | null) => void): void;
  close(): void;
};
type Manager = {
  createSession(address: string, community: string, options: object): Session;
  Version1: number;
  Version2c: number;
};
const snmp = createRequire(import.meta.url)('net-snmp') as Manager;

const TWO = [
  { name: 'haone', command: COMPUTER },
  { name: 'hatwo', command: COMPUTER },
];

function manager(made: Lab, community: string, version: number) {
  const session = snmp.createSession(made.config.address, community, {
    port: 1161,
    version,
    timeout: 400,
    retries: 0,
  });
  return {
    close: () => {
      session.close();
    },
    get: (oid: string) =>
      new Promise<string>((resolve) => {
        session.get([oid], (error, answer) => {
          resolve(
            error === null
              ? String(answer[0]?.value)
              : `error: ${error.message.split(':')[0] ?? ''}`,
          );
        });
      }),
    set: (oid: string, value: number, type = 2) =>
      new Promise<string>((resolve) => {
        session.set([{ oid, type, value: type === 2 ? value : String(value) }], (error) => {
          resolve(error === null ? 'ok' : `error: ${error.message.split(':')[0] ?? ''}`);
        });
      }),
  };
}

void t.test('an outlet switches a whole computer on and off', async (t) => {
  const made = lab(TWO);
  const pdu = await Pdu.start(made.config);
  const rw = manager(made, 'private', snmp.Version2c);
  t.teardown(async () => {
    rw.close();
    await pdu.close();
    made.remove();
  });
  const alive = (): number => markedProcesses(`${made.config.mark}/haone`).length;

  t.equal(await rw.get(`${STATE}.1`), '2', 'off at first');
  t.equal(await rw.set(`${COMMAND}.1`, 1), 'ok');
  await until('the computer and the child that left its group run', () => alive() === 2);
  t.equal(await rw.get(`${STATE}.1`), '1');
  t.equal(await rw.get(`${STATE}.2`), '2', 'the other outlet is untouched');
  const before = pdu.status().outlets[0];
  t.ok(
    before?.processes.some((each) => each.pid === before.pid && each.group === before.pid),
    'a group leader',
  );

  t.equal(await rw.set(`${COMMAND}.1`, 2), 'ok');
  await until('the status says off', async () => {
    const state = await rw.get(`${STATE}.1`);
    if (state === '2') t.equal(alive(), 0, 'off is said only when nobody is left');
    return state === '2';
  });
  t.equal(await rw.set(`${COMMAND}.1`, 3), 'ok', 'a reboot of an outlet that is off puts it on');
  await until('it runs again', () => alive() === 2);
  const first = pdu.status().outlets[0]?.pid;
  t.equal(await rw.set(`${COMMAND}.1`, 3), 'ok');
  await until(
    'another computer runs',
    () => alive() === 2 && pdu.status().outlets[0]?.pid !== first,
  );
});

void t.test('what is wrong is refused, and nothing is switched', async (t) => {
  const made = lab(TWO);
  const pdu = await Pdu.start(made.config);
  const managers = {
    rw: manager(made, 'private', snmp.Version2c),
    rw1: manager(made, 'private', snmp.Version1),
    ro: manager(made, 'public', snmp.Version2c),
    stranger: manager(made, 'guess', snmp.Version2c),
  };
  t.teardown(async () => {
    for (const each of Object.values(managers)) each.close();
    await pdu.close();
    made.remove();
  });
  const { rw, rw1, ro, stranger } = managers;
  t.equal(
    await rw.set(`${COMMAND}.9`, 2),
    'error: NoCreation',
    'an outlet that does not exist (v2c)',
  );
  t.equal(
    await rw1.set(`${COMMAND}.9`, 2),
    'error: NoSuchName',
    'an outlet that does not exist (v1)',
  );
  t.equal(await rw.get(`${STATE}.9`), 'null', 'noSuchInstance');
  t.equal(await rw1.get(`${STATE}.9`), 'error: NoSuchName');
  t.equal(await rw.set(`${COMMAND}.1`, 8), 'error: WrongValue');
  t.equal(await rw1.set(`${COMMAND}.1`, 8), 'error: BadValue');
  t.equal(await rw.set(`${RPDU}.3.3.1.1.1.1`, 2), 'error: NotWritable');
  t.equal(await ro.get(`${STATE}.1`), '2', 'the read community may look');
  t.equal(await ro.set(`${COMMAND}.1`, 1), 'error: NoAccess', 'and may not touch');
  t.match(await stranger.get(`${STATE}.1`), /timed out/i, 'an unknown community hears nothing');
  t.strictSame(
    pdu.status().outlets.map((each) => each.power),
    ['off', 'off'],
  );
});

void t.test(
  'planted faults: it lies, is silent, is slow; and every shot is on record',
  async (t) => {
    const made = lab(TWO);
    const pdu = await Pdu.start(made.config);
    const rw = manager(made, 'private', snmp.Version2c);
    t.teardown(async () => {
      rw.close();
      await pdu.close();
      made.remove();
    });
    const control = join(made.config.folder, 'control.sock');
    await askControl(control, { do: 'switch', outlet: 1, command: 'on' });
    await askControl(control, { do: 'fault', lie: true });
    t.equal(await rw.set(`${COMMAND}.1`, 2), 'ok', 'acknowledged');
    t.equal(await rw.get(`${STATE}.1`), '1', 'and not done');
    await askControl(control, { do: 'fault', lie: false, silent: true });
    t.match(await rw.set(`${COMMAND}.1`, 2), /timed out/i);
    await askControl(control, { do: 'fault', silent: false, slowMs: 150 });
    const begun = performance.now();
    t.equal(await rw.get(`${STATE}.1`), '1', 'silence did nothing');
    t.ok(performance.now() - begun >= 145, 'slow');
    await askControl(control, { do: 'fault', slowMs: 0 });
    t.equal(await rw.set(`${COMMAND}.1`, 2), 'ok');
    await until('off', () => pdu.status().outlets[0]?.power === 'off');
    await askControl(control, { do: 'switch', outlet: 2, command: 'on' });
    await askControl(control, { do: 'switch', outlet: 2, command: 'off' });
    const { events } = (await askControl(control, { do: 'events', after: 0 })) as {
      events: PduEvent[];
    };
    t.strictSame(
      shotsIn(events).map((each) =>
        each.kind === 'set' ? `${each.outlet} ${each.command} ${each.outcome}` : '',
      ),
      ['1 off lied', '1 off taken'],
      'the hand is no manager, and what was never heard is no shot',
    );
    t.ok(
      events.every((each, at) => at === 0 || (events[at - 1]?.at ?? Infinity) <= each.at),
      'time never runs backwards',
    );
    await t.rejects(askControl(control, { do: 'switch', outlet: 7, command: 'on' }), /no outlet 7/);
    await t.rejects(askControl(control, { do: 'fault', slowMs: -1 }), /slowMs/);
    await t.rejects(askControl(control, { do: 'dance' }), /do must be/);
    await t.rejects(askControl(`${control}-no`, { do: 'status' }), /nobody answers/);
  },
);

void t.test('a sent-again order is one shot, a new one is another', (t) => {
  const shot = (seq: number, port: number, request: number): PduEvent => ({
    kind: 'set',
    outlet: 1,
    command: 'off',
    outcome: 'taken',
    seq,
    at: seq,
    by: { kind: 'snmp', address: '127.0.0.1', port, community: 'private', request },
  });
  t.equal(shotsIn([shot(1, 5000, 7), shot(2, 5000, 7), shot(3, 5000, 8)]).length, 2);
  t.equal(shotsIn([shot(1, 5000, 7), shot(2, 5001, 7)], 1).length, 2);
  t.equal(shotsIn([shot(1, 5000, 7)], 2).length, 0);
  t.end();
});

void t.test(
  'the process ends with its parent, and on SIGTERM, and leaves nobody behind',
  async (t) => {
    for (const how of ['stdin ends', 'SIGTERM'] as const) {
      const made = lab(TWO, true);
      const file = join(made.config.folder, 'pdu.json');
      writeFileSync(file, JSON.stringify(made.config));
      const main = fileURLToPath(new URL('../dist/pdu-main.js', import.meta.url));
      const child = spawn(NODE, [main, '--config', file], { stdio: ['pipe', 'pipe', 'inherit'] });
      await once(child.stdout, 'data');
      const control = join(made.config.folder, 'control.sock');
      await askControl(control, { do: 'switch', outlet: 1, command: 'on' });
      await askControl(control, { do: 'switch', outlet: 2, command: 'on' });
      await until('all run', () => markedProcesses(made.config.mark).length === 4);
      const { outlets } = (await askControl(control, { do: 'status' })) as PduStatus;
      t.equal(outlets.length, 2);
      if (how === 'SIGTERM') child.kill('SIGTERM');
      else child.stdin.end();
      const [code] = (await once(child, 'exit')) as [number | null];
      t.equal(code, 0, how);
      t.strictSame(markedProcesses(made.config.mark), [], `${how}: nobody left`);
      made.remove();
    }
  },
);

void t.test('a PDU that comes back finds its computers running', async (t) => {
  const made = lab([{ name: 'haone', command: COMPUTER }]);
  const file = join(made.config.folder, 'pdu.json');
  writeFileSync(file, JSON.stringify(made.config));
  const main = fileURLToPath(new URL('../dist/pdu-main.js', import.meta.url));
  const child = spawn(NODE, [main, '--config', file], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  await askControl(join(made.config.folder, 'control.sock'), {
    do: 'switch',
    outlet: 1,
    command: 'on',
  });
  await until('all run', () => markedProcesses(made.config.mark).length === 2);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const again = await Pdu.start(made.config);
  t.teardown(made.remove);
  t.equal(again.status().outlets[0]?.power, 'on');
  t.equal(markedProcesses(made.config.mark).length, 2, 'the same ones');
  await again.close();
  t.equal(markedProcesses(made.config.mark).length, 0, 'and it can still cut them');
});

void t.test('a wrong configuration is one sentence', async (t) => {
  const good = lab(TWO);
  t.teardown(good.remove);
  const rows: readonly [string, object, RegExp][] = [
    ['no port', { port: 0 }, /port must be/],
    ['everybody may write', { writeCommunity: 'public' }, /must differ/],
    ['no outlets', { outlets: [] }, /outlets must be/],
    ['twice the same', { outlets: [TWO[0], TWO[0]] }, /haone is taken/],
    ['no command', { outlets: [{ name: 'a', command: [] }] }, /needs a command/],
  ];
  for (const [why, change, expected] of rows) {
    const read = readPduConfig(JSON.stringify({ ...good.config, ...change }));
    t.match(read.ok ? 'accepted' : read.fault, expected, why);
  }
  t.ok(readPduConfig(JSON.stringify(good.config)).ok);
  const main = fileURLToPath(new URL('../dist/pdu-main.js', import.meta.url));
  const ran = await run(NODE, [main]);
  t.equal(ran.code, 64);
  t.match(ran.out, /usage/);
});
