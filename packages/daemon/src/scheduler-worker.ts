/** The scheduler in a thread of its own, so that a long calculation never delays the token. */
import { Worker } from 'node:worker_threads';
import type { Note } from '@holdfast/base';
import type { Cib } from '@holdfast/cib';
import type { Graph } from '@holdfast/transition';

export type ScheduleRequest = { readonly seq: number; readonly cib: Cib; readonly wallMs: number };

export type ScheduleReply = {
  readonly seq: number;
  readonly graph: Graph;
  readonly recheckInMs: number | undefined;
  readonly notes: readonly Note[];
};

export type SchedulerWorker = {
  readonly schedule: (seq: number, cib: Cib) => void;
  readonly close: () => Promise<void>;
};

/**
 * Three semi-spaces of 4 MB, as `--max-semi-space-size=4` has it and the benchmark runs with: a fifth
 * less memory at 1000 resources, and no more CPU.
 */
const YOUNG_MB = 12;

/**
 * Starts the thread. `onReply` gets every result; `onBroken` an error that the scheduler threw, which
 * is a bug of ours and ends the daemon.
 */
export function startSchedulerWorker(
  onReply: (reply: ScheduleReply) => void,
  onBroken: (cause: unknown) => void,
): SchedulerWorker {
  const worker = new Worker(new URL('./scheduler-thread.js', import.meta.url), {
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  });
  worker.on('message', onReply);
  worker.on('error', onBroken);
  return {
    schedule: (seq, cib) => {
      const request: ScheduleRequest = { seq, cib, wallMs: Date.now() };
      worker.postMessage(request);
    },
    close: async () => {
      await worker.terminate();
    },
  };
}
