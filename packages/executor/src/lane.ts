/** What the executor knows of one resource: what waits, what runs, what recurs. */
import type { CallId, Instant, Milliseconds, ResourceId } from '@holdfast/base';
import type { Operation } from './protocol.ts';

/** An operation that has not begun. Only the head of a queue is looked at (C1.8.2). */
export type Waiting = { readonly op: Operation; readonly notBefore: Instant };

export type Running =
  | {
      readonly kind: 'alive';
      readonly call: CallId;
      readonly op: Operation;
      readonly startedAt: Instant;
      readonly queueMs: Milliseconds;
      /** Undefined: it may take as long as it likes. */
      readonly killAt: Instant | undefined;
    }
  /** Killed and reported, but not known to be gone; at `overdueAt` that is worth telling. */
  | {
      readonly kind: 'dying';
      readonly call: CallId;
      readonly op: Operation;
      readonly overdueAt: Instant | undefined;
    };

export type Phase =
  | { readonly kind: 'idle'; readonly dueAt: Instant }
  | { readonly kind: 'queued' }
  | { readonly kind: 'running' };

export type Recurring = {
  op: Operation;
  phase: Phase;
  /** rc and status as last reported; undefined: the asker has heard nothing yet. */
  lastReport: string | undefined;
};

export type Lane = {
  queue: Waiting[];
  running: Running | undefined;
  recurring: Recurring[];
  /** What the resource was last started or found running with; a stop uses it (C1.1.5). */
  startedWith: Operation | undefined;
};

/** Plain data, owned by one caller. Only `step` writes it. */
export type ExecutorState = {
  readonly lanes: Map<ResourceId, Lane>;
  lastCall: number;
  /** Wall clock minus monotonic clock, in ms, as the last result showed it. */
  wallOffsetMs: number | undefined;
};

export function laneOf(state: ExecutorState, resource: ResourceId): Lane {
  const found = state.lanes.get(resource);
  if (found !== undefined) return found;
  const created: Lane = {
    queue: [],
    running: undefined,
    recurring: [],
    startedWith: undefined,
  };
  state.lanes.set(resource, created);
  return created;
}

/** Lanes that know nothing are forgotten, so that a long life does not collect them. */
export function forgetEmptyLanes(state: ExecutorState): void {
  for (const [resource, lane] of state.lanes) {
    const { queue, running, recurring, startedWith } = lane;
    if (queue.length > 0 || recurring.length > 0) continue;
    if (running === undefined && startedWith === undefined) state.lanes.delete(resource);
  }
}

export type Key = Pick<Operation, 'task' | 'intervalMs'>;

/** Two recurring operations of one resource are the same when task and interval are (C1.8.5). */
export function isSameKey(one: Key, other: Key): boolean {
  return one.task === other.task && one.intervalMs === other.intervalMs;
}

/** Whether the agent would be asked for exactly the same. */
export function isSameWork(one: Operation, other: Operation): boolean {
  if (one.timeoutMs !== other.timeoutMs) return false;
  if (!isSameAgent(one, other)) return false;
  const names = Object.keys(one.parameters);
  if (names.length !== Object.keys(other.parameters).length) return false;
  return names.every((name) => one.parameters[name] === other.parameters[name]);
}

export function isSameAgent(one: Operation, other: Operation): boolean {
  return (
    one.agent.class === other.agent.class &&
    one.agent.provider === other.agent.provider &&
    one.agent.type === other.agent.type
  );
}
