/** A million datagrams of garbage: nothing throws, nothing grows (T9.48). */
import t from 'tap';
import { instant, nodeId, prng, type Prng } from '@holdfast/base';
import {
  decodeFrame,
  encodeFrame,
  type Message,
  ring,
  type RingInput,
  type RingState,
  ringTimeouts,
  step,
} from '@holdfast/totem';

const DATAGRAMS = 1_000_000;

const one = nodeId(1);
const two = nodeId(2);
const ringId = { representative: one, seq: 9 };
const MESSAGES: readonly Message[] = [
  {
    kind: 'mcast',
    ringId,
    seq: 3,
    originator: two,
    isEncapsulated: false,
    isSafe: true,
    payload: new Uint8Array(60).fill(3),
  },
  {
    kind: 'token',
    ringId,
    tokenSeq: 7,
    seq: 9,
    aru: 4,
    aruOwner: two,
    requests: [5, 6],
    flow: 3,
    backlog: 2,
    isRecovering: false,
  },
  {
    kind: 'join',
    sender: two,
    processors: [one, two],
    failed: [],
    ringSeq: 9,
    digest: 5,
    isLeaving: false,
  },
  {
    kind: 'commit',
    ringId,
    tokenSeq: 2,
    members: [one, two],
    info: [{ oldRingId: ringId, aru: 4, settled: 3, hasAll: true }],
  },
  { kind: 'merge', sender: two, ringId },
  { kind: 'hold-cancel', sender: two, ringId },
];

function corpus(cluster: number): readonly Uint8Array[] {
  return MESSAGES.map((message, at) =>
    encodeFrame({ header: { cluster, sender: two, incarnation: 3, count: at + 1 }, message }),
  );
}

const HEADER_BYTES = 28;
/** Where a frame has the lower half of its count. */
const COUNT_AT = 24;

/** Random bytes, or a good frame with some bits turned, cut off or doubled. */
function draw(dice: Prng, good: readonly Uint8Array[]): Uint8Array {
  const frame = good[dice.below(good.length)];
  if (frame === undefined || dice.chance(1, 3)) {
    const bytes = new Uint8Array(dice.below(200));
    for (let at = 0; at < bytes.length; at += 1) bytes[at] = dice.below(256);
    return bytes;
  }
  const bytes = Uint8Array.from(frame);
  for (let flips = dice.below(6); flips > 0; flips -= 1)
    bytes[dice.below(bytes.length)] = dice.below(256);
  return dice.chance(1, 5) ? bytes.subarray(0, dice.below(bytes.length + 1)) : bytes;
}

/** Everything in a ring that could grow. */
function sizeOf(state: RingState): number {
  const { lives, processors, failed, consensus, assembly, excluded, heard, differing } = state;
  const sets = [lives, processors, failed, consensus, assembly, excluded, heard, differing];
  const recovery = state.phase.kind === 'recovery' ? state.phase.recovery : undefined;
  const recovering =
    recovery === undefined
      ? 0
      : recovery.inner.size + recovery.queue.length + recovery.store.messages.size;
  return (
    sets.reduce((sum, each) => sum + each.size, 0) +
    state.store.messages.size +
    state.inbox.length +
    state.queue.waiting.length +
    recovering
  );
}

void t.test('a million datagrams through the decoder: no throw, no growth', (t) => {
  const dice = prng(99);
  const good = corpus(1);
  t.ok(good.every((bytes) => decodeFrame(bytes) !== undefined));
  const before = process.memoryUsage().heapUsed;
  let frames = 0;
  for (let count = 0; count < DATAGRAMS; count += 1)
    if (decodeFrame(draw(dice, good)) !== undefined) frames += 1;
  const grown = (process.memoryUsage().heapUsed - before) / 1e6;
  t.ok(frames > 1000, `${frames} of them were frames nevertheless`);
  t.ok(grown < 100, `${grown.toFixed(0)} MB more than before, garbage included`);
  t.end();
});

void t.test('two members that hear a million forged datagrams neither throw nor grow', (t) => {
  const dice = prng(7);
  const nodes = [one, two];
  const times = ringTimeouts({ tokenMs: 200, nodeCount: 2 });
  const states = nodes.map((self) =>
    ring({ ...times, self, nodes, clusterName: 'fuzz' }, 0, 1, instant(0)),
  );
  let now = instant(0);
  let post: { readonly to: number; readonly bytes: Uint8Array }[] = [];
  const feed = (index: number, input: RingInput): void => {
    const state = states[index];
    if (state === undefined) return;
    for (const effect of step(state, input, now))
      if (effect.kind === 'send') post.push({ to: 1 - index, bytes: effect.bytes });
  };
  let injected = 0;
  let most = 0;
  const phases = new Map<string, number>();
  for (const index of [0, 1]) feed(index, { kind: 'start' });
  for (let hop = 0; injected < DATAGRAMS; hop += 1) {
    now = instant(hop / 4);
    const sent = post;
    post = [];
    for (const { to, bytes } of sent) {
      for (let copies = dice.below(40); copies > 0; copies -= 1) {
        injected += 1;
        feed(to, { kind: 'datagram', bytes: forge(dice, bytes, injected) });
      }
      // The real one still counts as new, after the forged ones.
      const real = Uint8Array.from(bytes);
      new DataView(real.buffer).setUint32(COUNT_AT, 1_000_000 + injected);
      injected += 1;
      feed(to, { kind: 'datagram', bytes: real });
    }
    for (const index of [0, 1]) {
      feed(index, { kind: 'tick' });
      if (dice.chance(1, 20)) feed(index, { kind: 'multicast', payload: new Uint8Array(200) });
      const state = states[index];
      if (state === undefined) continue;
      most = Math.max(most, sizeOf(state) - (state.queue.waiting.length - state.queue.head));
      phases.set(state.phase.kind, (phases.get(state.phase.kind) ?? 0) + 1);
    }
  }
  const story = [...phases].map(([kind, steps]) => `${kind} ${steps}`).join(', ');
  t.ok(phases.size === 4, `all phases seen: ${story}`);
  t.ok(most < 4 * 384 + 16_384, `at most ${most} things kept`);
  for (const { counters } of states)
    t.ok(counters.garbage > 1000, `${counters.garbage} were garbage`);
  t.end();
});

/** A real datagram with bits turned behind its header; most count on, so that they are read. */
function forge(dice: Prng, real: Uint8Array, count: number): Uint8Array {
  const bytes = Uint8Array.from(real);
  if (!dice.chance(1, 20)) new DataView(bytes.buffer).setUint32(COUNT_AT, 1_000_000 + count);
  for (let flips = 1 + dice.below(3); flips > 0; flips -= 1) {
    const at = HEADER_BYTES + dice.below(bytes.length - HEADER_BYTES);
    bytes[at] = dice.chance(1, 2) ? (bytes[at] ?? 0) ^ (1 << dice.below(8)) : dice.below(256);
  }
  return dice.chance(1, 10) ? bytes.subarray(0, dice.below(bytes.length + 1)) : bytes;
}
