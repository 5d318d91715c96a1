/** Numbers out of what nodes saw. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Cluster, ordersFor } from './cluster.ts';
import type { Run, Seen } from './orders.ts';

/** Ordered messages a second: of the node that delivered the fewest. */
export function rateOf(seen: readonly Seen[]): number {
  const rates = seen.map(({ count, firstUs, lastUs }) =>
    count < 2 ? 0 : (count - 1) / ((lastUs - firstUs) / 1e6),
  );
  return Math.min(...rates);
}

/** The value below which that share of the sorted numbers lies; NaN where there are none. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

export function median(numbers: readonly number[]): number {
  return quantile(numbers, 0.5);
}

export type Latency = { readonly p50: number; readonly p99: number; readonly p999: number };

export function latencyOf(numbers: readonly number[]): Latency {
  return {
    p50: quantile(numbers, 0.5),
    p99: quantile(numbers, 0.99),
    p999: quantile(numbers, 0.999),
  };
}

export type Flood = { readonly nodes: number; readonly size: number; readonly forMs: number };

/** One node floods, or all do. */
export async function flood(
  cluster: Cluster,
  { nodes, size, forMs }: Flood,
  who: 'one' | 'all',
): Promise<number> {
  const roleOf = (id: number): Run['role'] => (who === 'all' || id === 1 ? 'flood' : 'idle');
  return rateOf(await cluster.run(ordersFor(nodes, { size, forMs }, roleOf)));
}

export type Pings = { readonly sender: readonly number[]; readonly receiver: readonly number[] };

/** Node 1 sends a small message every millisecond; under load, the last node floods meanwhile. */
export async function ping(
  cluster: Cluster,
  { nodes, size, forMs }: Flood,
  isLoaded: boolean,
): Promise<Pings> {
  const roleOf = (id: number): Run['role'] =>
    id === 1 ? 'ping' : isLoaded && id === nodes ? 'flood' : 'idle';
  const seen = await cluster.run(ordersFor(nodes, { size, forMs }, roleOf));
  const sender = seen[0]?.own ?? [];
  const receiver = seen.slice(1).flatMap(({ others }) => others);
  return { sender, receiver };
}

/** Lets what was just started come to rest, and the ring's thread get its priority. */
export function settle(): Promise<void> {
  return sleep(5000);
}
