/** The level `fence`: what is shown of fencing, and what is asked before power is cut. */
import type { FencePath, FencingStatus } from '@holdfast/ipc';
import t from 'tap';
import { ago, proofSentence } from '#src/levels/fence-status.js';
import { fakeDaemon, type FakeDaemon } from './support/fake-daemon.js';
import { shellFor } from './support/crm.js';

/** What the shell takes for now. */
const NOW = Date.UTC(2026, 10, 25);
const DAY = 24 * 3_600_000;

function path(device: string, goodAtMs: number | null, last: FencePath['last'] = null): FencePath {
  return { target: 'hatwo', device, executor: 'haone', goodAtMs, last };
}

function good(atMs: number): FencePath['last'] {
  return { kind: 'asked', isGood: true, words: 'status: on', tookMs: 40, atMs };
}

const TARGET: FencingStatus['targets'][number] = {
  node: 'hatwo',
  levels: [['bmc2'], ['pdu1', 'pdu2']],
  attempts: null,
  isHeld: false,
  budgetMs: 72_000,
};

async function withDevices(daemon: FakeDaemon): Promise<void> {
  const shell = await shellFor(daemon);
  await shell.run('configure primitive bmc2 stonith:fence_ipmilan params ip=10.0.9.2');
}

void t.test('fence status tells levels, proofs, failures and what is held', async (t) => {
  const daemon = await fakeDaemon(t);
  await withDevices(daemon);
  daemon.fencing = {
    targets: [
      { ...TARGET, attempts: { failures: 10, reason: 'bmc2: login denied', nextAtMs: null } },
      {
        ...TARGET,
        node: 'haone',
        levels: [],
        isHeld: true,
        attempts: { failures: 2, reason: 'no answer', nextAtMs: NOW + 4000 },
      },
    ],
    paths: [
      path('bmc2', NOW - 3 * DAY, good(NOW - 3 * DAY)),
      path('pdu1', NOW - 40 * DAY, {
        kind: 'cycled',
        isGood: false,
        words: 'no answer',
        tookMs: 20_000,
        atMs: NOW - DAY,
      }),
      path('pdu2', null),
    ],
  };
  daemon.fences = [
    {
      id: 'f',
      target: 'hatwo',
      action: 'reboot',
      state: 'pending',
      origin: 'haone',
      tried: [],
      detail: 'hatwo is lost',
      progress: { words: 'bmc2: off, try 1', untilMs: NOW + 1000 },
      devices: [],
      startedAtMs: NOW,
      endedAtMs: null,
    },
  ];
  const shell = await shellFor(daemon);
  t.equal(await shell.run('fence status'), 0);
  const lines = shell.said.out.split('\n');
  for (const line of [
    'bmc2 (stonith:fence_ipmilan)',
    '  level 1: bmc2',
    '  level 2: pdu1 and pdu2',
    '  by bmc2 from haone: proven 3 days ago by a drill (status: on, 40ms)',
    '  by pdu1 from haone: FAILED 1 day ago by a fence in earnest (no answer); it was good 40 days ago',
    '  by pdu2 from haone: NEVER PROVEN',
    '  2 fences in a row FAILED: no answer; next try in 4s',
    'Fencing: 1 of 3 ways were NEVER PROVEN; 1 FAILED the last time (crm fence drill)',
  ]) {
    t.ok(lines.includes(line), `${line}\nin\n${shell.said.out}`);
  }
  t.match(shell.said.out, /10 fences in a row FAILED: bmc2: login denied; given up; waiting for a/);
  t.match(shell.said.out, /NO DEVICE fences it/);
  t.match(shell.said.out, /it is back, and not let in before the shot/);
  t.match(shell.said.out, /is under way: hatwo is lost; now bmc2: off, try 1/);
  const one = await shellFor(daemon);
  t.equal(await one.run('fence status hatwo --json'), 0);
  const read = JSON.parse(one.said.out) as { targets: { node: string }[] };
  t.same(
    read.targets.map(({ node }) => node),
    ['hatwo'],
  );
  t.equal(await one.run('fence status hatow'), 105);
});

void t.test('status tells the age of the oldest proof', async (t) => {
  const daemon = await fakeDaemon(t);
  const shell = await shellFor(daemon);
  t.equal(await shell.run('status'), 0);
  t.notMatch(shell.said.out, /Fencing:/, 'nothing to prove without devices');
  daemon.fencing = {
    targets: [TARGET],
    paths: [path('a', NOW - DAY, good(NOW - DAY)), path('b', NOW - 9 * DAY, good(NOW - 9 * DAY))],
  };
  t.equal(await shell.run('status'), 0);
  t.match(
    shell.said.out,
    '  * Fencing: the oldest proof is from 9 days ago (hatwo by b from haone)\n',
  );
  t.equal(proofSentence([path('a', null)], NOW).includes('1 of 1 ways were NEVER PROVEN'), true);
});

