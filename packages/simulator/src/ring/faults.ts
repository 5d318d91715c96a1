/** What is done to drawn rings: one fault at a time, from the dice of the plan. */
import { milliseconds, type NodeId, type Prng } from '@holdfast/base';
import type { RingWorld } from './world.ts';

type Fault = { readonly weight: number; readonly happens: (w: RingWorld, dice: Prng) => string };

const FAULTS: readonly Fault[] = [
  { weight: 4, happens: weather },
  { weight: 3, happens: partition },
  { weight: 2, happens: oneWayCut },
  { weight: 4, happens: mend },
  { weight: 2, happens: crash },
  { weight: 2, happens: crashWithin },
  { weight: 6, happens: restart },
  { weight: 3, happens: freeze },
  { weight: 1, happens: leave },
  { weight: 1, happens: deafen },
  { weight: 1, happens: reload },
];
const WEIGHTS = FAULTS.reduce((sum, { weight }) => sum + weight, 0);

/** Draws one fault, lets it happen, and says what it was. */
export function disturb(w: RingWorld, dice: Prng): string {
  let draw = dice.below(WEIGHTS);
  for (const { weight, happens } of FAULTS) {
    if (draw < weight) return happens(w, dice);
    draw -= weight;
  }
  return '';
}

function anyOf(w: RingWorld, dice: Prng): NodeId {
  const id = w.ids[dice.below(w.ids.length)];
  return id ?? (0 as NodeId);
}

function weather({ network }: RingWorld, dice: Prng): string {
  const lossPercent = dice.chance(1, 3) ? 0 : dice.below(31);
  const doublePercent = dice.chance(1, 2) ? 0 : dice.below(15);
  const latePercent = dice.chance(1, 2) ? 0 : dice.below(20);
  network.weather = { lossPercent, doublePercent, latePercent, delayMsMax: 1 + dice.below(20) };
  return `weather: ${lossPercent} % lost, ${doublePercent} % doubled, ${latePercent} % late`;
}

function partition({ ids, network }: RingWorld, dice: Prng): string {
  const count = 2 + dice.below(Math.min(3, ids.length - 1));
  const groups: NodeId[][] = Array.from({ length: count }, () => []);
  for (const id of ids) groups[dice.below(count)]?.push(id);
  network.part(groups);
  return `partition: ${groups.map((group) => group.join()).join(' | ')}`;
}

function oneWayCut(w: RingWorld, dice: Prng): string {
  const from = anyOf(w, dice);
  const targets = dice.chance(1, 2) ? [anyOf(w, dice)] : w.ids;
  for (const to of targets) if (to !== from) w.network.cut(from, to);
  return `cut one way: ${from} to ${targets.join()}`;
}

function mend({ network }: RingWorld): string {
  network.mend();
  return 'mended';
}

function crash(w: RingWorld, dice: Prng): string {
  const id = anyOf(w, dice);
  w.node(id).crash();
  return `crash of ${id}`;
}

function crashWithin(w: RingWorld, dice: Prng): string {
  const id = anyOf(w, dice);
  w.node(id).crashWithin(1 + dice.below(60));
  return `crash of ${id} in the middle of something`;
}

function restart(w: RingWorld): string {
  const down = w.ids.filter((id) => w.node(id).life === undefined);
  for (const id of down) w.node(id).boot();
  return `start of ${down.join()}`;
}

function freeze(w: RingWorld, dice: Prng): string {
  const id = anyOf(w, dice);
  const lengthMs = 20 + dice.below(700);
  w.node(id).freeze(lengthMs);
  return `${id} frozen for ${lengthMs} ms`;
}

function leave(w: RingWorld, dice: Prng): string {
  const id = anyOf(w, dice);
  w.node(id).leave();
  return `${id} leaves`;
}

function deafen(w: RingWorld, dice: Prng): string {
  const id = anyOf(w, dice);
  w.network.deafen(id);
  return `${id} hears tokens, and hardly a message`;
}

function reload(w: RingWorld, dice: Prng): string {
  const tokenMs = milliseconds(200 + dice.below(80));
  for (const id of w.ids) {
    const node = w.node(id);
    node.configure({ ...node.config, tokenMs });
  }
  return `token ${tokenMs} ms from now`;
}
