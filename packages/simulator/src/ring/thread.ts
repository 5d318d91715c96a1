/** One thread of a batch: its share of the seeds, one verdict after another. */
import { parentPort, workerData } from 'node:worker_threads';
import { simulateRing } from './simulate.ts';

/** What a thread is told: its seeds are `from`, `from + every`, … */
export type RingShare = {
  readonly from: number;
  readonly every: number;
  readonly count: number;
  readonly nodes: number | undefined;
  readonly plant: string | undefined;
};

const { from, every, count, nodes, plant } = workerData as RingShare;
for (let index = 0; index < count; index += 1)
  parentPort?.postMessage(simulateRing({ seed: from + index * every, nodes, plant }));
