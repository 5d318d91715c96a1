/** Inside the scheduler's thread: one question in, one graph out. */
import { parentPort } from 'node:worker_threads';
import { assert, epochMs } from '@holdfast/base';
import { schedule } from '@holdfast/scheduler';
import type { ScheduleReply, ScheduleRequest } from './scheduler-worker.ts';

const port = parentPort;
assert(port !== null, 'this file runs in a worker');

port.on('message', ({ seq, cib, wallMs }: ScheduleRequest) => {
  const now = epochMs(wallMs);
  const { graph, notes, recheckAt } = schedule({ cib, now });
  const reply: ScheduleReply = {
    seq,
    graph,
    recheckInMs: recheckAt === undefined ? undefined : Math.max(0, recheckAt - now),
    notes,
  };
  port.postMessage(reply);
});
