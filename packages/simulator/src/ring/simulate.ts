/** One seed: a period of faults, a heal, and the verdict. */
import { type NodeId, prng, type Prng } from '@holdfast/base';
import { disturb } from './faults.ts';
import { type Broken, type Life, nameOf, waiting } from './life.ts';
import { keyOf } from './message.ts';
import { CALM } from './network.ts';
import { type Plant, PLANTS } from './plants.ts';
import { type RingShape, ringWorld, type RingWorld } from './world.ts';

/** Faults in a seed, and the longest pause between two of them, in ms. */
const FAULTS_MIN = 12;
const FAULTS_MORE = 20;
const PAUSE_MS_MAX = 250;
/** After the heal: a node with which no ring formed is heeded again after at most 30 s. */
const HEAL_MS_MAX = 36_000;
/** So long one ring must stand, to count as the last, in looks of 50 ms. */
const STANDS_LOOKS = 8;

/** Looks of 50 ms within which everything that waits is said. */
const SAY_LOOKS = 400;

export type RingChoice = {
  readonly seed: number;
  readonly nodes?: number | undefined;
  readonly plant?: string | undefined;
};

export type RingVerdict = {
  readonly seed: number;
  readonly nodes: number;
  readonly virtualMs: number;
  readonly datagrams: number;
  readonly delivered: number;
  readonly rings: number;
  readonly faults: number;
  /** From the heal to the last ring, in ms. */
  readonly convergedMs: number;
  /** Of everything that happened, to see that the same seed gives the same. */
  readonly digest: number;
  readonly broken: readonly Broken[];
};

export function simulateRing(
  { seed, nodes, plant = '' }: RingChoice,
  tell: (text: string) => void = () => undefined,
): RingVerdict {
  const dice = prng(seed * 7919 + 17);
  const shape = drawShape(dice, nodes);
  const chosen: Plant = PLANTS[plant] ?? {};
  let digest = seed;
  const w: RingWorld = ringWorld({
    seed,
    shape,
    plant: chosen,
    tell: (text) => {
      digest = mix(digest, text);
      tell(`${w.agenda.now().toFixed(1)} ${text}`);
    },
  });
  const faults = trouble(w, dice);
  const convergedMs = heal(w, dice);
  if (w.broken.length === 0) lastWords(w, dice);
  if (w.broken.length === 0) w.order.atEnd();
  return {
    seed,
    nodes: shape.nodes,
    virtualMs: w.agenda.now(),
    datagrams: w.network.sent,
    delivered: w.order.delivered,
    rings: w.lives.reduce((sum, { state }) => sum + state.counters.rings, 0),
    faults,
    convergedMs,
    digest: mix(digest, `${w.network.sent} ${w.order.delivered}`),
    broken: w.broken,
  };
}

function drawShape(dice: Prng, nodes: number | undefined): RingShape {
  return {
    nodes: nodes ?? (dice.chance(1, 2) ? 2 + dice.below(3) : 2 + dice.below(8)),
    tokenMs: 200,
    windowSize: 6 + dice.below(40),
    maxMessages: 3 + dice.below(14),
    failRecvConst: dice.chance(1, 2) ? 40 + dice.below(100) : 2500,
    messageBytes: dice.chance(1, 3) ? 1100 : 1300,
  };
}

