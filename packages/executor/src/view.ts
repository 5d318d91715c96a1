/** What the executor is doing, for those who look. */
import {
  type CallId,
  type Instant,
  type Milliseconds,
  milliseconds,
  type ResourceId,
} from '@holdfast/base';
import type { ExecutorState, Lane } from './lane.ts';

export type LaneView = {
  readonly resource: ResourceId;
  readonly running: RunningView | undefined;
  /** Tasks in the order in which they will run. */
  readonly waiting: readonly string[];
  readonly recurring: readonly RecurringView[];
};

export type RunningView = {
  readonly call: CallId;
  readonly task: string;
  readonly intervalMs: Milliseconds;
  /** True after its deadline or a cancel: it is killed, and not yet known to be gone. */
  readonly isKilled: boolean;
};

export type RecurringView = {
  readonly task: string;
  readonly intervalMs: Milliseconds;
  /** Until its next run; undefined while it waits or runs. */
  readonly nextInMs: Milliseconds | undefined;
};

export function view(state: ExecutorState, now: Instant): readonly LaneView[] {
  return [...state.lanes].map(([resource, lane]) => ({
    resource,
    running: runningView(lane),
    waiting: lane.queue.map(({ op }) => op.task),
    recurring: lane.recurring.map(({ op, phase }) => ({
      task: op.task,
      intervalMs: op.intervalMs,
      nextInMs: phase.kind === 'idle' ? milliseconds(Math.max(0, phase.dueAt - now)) : undefined,
    })),
  }));
}

function runningView({ running }: Lane): RunningView | undefined {
  if (running === undefined) return undefined;
  const { call, op, kind } = running;
  return { call, task: op.task, intervalMs: op.intervalMs, isKilled: kind === 'dying' };
}