void t.test('an age is one figure', (t) => {
  const rows = [
    { age: 0, is: 'just now' },
    { age: 59_000, is: 'just now' },
    { age: 60_000, is: '1 minute ago' },
    { age: 2 * 3_600_000 + 5, is: '2 hours ago' },
    { age: 3 * DAY, is: '3 days ago' },
    { age: -5000, is: 'just now' },
  ];
  for (const { age, is } of rows) t.equal(ago(NOW - age, NOW), is);
  t.end();
});

void t.test('race prints each cut, and its exit code says whether all end well', async (t) => {
  const daemon = await fakeDaemon(t);
  daemon.race = {
    cuts: [
      {
        sides: [['haone'], ['hatwo']],
        shots: [
          {
            by: 'haone',
            target: 'hatwo',
            devices: ['f2'],
            leastMs: 2200,
            mostMs: 2200,
            timeoutMs: 20_000,
          },
          {
            by: 'hatwo',
            target: 'haone',
            devices: ['f1'],
            leastMs: 17_200,
            mostMs: 20_200,
            timeoutMs: 1,
          },
        ],
        survivors: ['haone'],
        verdict: 'haone survives if f2 acts within 12s',
        isSafe: true,
      },
    ],
    notes: ['times count from the cut'],
  };
  const shell = await shellFor(daemon);
  t.equal(await shell.run('fence race'), 0);
  t.equal(
    shell.said.out,
    [
      'Cut haone | hatwo',
      '  haone shoots hatwo after 2.2s, by f2',
      '  hatwo shoots haone after 17.2s to 20.2s, by f1',
      '  => haone survives if f2 acts within 12s',
      'Note: times count from the cut',
      '',
    ].join('\n'),
  );
  const [cut] = daemon.race.cuts;
  if (cut === undefined) throw new Error('one cut');
  daemon.race = { cuts: [{ ...cut, isSafe: false, verdict: 'BOTH MAY GO DOWN' }], notes: [] };
  t.equal(await shell.run('fence race'), 1);
  t.match(shell.said.out, /DANGER: BOTH MAY GO DOWN/);
});

void t.test('a drill asks; in earnest it asks a human first, and uses each device', async (t) => {
  const daemon = await fakeDaemon(t);
  daemon.fencing = { targets: [TARGET], paths: [path('bmc2', null), path('pdu1', null)] };
  const shell = await shellFor(daemon);
  t.equal(await shell.run('fence drill hatwo'), 0);
  t.equal(await shell.run('fence drill hatwo --device pdu1'), 0);
  t.match(shell.said.out, /hatwo by every device: asked\nhatwo by pdu1: asked/);
  t.equal(await shell.run('fence drill hatwo --really'), 107, 'nobody is there to ask');
  t.equal(await shell.run('fence drill hatwo --realy'), 64);
  t.match(shell.said.err, /drill does not know --realy; it knows --device DEVICE and --really/);
  t.equal(await shell.run('fence drill hatwo --device'), 64);
  t.equal(await shell.run('fence drill hathree'), 105);
  const asked = daemon.asked.filter(({ method }) => method === 'fence.drill');
  t.equal(asked.length, 2);
  const forced = await shellFor(daemon, true);
  t.equal(await forced.run('fence drill hatwo --really'), 0);
  t.equal(
    forced.said.out,
    'hatwo by bmc2: hatwo by bmc2: cycled\nhatwo by pdu1: hatwo by pdu1: cycled\n',
  );
});

void t.test('reboot and off need a human, on does not', async (t) => {
  const daemon = await fakeDaemon(t);
  const shell = await shellFor(daemon);
  t.equal(await shell.run('fence reboot hatwo'), 107);
  t.equal(await shell.run('fence off hatwo'), 107);
  t.equal(await shell.run('fence on hatwo'), 0);
  const forced = await shellFor(daemon, true);
  t.equal(await forced.run('fence off hatwo'), 0);
  t.equal(await forced.run('fence reboot hatwo'), 0);
  t.same(
    daemon.asked
      .filter(({ method }) => method === 'fence.request')
      .map(({ params }) => (params as { action: string }).action),
    ['on', 'off', 'reboot'],
  );
});

void t.test('verify names what a live cluster should not be left with', async (t) => {
  const daemon = await fakeDaemon(t);
  const shell = await shellFor(daemon);
  await shell.run(
    'configure primitive pdu stonith:fence_apc_snmp params ip=10.0.1.9 pcmk_host_map="haone:1;hatwo:2"',
  );
  t.equal(await shell.run('verify'), 0);
  t.match(
    shell.said.err,
    /pdu: ip="10.0.1.9": the device is on the ring's own network \(10.0.1.1\)/,
  );
  t.match(shell.said.err, /hatwo: pdu is the only way to fence it/);
  t.match(shell.said.err, /no fence device has a delay/);
});
