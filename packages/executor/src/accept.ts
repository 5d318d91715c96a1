/** What is asked of the executor: operations to run, recurring ones to end. */
import {
  after,
  callId,
  type Instant,
  milliseconds,
  note,
  type ResourceId,
  unreachable,
} from '@holdfast/base';
import { isSameKey, isSameWork, type Key, type Lane, laneOf, type ExecutorState } from './lane.ts';
import type { ExecutorEffect, ExecutorInput, Operation } from './protocol.ts';
import { cancelled, refused } from './results.ts';

/** Operations one resource may have waiting, and recurring. Who asks for more has lost its mind. */
export const QUEUE_MAX = 64;
export const RECURRING_MAX = 64;

/** After SIGKILL, how long until a process that is still there is worth telling (C1.7.2). */
const GONE_WITHIN = milliseconds(5000);

const CHANGES_NOTHING: ReadonlySet<string> = new Set([
  'monitor',
  'status',
  'notify',
  'meta-data',
  'validate-all',
]);
const NEVER_RECURS: ReadonlySet<string> = new Set(['start', 'stop']);

export function accept(state: ExecutorState, asked: Operation, now: Instant): ExecutorEffect[] {
  const lane = laneOf(state, asked.resource);
  const { op, effects } = normalise(asked);
  if (lane.queue.length >= QUEUE_MAX || lane.recurring.length >= RECURRING_MAX) {
    const result = refused(`${op.resource} has too many operations waiting`);
    effects.push({ kind: 'report', call: callId(0), op, result, queueMs: milliseconds(0) });
    return effects;
  }
  if (op.intervalMs > 0) return [...effects, ...acceptRecurring(lane, op, now)];
  if (!CHANGES_NOTHING.has(op.task)) effects.push(...endAllRecurring(lane, op.task, now));
  enqueue(lane, op, now);
  return effects;
}

/** C1.1.6: a start or stop never recurs, and no timeout means the interval. */
function normalise(asked: Operation): { op: Operation; effects: ExecutorEffect[] } {
  const effects: ExecutorEffect[] = [];
  let op = asked;
  if (op.intervalMs > 0 && NEVER_RECURS.has(op.task)) {
    const text = `${op.task} of ${op.resource} was given an interval; it runs once`;
    effects.push(note('error', 'interval-ignored', text));
    op = { ...op, intervalMs: milliseconds(0) };
  }
  if (op.timeoutMs <= 0) op = { ...op, timeoutMs: op.intervalMs };
  return { op, effects };
}

function enqueue(lane: Lane, op: Operation, now: Instant): void {
  lane.queue.push({ op, notBefore: after(now, op.startDelayMs) });
}

/** C1.8.5: the same operation sent again replaces the one before it, and is reported anew. */
function acceptRecurring(lane: Lane, op: Operation, now: Instant): ExecutorEffect[] {
  const known = lane.recurring.find((each) => isSameKey(each.op, op));
  if (known === undefined) {
    lane.recurring.push({ op, phase: { kind: 'queued' }, lastReport: undefined });
    enqueue(lane, op, now);
    return [];
  }
  const before = known.op;
  known.op = op;
  known.lastReport = undefined;
  switch (known.phase.kind) {
    case 'idle':
      known.phase = { kind: 'queued' };
      enqueue(lane, op, now);
      return [];
    case 'queued':
      lane.queue = lane.queue.map((waiting) =>
        isSameKey(waiting.op, op) ? { ...waiting, op } : waiting,
      );
      return [];
    case 'running':
      if (lane.running?.kind === 'alive' && isSameWork(before, op)) {
        lane.running = { ...lane.running, op };
        return [];
      }
      known.phase = { kind: 'queued' };
      enqueue(lane, op, now);
      return killRunning(lane, op, now);
    default:
      return unreachable(known.phase);
  }
}

/** The asker wants a recurring operation ended: said exactly once, even where there was none. */
export function cancel(
  state: ExecutorState,
  input: ExecutorInput & { kind: 'cancel' },
  now: Instant,
): ExecutorEffect[] {
  const lane = laneOf(state, input.resource);
  const known = lane.recurring.find((each) => isSameKey(each.op, input));
  const call = lane.running?.call ?? callId(0);
  const effects = known === undefined ? [] : endRecurring(lane, known.op, now);
  const op = { ...(known?.op ?? nothing(input.resource, input)), userData: input.userData };
  effects.push({
    kind: 'report',
    call: effects.length > 0 ? call : callId(0),
    op,
    result: cancelled(),
    queueMs: milliseconds(0),
  });
  return effects;
}

/** Stands in reports for an operation nobody knows. */
function nothing(resource: ResourceId, key: Key): Operation {
  return {
    resource,
    agent: { class: '', provider: '', type: '' },
    task: key.task,
    intervalMs: key.intervalMs,
    timeoutMs: milliseconds(0),
    startDelayMs: milliseconds(0),
    parameters: {},
    userData: '',
  };
}

/**
 * What changes a resource ends its recurring operations first (C1.8.3, C2.3.1b). The history keeps
 * its entries, so only an asker that has heard nothing yet is told.
 */
function endAllRecurring(lane: Lane, because: string, now: Instant): ExecutorEffect[] {
  const effects: ExecutorEffect[] = [];
  for (const { op, lastReport } of [...lane.recurring]) {
    effects.push(...endRecurring(lane, op, now));
    const name = `${op.resource} ${op.task} every ${op.intervalMs} ms`;
    effects.push(note('debug', 'recurring-ended', `${name} ends before ${because}`));
    if (lastReport !== undefined) continue;
    const result = cancelled();
    effects.push({ kind: 'report', call: callId(0), op, result, queueMs: milliseconds(0) });
  }
  return effects;
}

function endRecurring(lane: Lane, key: Key, now: Instant): ExecutorEffect[] {
  lane.recurring = lane.recurring.filter((each) => !isSameKey(each.op, key));
  lane.queue = lane.queue.filter(({ op }) => !isSameKey(op, key));
  return killRunning(lane, key, now);
}

/** Kills what runs, where it is `key`. The lane is free again when it is gone, not before. */
export function killRunning(lane: Lane, key: Key, now: Instant): ExecutorEffect[] {
  const { running } = lane;
  if (running?.kind !== 'alive' || !isSameKey(running.op, key)) return [];
  const { call, op } = running;
  lane.running = { kind: 'dying', call, op, overdueAt: after(now, GONE_WITHIN) };
  return [{ kind: 'kill', call }];
}
