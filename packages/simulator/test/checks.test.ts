import { nodeId, nodeName, prng } from '@holdfast/base';
import t from 'tap';
import { Agenda } from '#src/agenda.js';
import { Order } from '#src/checks/order.js';
import { Owners } from '#src/checks/owners.js';
import { Shots } from '#src/checks/shots.js';
import { History } from '#src/history.js';
import type { Stage } from '#src/stage.js';

const one = nodeId(1);
const two = nodeId(2);
const haone = nodeName('haone');
const hatwo = nodeName('hatwo');

function stageOf(): Stage {
  return { agenda: new Agenda(), history: new History(), dice: prng(1), violation: undefined };
}

function pass(stage: Stage, ms: number): void {
  const until = stage.agenda.now() + ms;
  while (stage.agenda.next(until));
}

void t.test('a second owner is seen, a frozen or fenced first one too', (t) => {
  const stage = stageOf();
  const owners = new Owners(stage);
  owners.started({ name: haone, id: 1 }, 'web');
  owners.stopped({ name: haone, id: 1 }, 'web');
  owners.started({ name: hatwo, id: 2 }, 'web');
  t.equal(stage.violation, undefined);
  owners.started({ name: haone, id: 1 }, 'web');
  t.equal(stage.violation?.checker, 'two-owners');
  t.end();
});

void t.test('recovery before a proof is seen; after a proof, or a new life, it is fine', (t) => {
  const rows = [
    { proof: 'none', expected: 'fenced-before-recovered' },
    { proof: 'device', expected: undefined },
    { proof: 'back', expected: undefined },
  ];
  for (const { proof, expected } of rows) {
    const stage = stageOf();
    const owners = new Owners(stage);
    owners.proven(haone);
    pass(stage, 10);
    owners.started({ name: haone, id: 1 }, 'web');
    owners.lost({ name: haone, id: 1 }, ['web']);
    pass(stage, 10);
    if (proof === 'device') owners.proven(haone);
    if (proof === 'back') owners.back(haone, stage.agenda.now());
    owners.started({ name: hatwo, id: 2 }, 'web');
    t.equal(stage.violation?.checker, expected, proof);
  }
  t.end();
});

void t.test('members that deliver differently in one ring are seen', (t) => {
  const ringId = { representative: one, seq: 4 };
  const regular = { kind: 'regular', ringId, members: [one, two] } as const;
  const next = { ...regular, ringId: { representative: one, seq: 8 } };
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  const rows = [
    { why: 'the same', first: ['a', 'b'], second: ['a', 'b'], isWrong: false },
    { why: 'another order', first: ['a', 'b'], second: ['b', 'a'], isWrong: true },
    { why: 'less, and yet on together', first: ['a', 'b'], second: ['a'], isWrong: true },
  ];
  for (const { why, first, second, isWrong } of rows) {
    const stage = stageOf();
    const order = new Order(stage);
    for (const [name, id, words] of [
      [haone, 1, first],
      [hatwo, 2, second],
    ] as const) {
      order.membership({ name, id }, regular);
      for (const word of words) order.delivered({ name, id }, 1, bytes(word));
      order.membership({ name, id }, next);
    }
    t.equal(stage.violation?.checker, isWrong ? 'delivery-order' : undefined, why);
  }
  t.end();
});

void t.test('a lone shooter, a third shot after the heal and a double kill are seen', (t) => {
  const lone = stageOf();
  new Shots(lone, () => false).shoots({ name: haone, id: 1 }, hatwo);
  t.equal(lone.violation?.checker, 'fence-loop');

  const healed = stageOf();
  const shots = new Shots(healed, () => true);
  shots.hit(hatwo);
  pass(healed, 10);
  shots.heal();
  shots.hit(hatwo);
  shots.hit(hatwo);
  t.equal(healed.violation, undefined);
  shots.hit(hatwo);
  t.equal(healed.violation?.checker, 'fence-loop');

  const split = stageOf();
  const double = new Shots(split, () => true);
  double.hit(hatwo);
  double.checkSplit(0, haone);
  t.equal(split.violation, undefined);
  double.hit(haone);
  double.checkSplit(0, haone);
  t.equal(split.violation?.checker, 'one-survivor');
  t.end();
});
