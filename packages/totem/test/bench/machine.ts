/**
 * How fast the machine is by itself: rings whose datagrams are handed over in memory, no sockets.
 * `node packages/totem/dist-test/bench/machine.js [seconds]` prints one line per case.
 */
import { performance } from 'node:perf_hooks';
import { instant, type NodeId, nodeId } from '@holdfast/base';
import { ring, type RingInput, type RingState, ringTimeouts, step } from '@holdfast/totem';

const SECONDS = Number(process.argv[2] ?? '1');

type Post = { readonly to: number; readonly bytes: Uint8Array };
type Bench = {
  readonly ids: readonly NodeId[];
  readonly states: readonly RingState[];
  post: Post[];
  delivered: number;
  datagrams: number;
};

function formed(count: number): Bench {
  const ids = Array.from({ length: count }, (_, index) => nodeId(index + 1));
  const timeouts = ringTimeouts({ tokenMs: 10_000, nodeCount: 2 });
  const states = ids.map((self) =>
    ring({ ...timeouts, self, nodes: ids, clusterName: 'bench' }, 0, 1, instant(0)),
  );
  const bench: Bench = { ids, states, post: [], delivered: 0, datagrams: 0 };
  ids.forEach((_, index) => {
    feed(bench, index, { kind: 'start' });
  });
  for (let hops = 0; hops < 4000; hops += 1) hop(bench);
  return bench;
}

function feed(bench: Bench, index: number, input: RingInput): void {
  const state = bench.states[index];
  if (state === undefined) return;
  for (const effect of step(state, input, instant(performance.now()))) {
    if (effect.kind === 'delivered') bench.delivered += 1;
    if (effect.kind !== 'send') continue;
    bench.ids.forEach((id, to) => {
      if (to !== index && (effect.to === 'all' || effect.to === id))
        bench.post.push({ to, bytes: effect.bytes });
    });
  }
}

/** Hands over what was sent until now. */
function hop(bench: Bench): void {
  const { post } = bench;
  bench.post = [];
  bench.datagrams += post.length;
  for (const { to, bytes } of post) feed(bench, to, { kind: 'datagram', bytes });
  if (post.length > 0) return;
  bench.states.forEach((_, index) => {
    feed(bench, index, { kind: 'tick' });
  });
}

function measure(count: number, size: number, senders: number): string {
  const bench = formed(count);
  const payload = new Uint8Array(size).fill(7);
  bench.delivered = 0;
  bench.datagrams = 0;
  let submitted = 0;
  const began = performance.now();
  const cpu = process.cpuUsage();
  const until = began + SECONDS * 1000;
  while (performance.now() < until) {
    for (let sender = 0; sender < senders; sender += 1) {
      const per = Math.max(1, Math.min(256, Math.floor(200_000 / size)));
      for (let n = 0; n < per && submitted * count - bench.delivered < 4096 * count; n += 1) {
        submitted += 1;
        feed(bench, sender, { kind: 'multicast', payload });
      }
    }
    hop(bench);
  }
  const seconds = (performance.now() - began) / 1000;
  const ordered = bench.delivered / count / seconds;
  const { user, system } = process.cpuUsage(cpu);
  const perDatagram = (user + system) / bench.datagrams;
  return `${count} nodes, ${senders} sending, ${size} B: ${Math.round(ordered)} msg/s ordered, ${((ordered * size) / 1e6).toFixed(0)} MB/s, ${Math.round(bench.datagrams / seconds)} datagrams/s, ${perDatagram.toFixed(1)} µs of CPU for each with all its messages, all nodes in one thread`;
}

for (const [count, senders] of [
  [2, 1],
  [2, 2],
  [3, 3],
] as const) {
  for (const size of [64, 512, 1400, 8000, 64_000])
    process.stdout.write(`${measure(count, size, senders)}\n`);
}
