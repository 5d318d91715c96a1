import { milliseconds, nodeId, nodeName, prng } from '@holdfast/base';
import { decodeDisk, emptyCib, encodeDisk } from '@holdfast/cib';
import t from 'tap';
import { Agenda } from '#src/agenda.js';
import { Disk, type DiskAnswer } from '#src/disk.js';
import { History } from '#src/history.js';
import { Network } from '#src/network.js';
import { readOptions } from '#src/options.js';
import { type DeviceAnswer, Power } from '#src/power.js';
import type { Stage } from '#src/stage.js';

function stageOf(seed = 1): Stage {
  return { agenda: new Agenda(), history: new History(), dice: prng(seed), violation: undefined };
}

function pass(stage: Stage, ms: number): void {
  const until = stage.agenda.now() + ms;
  while (stage.agenda.next(until));
}

const one = nodeId(1);
const two = nodeId(2);
const haone = nodeName('haone');
const hatwo = nodeName('hatwo');

void t.test('what is asked for happens in order of time, and of asking among equals', (t) => {
  const agenda = new Agenda();
  const seen: string[] = [];
  for (const [at, word] of [
    [30, 'c'],
    [10, 'a'],
    [20, 'b1'],
    [20, 'b2'],
    [40, 'd'],
  ] as const) {
    agenda.at(at, () => seen.push(`${word}@${agenda.now()}`));
  }
  while (agenda.next(35));
  t.same(seen, ['a@10', 'b1@20', 'b2@20', 'c@30']);
  t.equal(agenda.now(), 35);
  t.throws(() => {
    agenda.at(34, () => undefined);
  }, /nothing happens in the past/);
  t.end();
});

void t.test('a cut link loses everything one way; a lossy one about as much as it says', (t) => {
  const stage = stageOf();
  const got = new Map<number, number>();
  const network = new Network(stage, [one, two], (to) => got.set(to, (got.get(to) ?? 0) + 1));
  const send = (from: typeof one, to: typeof one | 'all', count: number): void => {
    got.clear();
    for (let index = 0; index < count; index += 1) network.send(from, to, new Uint8Array([index]));
    pass(stage, 200);
  };
  network.cut(one, two, 1000);
  send(one, two, 10);
  t.equal(got.get(two), undefined);
  send(two, 'all', 10);
  t.equal(got.get(one), 10, 'the other way is open');
  pass(stage, 1000);
  send(one, two, 10);
  t.equal(got.get(two), 10, 'a cut ends by itself');
  network.degrade(one, two, {
    lossPerMille: 300,
    duplicatePerMille: 0,
    delayMsMin: 1,
    delayMsMax: 90,
  });
  send(one, two, 1000);
  const arrived = got.get(two) ?? 0;
  t.ok(arrived > 630 && arrived < 770, `${arrived} of 1000 arrive`);
  network.partition([[one], [two]], 10_000);
  t.ok(network.isCut(one, two) && network.isCut(two, one));
  network.heal();
  send(one, two, 100);
  t.equal(got.get(two), 100);
  pass(stage, 10_000);
  t.notOk(network.isCut(one, two), 'the end of a healed cut heals nothing twice');
  send(one, two, 10);
  t.equal(got.get(two), 10);
  t.end();
});

function textOf(term: number): string {
  return encodeDisk({ root: emptyCib(), term });
}

void t.test('what the disk answered survives a crash; what it had not may be lost', (t) => {
  let kept = 0;
  for (let seed = 1; seed <= 40; seed += 1) {
    const stage = stageOf(seed);
    const disk = new Disk(stage, textOf(1), undefined);
    const answers: DiskAnswer[] = [];
    disk.ask({ kind: 'disk-store', token: 1, text: textOf(2) }, (answer) => answers.push(answer));
    pass(stage, 100);
    t.same(answers, [{ token: 1, failure: undefined }]);
    disk.ask({ kind: 'disk-store', token: 2, text: textOf(3) }, (answer) => answers.push(answer));
    disk.crash(true);
    pass(stage, 100);
    t.equal(answers.length, 1, 'a dead process hears nothing');
    const { term } = disk.read();
    t.ok(term === 2 || term === 3, `term ${term}`);
    if (term === 3) kept += 1;
  }
  t.ok(kept > 5 && kept < 35, 'both happen');
  t.end();
});

