/** Ours beside Corosync's, in one run on one kind of network, turn by turn, so that a busy host is fair to both. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster, ClusterChoice } from './cluster.ts';
import { type Client, startCorosync } from './corosync.ts';
import { startHoldfast } from './holdfast.ts';
import { latencyRows, type Pair, type Row, throughputRow } from './judge.ts';
import { flood, latencyOf, median, ping, settle } from './measure.ts';
import { namespaces, type Network } from './network.ts';

export const SIZES = [64, 512, 1400, 8000, 64_000];
const NODES = 2;

export type Effort = {
  /** Turns of each, of which the median counts. */
  readonly turns: number;
  readonly forMs: number;
};

export type Comparison = {
  readonly isSealed: boolean;
  readonly rows: readonly Row[];
  readonly formedMs: Pair<number>;
  readonly memoryKb: Pair<number>;
};

/** Two nodes in namespaces, plain or sealed: throughput of one sender at every size, latency when idle. */
export async function compare(
  isSealed: boolean,
  client: Client,
  effort: Effort,
): Promise<Comparison> {
  const networks = [namespaces(NODES), namespaces(NODES)] as const;
  const clusters: Cluster[] = [];
  try {
    const choice = { nodes: NODES, isSealed, transport: 'knet' } as const;
    const pair = await startPair(networks, choice, client, clusters);
    await warm(pair, effort);
    const rows: Row[] = [...(await latencies(pair, isSealed, effort))];
    for (const size of SIZES) rows.push(await throughput(pair, isSealed, size, effort));
    const formedMs = { ours: pair.ours.formedMs, theirs: pair.theirs.formedMs };
    const memoryKb = { ours: pair.ours.memoryKb(), theirs: pair.theirs.memoryKb() };
    return { isSealed, rows, formedMs, memoryKb };
  } finally {
    for (const cluster of clusters) await cluster.close();
    for (const network of networks) network.close();
  }
}

async function startPair(
  [one, two]: readonly [Network, Network],
  choice: ClusterChoice,
  client: Client,
  clusters: Cluster[],
): Promise<Pair<Cluster>> {
  const ours = await startHoldfast(one, choice);
  clusters.push(ours);
  const theirs = await startCorosync(two, choice, client);
  clusters.push(theirs);
  return { ours, theirs };
}

/** Both run once for nothing: code is compiled, priorities are given, buffers have grown. */
async function warm({ ours, theirs }: Pair<Cluster>, { forMs }: Effort): Promise<void> {
  await settle();
  for (const cluster of [ours, theirs]) {
    await flood(cluster, { nodes: NODES, size: 1400, forMs }, 'one');
    await ping(cluster, { nodes: NODES, size: 64, forMs: 2 * forMs }, false);
  }
}

async function latencies(
  { ours, theirs }: Pair<Cluster>,
  isSealed: boolean,
  { turns, forMs }: Effort,
): Promise<readonly Row[]> {
  const what = { nodes: NODES, size: 64, forMs: 2 * forMs };
  const all = { ours: [] as Latencies[], theirs: [] as Latencies[] };
  for (let turn = 0; turn < turns; turn += 1) {
    all.ours.push(summed(await ping(ours, what, false)));
    all.theirs.push(summed(await ping(theirs, what, false)));
  }
  return (['sender', 'receiver'] as const).flatMap((where) =>
    latencyRows(where, isSealed, {
      ours: middle(all.ours.map((each) => each[where])),
      theirs: middle(all.theirs.map((each) => each[where])),
    }),
  );
}

type Latencies = Record<'sender' | 'receiver', ReturnType<typeof latencyOf>>;

function summed(pings: Awaited<ReturnType<typeof ping>>): Latencies {
  return { sender: latencyOf(pings.sender), receiver: latencyOf(pings.receiver) };
}

function middle(all: readonly ReturnType<typeof latencyOf>[]): ReturnType<typeof latencyOf> {
  return {
    p50: median(all.map(({ p50 }) => p50)),
    p99: median(all.map(({ p99 }) => p99)),
    p999: median(all.map(({ p999 }) => p999)),
  };
}

async function throughput(
  { ours, theirs }: Pair<Cluster>,
  isSealed: boolean,
  size: number,
  { turns, forMs }: Effort,
): Promise<Row> {
  const rates = { ours: [] as number[], theirs: [] as number[] };
  for (let turn = 0; turn < turns; turn += 1) {
    rates.ours.push(await flood(ours, { nodes: NODES, size, forMs }, 'one'));
    await sleep(100);
    rates.theirs.push(await flood(theirs, { nodes: NODES, size, forMs }, 'one'));
    await sleep(100);
  }
  const pair = { ours: median(rates.ours), theirs: median(rates.theirs) };
  return throughputRow(size, isSealed, pair);
}
