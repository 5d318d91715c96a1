/**
 * A ring of 32 nodes after any single cut: it forms anew without whom it must, works while the cut
 * lasts, and takes everybody back when it is mended.
 */
import t from 'tap';
import { type NodeId, nodeId } from '@holdfast/base';
import { type RingWorld, ringWorld } from '#src/ring/world.js';

const NODES = 32;
const TOKEN_MS = 400;
const CONSENSUS_MS = 1.2 * TOKEN_MS;
/** A node with which no ring formed is heeded again after 30 s, and the attempt takes its time. */
const BACK_MS_MAX = 30_000 + 4 * CONSENSUS_MS;

function formed(): RingWorld {
  const shape = {
    nodes: NODES,
    tokenMs: TOKEN_MS,
    windowSize: 128,
    maxMessages: 48,
    failRecvConst: 2500,
    messageBytes: 1300,
  };
  const w = ringWorld({ seed: 5, shape, plant: {}, tell: () => undefined });
  for (const id of w.ids) w.node(id).boot();
  return w;
}

function run(w: RingWorld, ms: number): void {
  const until = w.agenda.now() + ms;
  while (w.agenda.next(until));
}

/** Members of the ring that each node works on; 0 where it looks for members. */
function sizes(w: RingWorld): readonly number[] {
  return w.ids.map((id) => {
    const life = w.node(id).life;
    if (life?.state.phase.kind !== 'operational') return 0;
    return w.order.ringOf(life)?.members.length ?? 0;
  });
}

function isWhole(w: RingWorld): boolean {
  return sizes(w).every((size) => size === NODES);
}

/** How long until it is so, in ms; undefined where it is not within `limitMs`. */
function timeUntil(w: RingWorld, limitMs: number, isSo: () => boolean): number | undefined {
  const began = w.agenda.now();
  while (w.agenda.now() < began + limitMs) {
    if (isSo()) return w.agenda.now() - began;
    run(w, 20);
  }
  return undefined;
}

function others(w: RingWorld, side: readonly number[]): readonly NodeId[] {
  return w.ids.filter((id) => !side.includes(id));
}

void t.test('32 nodes form a ring, lose a part of it, and take it back', (t) => {
  const w = formed();
  const formation = timeUntil(w, 2000, () => isWhole(w));
  t.ok(formation !== undefined, `formed after ${formation ?? 'never'} ms`);
  for (const part of [
    [1],
    [7],
    [32],
    [1, 2, 3, 4, 5, 6, 7, 8],
    w.ids.filter((id) => id % 2 === 0),
  ]) {
    const side = part.map((id) => nodeId(id));
    w.network.part([side, others(w, side)]);
    const isSplit = (): boolean =>
      sizes(w).every(
        (size, at) => size === (side.includes(nodeId(at + 1)) ? side.length : NODES - side.length),
      );
    const split = timeUntil(w, TOKEN_MS + CONSENSUS_MS + 1000, isSplit);
    t.ok(split !== undefined, `${side.join()} cut off: two rings after ${split ?? 'never'} ms`);
    w.network.mend();
    const back = timeUntil(w, 1500, () => isWhole(w));
    t.ok(back !== undefined, `${side.join()} back after ${back ?? 'never'} ms`);
  }
  t.same(w.broken, [], 'no promise broken');
  t.end();
});

void t.test('one cable between two members, both ways or one: nearly all go on working', (t) => {
  for (const [from, to, isOneWay] of [
    [5, 6, false],
    [32, 1, false],
    [5, 6, true],
    [6, 5, true],
    [9, 20, false],
  ] as const) {
    const name = `${from} ${isOneWay ? 'to' : 'and'} ${to}`;
    const w = formed();
    run(w, 1000);
    w.network.cut(nodeId(from), nodeId(to));
    if (!isOneWay) w.network.cut(nodeId(to), nodeId(from));
    run(w, 20_000);
    let looks = 0;
    let working = 0;
    for (let look = 0; look < 400; look += 1) {
      run(w, 100);
      looks += 1;
      if (sizes(w).filter((size) => size >= NODES - 2).length >= NODES - 2) working += 1;
    }
    t.ok(
      working / looks > 0.9,
      `${name} cut: a ring of nearly all in ${((100 * working) / looks).toFixed(0)} % of the time`,
    );
    w.network.mend();
    const back = timeUntil(w, BACK_MS_MAX, () => isWhole(w));
    t.ok(back !== undefined, `${name} mended: one ring after ${back ?? 'never'} ms`);
    t.same(w.broken, [], 'no promise broken');
  }
  t.end();
});

void t.test(
  'a node that nobody hears, or that hears nobody, keeps nobody else from working',
  (t) => {
    for (const isMute of [true, false]) {
      const w = formed();
      run(w, 1000);
      const nine = nodeId(9);
      for (const id of others(w, [9])) w.network.cut(isMute ? nine : id, isMute ? id : nine);
      run(w, 20_000);
      let working = 0;
      for (let look = 0; look < 400; look += 1) {
        run(w, 100);
        if (sizes(w).filter((size) => size === NODES - 1).length === NODES - 1) working += 1;
      }
      t.ok(
        working > 360,
        `${isMute ? 'mute' : 'deaf'} node: the others work in ${working / 4} % of the time`,
      );
      w.network.mend();
      const back = timeUntil(w, BACK_MS_MAX, () => isWhole(w));
      t.ok(back !== undefined, `one ring ${back ?? 'never'} ms after it was mended`);
      t.same(w.broken, [], 'no promise broken');
    }
    t.end();
  },
);
