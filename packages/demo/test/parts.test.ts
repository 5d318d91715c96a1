import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { randomInt } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { askControl, MARK } from '@holdfast/lab';
import { parseJournal } from '@holdfast/demo';
import { confFor } from '#src/corosync-conf.js';
import { folderAt, PROJECT, SEED_CONF } from '#src/paths.js';
import { startProbe } from '#src/probe.js';
import { endRun, findRun, identify, isAlive, writeRecord } from '#src/record.js';
import { formatTable } from '#src/report.js';
import { startTimeline } from '#src/timeline.js';
import { staysTrue, until, untilTrue } from '#src/until.js';

const main = (name: string): string =>
  fileURLToPath(new URL(`../dist/${name}.js`, import.meta.url));
const prefix = `127.${randomInt(16, 250)}.${randomInt(1, 250)}`;
const folder = mkdtempSync(join(tmpdir(), 'holdfast-demo-'));
t.teardown(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

void t.test('each node gets the seed text, its own address, and the relay for its peer', (t) => {
  const seed = readFileSync(SEED_CONF, 'utf8');
  const one = confFor('haone', seed, { prefix: '127.9.8' });
  const two = confFor('hatwo', seed, { prefix: '127.9.8' });
  t.match(one, /ring0_addr: 127\.9\.8\.1\n {4}name: haone/);
  t.match(one, /ring0_addr: 127\.9\.8\.12\n {4}name: hatwo/);
  t.match(two, /ring0_addr: 127\.9\.8\.11\n {4}name: haone/);
  t.match(two, /ring0_addr: 127\.9\.8\.2\n {4}name: hatwo/);
  t.notMatch(one, /\$\{/, 'nothing is left to fill in');
  const changed = one.split('\n').filter((line) => !seed.split('\n').includes(line));
  t.strictSame(
    changed.map((line) => line.trim().split(':')[0]),
    ['token', 'bindnetaddr', 'ring0_addr', 'ring0_addr'],
    'every other line is as it is',
  );
  t.end();
});

void t.test(
  'the service writes its life down, is found by the client, and is refused twice',
  async (t) => {
    const journal = join(folder, 'journal.jsonl');
    const address = `${prefix}.100`;
    const args = [main('service-main'), '--journal', journal, '--listen', `${address}:8080`];
    const start = (node: string): ChildProcess =>
      spawn(process.execPath, args, {
        stdio: 'ignore',
        env: { ...process.env, [MARK]: `m/${node}` },
      });
    const kinds = (node: string): string =>
      [
        ...new Set(
          parseJournal(readFileSync(journal, 'utf8'))
            .filter((each) => each.node === node)
            .map((each) => each.kind),
        ),
      ].join(' ');

    const probe = startProbe(address, 8080);
    const first = start('haone');
    await untilTrue('served', 10_000, () => probe.samples.some((sample) => sample.isServed));
    await untilTrue('it beats', 5000, () => kinds('haone') === 'start serving beat');
    const second = start('hatwo');
    await ended(second);
    t.equal(second.exitCode, 1);
    t.equal(kinds('hatwo'), 'start refused', 'the address betrays a second instance');
    first.kill('SIGTERM');
    await ended(first);
    t.equal(first.exitCode, 0);
    t.equal(kinds('haone'), 'start serving beat stop');
    await untilTrue('the client notices', 5000, () => probe.samples.at(-1)?.isServed === false);
    await probe.stop();
    const third = start('hatwo');
    await untilTrue('it beats', 5000, () => kinds('hatwo').includes('beat'));
    third.kill('SIGKILL');
    await ended(third);
    t.notMatch(kinds('hatwo'), /stop/, 'killed: no word of its own');
  },
);

async function endpoint(address: string): Promise<{ socket: Socket; heard: string[] }> {
  const socket = createSocket('udp4');
  socket.bind(5405, address);
  await once(socket, 'listening');
  const heard: string[] = [];
  socket.on('message', (datagram, from) =>
    heard.push(`${datagram.toString()} from ${from.address}:${from.port}`),
  );
  return { socket, heard };
}

void t.test(
  'the relay carries datagrams both ways, drops them when cut, and ends with its parent',
  async (t) => {
    const control = join(folder, 'relay.sock');
    const config = {
      port: 5405,
      nodes: [`${prefix}.1`, `${prefix}.2`],
      aliases: [`${prefix}.11`, `${prefix}.12`],
    };
    const child = spawn(
      process.execPath,
      [main('relay-main'), control, JSON.stringify(config), '--ends-with-parent'],
      {
        stdio: ['pipe', 'pipe', 'inherit'],
      },
    );
    await once(child.stdout, 'data');
    const one = await endpoint(`${prefix}.1`);
    const two = await endpoint(`${prefix}.2`);
    t.teardown(() => {
      one.socket.close();
      two.socket.close();
    });
    one.socket.send('hello', 5405, `${prefix}.12`);
    two.socket.send('hi', 5405, `${prefix}.11`);
    await untilTrue('both heard', 5000, () => one.heard.length === 1 && two.heard.length === 1);
    t.strictSame(two.heard, [`hello from ${prefix}.11:5405`], 'from where hatwo knows haone');
    t.strictSame(one.heard, [`hi from ${prefix}.12:5405`]);

    await askControl(control, { do: 'cut' });
    one.socket.send('lost', 5405, `${prefix}.12`);
    await untilTrue('dropped', 5000, async () => {
      const { dropped } = (await askControl(control, { do: 'status' })) as { dropped: number };
      return dropped === 1;
    });
    await askControl(control, { do: 'heal' });
    one.socket.send('again', 5405, `${prefix}.12`);
    await untilTrue('heard again', 5000, () => two.heard.length === 2);
    t.match(two.heard[1], /^again/);
    await t.rejects(askControl(control, { do: 'dance' }), /cut, heal or status/);
    child.stdin.end();
    await ended(child);
    t.equal(child.exitCode, 0);
  },
);

void t.test('what a crash left behind is ended by the next run, and nobody else', async (t) => {
  const record = join(folder, 'processes.json');
  const mark = '0123456789abcdef';
  t.equal(findRun(record).kind, 'nothing');
  const sleeper = (value: string): ChildProcess =>
    spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
      stdio: 'ignore',
      env: { ...process.env, [MARK]: value },
    });
  const left = sleeper(`${mark}/haone`);
  const stranger = sleeper('fedcba9876543210/haone');
  const relay = sleeper(`${mark}/relay`);
  const known = identify(relay.pid);
  if (known === null) throw new Error('it must live');
  t.equal(
    isAlive({ ...known, startedAtTicks: known.startedAtTicks + 1 }),
    false,
    'the same pid at another time is a stranger',
  );
  const dead = { pid: 999_999_999, startedAtTicks: 1 };
  writeRecord(record, { mark, demo: dead, pdu: null, relay: known });
  const found = findRun(record);
  if (found.kind !== 'left-over') throw new Error(found.kind);
  t.equal(await endRun(record, found.record), 1, 'one had to be found by its mark');
  await Promise.all([ended(left), ended(relay)]);
  t.equal(stranger.exitCode ?? stranger.signalCode, null, 'the stranger lives');
  t.equal(findRun(record).kind, 'nothing');

  const running = identify(stranger.pid);
  if (running === null) throw new Error('it must live');
  writeRecord(record, { mark, demo: running, pdu: null, relay: null });
  t.equal(findRun(record).kind, 'busy', 'a demonstration that goes on is left alone');
  stranger.kill('SIGKILL');
  await ended(stranger);
  writeFileSync(record, '{"mark":"","demo":{"pid":1,"startedAtTicks":1}}');
  t.equal(findRun(record).kind, 'nothing', 'a record without a mark is no licence to kill');
});