function mix(digest: number, text: string): number {
  let hash = digest;
  for (let at = 0; at < text.length; at += 1)
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

function run(w: RingWorld, ms: number): void {
  const until = w.agenda.now() + ms;
  while (w.agenda.next(until)) if (w.broken.length > 0) return;
}

/** Faults and talk, drawn; how many faults there were. */
function trouble(w: RingWorld, dice: Prng): number {
  for (const id of w.ids) if (!dice.chance(1, 6)) w.node(id).boot();
  const count = FAULTS_MIN + dice.below(FAULTS_MORE);
  for (let fault = 0; fault < count && w.broken.length === 0; fault += 1) {
    w.tell(disturb(w, dice));
    talk(w, dice);
    run(w, 5 + dice.below(PAUSE_MS_MAX));
  }
  return count;
}

function talk(w: RingWorld, dice: Prng): void {
  const times = dice.below(4);
  for (let time = 0; time < times; time += 1) {
    const id = w.ids[dice.below(w.ids.length)];
    const isBurst = dice.chance(1, 8);
    const count = isBurst ? 40 + dice.below(120) : dice.below(6);
    const bytes = dice.chance(1, 10) ? 2000 + dice.below(12_000) : 28 + dice.below(900);
    for (let n = 0; n < count && id !== undefined; n += 1) w.node(id).say(bytes, dice.chance(1, 3));
    run(w, dice.below(20));
  }
}

/** Starts the dead, unless they are to stay it; somebody lives in any case. */
function revive(w: RingWorld, isForGood: boolean): void {
  for (const id of w.ids) w.node(id).spare();
  const isEmpty = w.ids.every((id) => w.node(id).life === undefined);
  if (isForGood && !isEmpty) return;
  for (const id of w.ids) w.node(id).boot();
}

/** Everything is mended; the dead start again, or stay dead. How long the last ring took to form. */
function heal(w: RingWorld, dice: Prng): number {
  w.network.mend();
  w.network.weather = { ...CALM };
  w.tell('healed');
  revive(w, dice.chance(1, 4));
  const healedAt = w.agenda.now();
  let convergedMs = HEAL_MS_MAX;
  let looks = 0;
  while (looks < STANDS_LOOKS && w.agenda.now() < healedAt + HEAL_MS_MAX && w.broken.length === 0) {
    run(w, 50);
    looks = isOne(w) ? looks + 1 : 0;
    if (looks === 1) convergedMs = w.agenda.now() - healedAt;
  }
  if (w.broken.length === 0 && !isOne(w))
    w.broken.push({
      rule: 'T9.39',
      text: `no one ring of ${aliveIds(w).join()} after the heal: ${ringsNow(w)}`,
    });
  return convergedMs;
}

function alive(w: RingWorld): readonly Life[] {
  return w.ids.flatMap((id) => w.node(id).life ?? []);
}

function aliveIds(w: RingWorld): readonly NodeId[] {
  return alive(w).map(({ id }) => id);
}

function isOne(w: RingWorld): boolean {
  const lives = alive(w);
  const rings = new Set(lives.map((life) => w.order.ringOf(life)));
  const [only] = rings;
  if (rings.size !== 1 || only?.members.join() !== aliveIds(w).join()) return false;
  return lives.every(({ state }) => state.phase.kind === 'operational');
}

function ringsNow(w: RingWorld): string {
  return alive(w)
    .map(
      (life) =>
        `${nameOf(life)} ${life.state.phase.kind} in ${w.order.ringOf(life)?.name ?? 'none'}`,
    )
    .join('; ');
}

/** Everybody says something, everybody hears all of it, and then the ring is quiet (T9.40, T9.41). */
function lastWords(w: RingWorld, dice: Prng): void {
  const lives = alive(w);
  const firsts = new Map(lives.map((life) => [life.number, life.said + 1]));
  for (const { id } of lives) {
    for (let n = 0; n < 4; n += 1) w.node(id).say(28 + dice.below(3000), n % 2 === 1);
  }
  // What waited through the faults goes first, and a small window takes its time.
  const isSaid = (): boolean => lives.every((life) => waiting(life) === 0);
  for (let looks = 0; looks < SAY_LOOKS && !isSaid(); looks += 1) run(w, 50);
  run(w, 500);
  for (const life of lives) {
    for (const speaker of lives) {
      for (let n = firsts.get(speaker.number) ?? 1; n <= speaker.said; n += 1)
        expectHeard(w, life, speaker, n);
    }
  }
  const { joins } = w.wire;
  run(w, 500);
  if (w.wire.joins !== joins && w.broken.length === 0)
    w.broken.push({ rule: 'T9.41', text: `${w.wire.joins - joins} joins on a quiet ring` });
}

function expectHeard(w: RingWorld, life: Life, speaker: Life, number: number): void {
  const key = keyOf({
    life: speaker.number,
    number,
    isSafe: false,
    afterRing: 0,
    afterSeq: 0,
    bytes: 0,
  });
  if (w.broken.length > 0 || w.order.hasHeard(life, key)) return;
  const text = `${nameOf(life)} never hears payload ${number} of ${nameOf(speaker)}`;
  w.broken.push({ rule: 'T9.40', text });
}