void t.test(
  'a prepared configuration is none until it is committed; a full disk refuses it',
  (t) => {
    const stage = stageOf();
    const disk = new Disk(stage, textOf(1), undefined);
    const answers: (string | undefined)[] = [];
    const ask = (kind: 'disk-prepare' | 'disk-commit'): void => {
      const work =
        kind === 'disk-commit'
          ? ({ kind, token: 1 } as const)
          : { kind, token: 1, text: textOf(2) };
      disk.ask(work, ({ failure }) => answers.push(failure));
      pass(stage, 100);
    };
    disk.isFull = true;
    ask('disk-prepare');
    t.match(answers, [/ENOSPC/]);
    disk.isFull = false;
    ask('disk-prepare');
    t.equal(disk.read().term, 1);
    ask('disk-commit');
    t.equal(disk.read().term, 2);
    t.same(answers.slice(1), [undefined, undefined]);
    t.end();
  },
);

void t.test('the planted disk answers at once and forgets what it had not written', (t) => {
  const stage = stageOf();
  const disk = new Disk(stage, textOf(1), 5000);
  const answers: number[] = [];
  disk.ask({ kind: 'disk-store', token: 7, text: textOf(2) }, ({ token }) => answers.push(token));
  pass(stage, 100);
  t.same(answers, [7]);
  disk.crash(true);
  t.equal(disk.read().term, 1);
  t.ok(decodeDisk(textOf(2)).ok);
  t.end();
});

type Asked = { readonly action: string; readonly answer: DeviceAnswer | undefined };

function powerOf(stage: Stage, events: string[]): Power {
  const note =
    (word: string) =>
    (node: string): void => {
      events.push(`${word} ${node}`);
    };
  const watch = {
    onShot: note('shot'),
    onDown: note('down'),
    onPower: note('power'),
    onProof: note('proof'),
  };
  return new Power(stage, [haone, hatwo], watch, false);
}

function ask(stage: Stage, power: Power, action: string): Asked {
  let answer: DeviceAnswer | undefined;
  const run = {
    device: 'fence',
    agent: 'fence-pdu',
    action,
    target: hatwo,
    plug: hatwo,
    parameters: {},
    timeoutMs: milliseconds(20_000),
  };
  power.run(haone, run, (given) => {
    answer = given;
  });
  pass(stage, 20_000);
  return { action, answer };
}

void t.test('a device switches, and lies, fails or keeps silent when it is told to', (t) => {
  const stage = stageOf();
  const events: string[] = [];
  const power = powerOf(stage, events);
  t.equal(ask(stage, power, 'status').answer?.code, 0);
  t.equal(ask(stage, power, 'off').answer?.code, 0);
  t.equal(ask(stage, power, 'status').answer?.code, 2);
  t.same(events, ['shot hatwo', 'down hatwo', 'proof hatwo']);
  t.equal(ask(stage, power, 'on').answer?.code, 0);
  t.ok(power.isUp(hatwo));
  power.mood = 'lying';
  t.equal(ask(stage, power, 'off').answer?.code, 0);
  t.ok(power.isUp(hatwo), 'it said yes and did nothing');
  t.equal(ask(stage, power, 'status').answer?.code, 0, 'its status tells the truth');
  power.mood = 'failing';
  t.equal(ask(stage, power, 'off').answer?.code, 1);
  power.mood = 'silent';
  t.equal(ask(stage, power, 'off').answer, undefined);
  power.mood = 'good';
  power.cutOff.add(haone);
  t.equal(ask(stage, power, 'off').answer, undefined, 'nobody is reached without a link');
  t.end();
});

void t.test('a pulled plug is no shot, and its outlet still says on', (t) => {
  const stage = stageOf();
  const events: string[] = [];
  const power = powerOf(stage, events);
  power.plug(hatwo, false);
  t.notOk(power.isUp(hatwo));
  t.equal(ask(stage, power, 'status').answer?.code, 0);
  t.equal(ask(stage, power, 'off').answer?.code, 0);
  t.same(events, ['down hatwo'], 'nobody is hit twice');
  t.end();
});

void t.test('the command line is read strictly', (t) => {
  const rows = [
    { words: ['--seed', '7', '--nodes', '3', '--ticks', '60', '--json'], why: undefined },
    { words: ['--seeds', '500'], why: undefined },
    { words: ['--sede', '7'], why: /did you mean --seed/ },
    { words: ['--nodes', '6'], why: /expected 2 to 5/ },
    { words: ['--seed', 'x'], why: /expected a whole number/ },
    { words: ['--seed'], why: /expected a whole number/ },
    { words: ['--plant', 'roses'], why: /expected one of/ },
    { words: ['--seeds', '0'], why: /at least 1/ },
  ];
  for (const { words, why } of rows) {
    const read = readOptions(words);
    if (why === undefined) t.ok(read.ok, words.join(' '));
    else t.match(read.ok ? 'accepted' : read.fault, why);
  }
  const one = readOptions(['--seed', '7', '--ticks', '60']);
  t.match(one.ok ? one.value : {}, { from: 7, count: 1, ticks: 60 });
  t.end();
});