void t.test('paths are short enough for sockets, seen from the project', (t) => {
  const at = folderAt(join(PROJECT, '.demo'));
  t.equal(at.path, '.demo');
  t.equal(at.root('haone'), '.demo/haone');
  t.ok(at.pduControl.length < 40);
  t.end();
});

void t.test('waiting ends with the answer, or with a sentence', async (t) => {
  let asked = 0;
  t.equal(await until('three', 5000, () => ((asked += 1) === 3 ? 'yes' : undefined)), 'yes');
  await t.rejects(
    until('never', 30, () => undefined),
    /^never: not within 0\.0 s/,
  );
  t.equal(await staysTrue(60, () => true), true);
  t.equal(await staysTrue(5000, () => false), false);
});

void t.test('the table and the timeline read well', (t) => {
  const table = formatTable(
    [
      {
        name: '1 one',
        promise: 'a promise that is long enough to need a second line here',
        measured: '1.00 s',
        held: true,
      },
      { name: '1 one', promise: 'another', measured: '2.00 s', held: false },
    ],
    60,
  );
  t.equal(
    table,
    [
      'step  │ promise               │ measured              │ held',
      '──────┼───────────────────────┼───────────────────────┼─────',
      '1 one │ a promise that is     │ 1.00 s                │ yes',
      '      │ long enough to need a │                       │',
      '      │ second line here      │                       │',
      '      │ another               │ 2.00 s                │ NO',
    ].join('\n'),
  );
  const lines: string[] = [];
  const plain = startTimeline((text) => lines.push(text), false);
  plain.step('1. One');
  plain.say('haone', 'boots');
  plain.verdict(false, 'it waits: no');
  t.match(
    lines.join(''),
    /^\n1\. One\n +\d+\.\d\d {2}haone {3}boots\n +\d+\.\d\d {2}judge {3}✘ it waits: no\n$/,
  );
  t.end();
});
