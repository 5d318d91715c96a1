/** Results the executor gives itself, where no agent could. Words for people, codes for the history. */
import { epochMs, formatDuration, type Instant, milliseconds } from '@holdfast/base';
import type { ExecutorState } from './lane.ts';
import type { Operation, OpResult } from './protocol.ts';

/** OCF: generic error. */
const RC_ERROR = 1;

/** Killed at its deadline (C1.6). */
export function timedOut(
  state: ExecutorState,
  op: Operation,
  startedAt: Instant,
  now: Instant,
): OpResult {
  return {
    rc: RC_ERROR,
    status: 'timed-out',
    reason: `the agent did not finish within ${formatDuration(op.timeoutMs)} and was killed`,
    output: '',
    startedAt: epochMs(state.wallOffsetMs === undefined ? 0 : state.wallOffsetMs + startedAt),
    execMs: milliseconds(now - startedAt),
  };
}

/** A recurring operation that will not come back. */
export function cancelled(): OpResult {
  return withoutRun(0, 'cancelled', '');
}

/** More was asked of a resource than may wait for it. */
export function refused(reason: string): OpResult {
  return withoutRun(RC_ERROR, 'error', reason);
}

function withoutRun(rc: number, status: OpResult['status'], reason: string): OpResult {
  return { rc, status, reason, output: '', startedAt: epochMs(0), execMs: milliseconds(0) };
}
