/**
 * Rings under drawn faults. SEED=n replays one seed, SEEDS=n runs more.
 */
import t from 'tap';
import { nodeId } from '@holdfast/base';
import { decodeFrame, encodeFrame, ringStatus } from '@holdfast/totem';
import { prng } from '@holdfast/base';
import { convergence, violations } from './support/check.ts';
import { boot, crash, heal, part, run, say, world, type World } from './support/world.ts';

const SEEDS =
  process.env['SEED'] === undefined
    ? range(1, Number(process.env['SEEDS'] ?? '200'))
    : [Number(process.env['SEED'])];

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** A drawn period of faults, then a heal. */
function simulate(seed: number, plant?: World['tamper']): readonly string[] {
  const draw = prng(seed * 7919 + 1);
  const w = world(seed, 2 + draw.below(seed % 7 === 0 ? 6 : 3));
  if (plant !== undefined) w.tamper = plant;
  for (const id of w.ids) if (!draw.chance(1, 5)) boot(w, id);
  let said = 0;
  for (let round = 0; round < 25; round += 1) {
    disturb(w, draw.below(10), draw.below(100));
    for (let count = draw.below(8); count > 0; count -= 1) {
      said += 1;
      const length = draw.chance(1, 12) ? 3000 + draw.below(9000) : draw.below(200);
      say(w, nodeId(1 + draw.below(w.ids.length)), `${said}-${'x'.repeat(length)}`);
    }
    run(w, w.time + 5 + draw.below(250));
  }
  heal(w);
  run(w, w.time + 4000);
  for (const id of w.ids) say(w, id, `last-${id}`);
  run(w, w.time + 500);
  const last = w.ids.flatMap((id) => {
    const heard = w.alive
      .get(id)
      ?.events.filter((event) => event.kind === 'message' && event.text.startsWith('last-')).length;
    return heard === w.ids.length
      ? []
      : [`${id} heard ${heard ?? 0} of ${w.ids.length} after the heal`];
  });
  return [...violations(w), ...convergence(w), ...last];
}

function disturb(w: World, what: number, detail: number): void {
  const id = nodeId(1 + (detail % w.ids.length));
  switch (what) {
    case 0:
      w.lossPercent = detail % 31;
      w.delayMax = 1 + (detail % 20);
      return;
    case 1:
      w.cuts = new Set();
      part(w, new Set([id]), detail % 4 === 0);
      return;
    case 2:
      w.cuts = new Set();
      return;
    case 3:
      crash(w, id);
      return;
    case 4:
    case 5:
      if (!w.alive.has(id)) boot(w, id);
      return;
    case 6: {
      const life = w.alive.get(id);
      if (life !== undefined) life.frozenUntil = w.time + 50 + detail * 6;
      return;
    }
    default:
      return;
  }
}

void t.test(
  'whatever the network does, members deliver alike, and one ring forms in the end',
  (t) => {
    for (const seed of SEEDS) {
      const found = simulate(seed);
      if (found.length > 0) t.fail(`SEED=${seed}: ${found.slice(0, 4).join('; ')}`);
    }
    t.pass(`${SEEDS.length} seeds`);
    t.end();
  },
);

void t.test('planted faults of the protocol are found', (t) => {
  const plants: Record<string, World['tamper']> = {
    'a message is delivered twice': (effects) =>
      effects.flatMap((effect) =>
        effect.kind === 'delivered' && effect.payload.length % 7 === 3
          ? [effect, effect]
          : [effect],
      ),
    'a message is swallowed by one member': (effects, life) =>
      effects.filter(
        (effect) =>
          life.id !== 1 || effect.kind !== 'delivered' || effect.payload.length % 11 !== 4,
      ),
    'the ring sequence is not written': (effects) =>
      effects.filter((effect) => effect.kind !== 'persist-ring-seq'),
    'two messages change places': (effects) => swapDelivered(effects),
  };
  for (const [name, plant] of Object.entries(plants)) {
    const found = range(1, 200).find((seed) => simulate(seed, plant).length > 0);
    t.ok(found !== undefined, `${name}: found by seed ${found ?? 'none'}`);
  }
  t.end();
});

function swapDelivered(effects: Parameters<World['tamper']>[0]): Parameters<World['tamper']>[0] {
  const at = effects.findIndex(
    (effect, index) => effect.kind === 'delivered' && effects[index + 1]?.kind === 'delivered',
  );
  const [a, b] = [effects[at], effects[at + 1]];
  return at < 0 || a === undefined || b === undefined
    ? effects
    : [...effects.slice(0, at), b, a, ...effects.slice(at + 2)];
}

void t.test('a node alone forms a ring of its own at once', (t) => {
  const w = world(1, 2);
  boot(w, nodeId(1));
  run(w, 5);
  const life = w.alive.get(nodeId(1));
  t.same(
    life?.events.map(({ kind }) => kind),
    ['regular'],
  );
  t.end();
});

void t.test('a lost member is missed within token and consensus time', (t) => {
  const w = world(1, 2);
  boot(w, nodeId(1));
  boot(w, nodeId(2));
  run(w, 1000);
  const life = w.alive.get(nodeId(1));
  t.equal(life === undefined ? '' : ringStatus(life.state).members.join(), '1,2');
  crash(w, nodeId(2));
  run(w, 1000 + 200 + 240 + 5);
  t.equal(life === undefined ? '' : ringStatus(life.state).members.join(), '1');
  t.end();
});

void t.test('garbage never throws and changes nothing', (t) => {
  const dice = prng(99);
  const good = encodeFrame({
    header: { cluster: 1, sender: nodeId(2), incarnation: 3, count: 1 },
    message: {
      kind: 'join',
      sender: nodeId(2),
      processors: [nodeId(1), nodeId(2)],
      failed: [],
      ringSeq: 9,
      digest: 0,
      isLeaving: false,
    },
  });
  t.ok(decodeFrame(good) !== undefined);
  for (let count = 0; count < 20_000; count += 1) {
    const bytes = dice.chance(1, 2) ? Uint8Array.from(good) : new Uint8Array(dice.below(120));
    for (let flips = 1 + dice.below(6); flips > 0 && bytes.length > 0; flips -= 1)
      bytes[dice.below(bytes.length)] = dice.below(256);
    decodeFrame(bytes.subarray(0, dice.below(bytes.length + 1)));
  }
  t.pass('20,000 datagrams');
  t.end();
});
