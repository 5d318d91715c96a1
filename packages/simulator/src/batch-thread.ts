/** Inside a thread of a batch: seeds in, outcomes out. */
import { performance } from 'node:perf_hooks';
import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '@holdfast/base';
import { type BatchOrder, outcomeOf } from './batch.ts';
import { simulate } from './simulate.ts';

const port = parentPort;
assert(port !== null, 'this file runs in a worker');
const { seeds, choice, isStory, isKeepGoing } = workerData as BatchOrder;

for (const seed of seeds) {
  const outcome = outcomeOf(
    simulate({ ...choice, seed }, () => performance.now()),
    isStory,
  );
  port.postMessage(outcome);
  if (outcome.violation !== undefined && !isKeepGoing) break;
}
