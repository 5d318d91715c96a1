/**
 * Runs operations on resources: one at a time for each resource, in the order they came.
 *
 *   execute ──> queue ──run──> alive ──exited──> report ──(recurring)──> due at now + interval
 *                                └──timeout, cancel──> kill + report ──> dying ──exited──> free
 *
 * The machine decides; a driver runs the processes. It reads no clock: `step` is told the time, and
 * `deadline` says when to call again.
 */
import {
  after,
  callId,
  earliest,
  formatDuration,
  type Instant,
  milliseconds,
  note,
} from '@holdfast/base';
import { accept, cancel, killRunning } from './accept.ts';
import { type ExecutorState, forgetEmptyLanes, isSameAgent, isSameKey, type Lane } from './lane.ts';
import type { ExecutorEffect, ExecutorInput, Operation, OpResult } from './protocol.ts';
import { timedOut } from './results.ts';

/** Exit codes that say the resource runs: ok, promoted, and both degraded (C0.1). */
const RUNS: ReadonlySet<number> = new Set([0, 8, 190, 191]);

const SHOWS_PARAMETERS: ReadonlySet<string> = new Set([
  'start',
  'monitor',
  'reload',
  'reload-agent',
]);

export function executor(): ExecutorState {
  return { lanes: new Map(), lastCall: 0, wallOffsetMs: undefined };
}

/** Takes one input at `now`, and answers with what the world must do, in order. */
export function step(state: ExecutorState, input: ExecutorInput, now: Instant): ExecutorEffect[] {
  const effects = take(state, input, now);
  for (const lane of state.lanes.values()) effects.push(...startNext(state, lane, now));
  forgetEmptyLanes(state);
  return effects;
}

/** When `step` must be called with a tick, if nothing happens before; undefined: never. */
export function deadline(state: ExecutorState): Instant | undefined {
  let soonest: Instant | undefined;
  for (const { queue, running, recurring } of state.lanes.values()) {
    const due = recurring.map(({ phase }) => (phase.kind === 'idle' ? phase.dueAt : undefined));
    soonest = earliest(soonest, ...due);
    if (running === undefined) soonest = earliest(soonest, queue[0]?.notBefore);
    if (running?.kind === 'alive') soonest = earliest(soonest, running.killAt);
    if (running?.kind === 'dying') soonest = earliest(soonest, running.overdueAt);
  }
  return soonest;
}

function take(state: ExecutorState, input: ExecutorInput, now: Instant): ExecutorEffect[] {
  switch (input.kind) {
    case 'execute':
      return accept(state, input.op, now);
    case 'cancel':
      return cancel(state, input, now);
    case 'exited':
      return exited(state, input, now);
    case 'tick':
      return [...state.lanes.values()].flatMap((lane) => expire(state, lane, now));
  }
}

function startNext(state: ExecutorState, lane: Lane, now: Instant): ExecutorEffect[] {
  const head = lane.queue[0];
  if (lane.running !== undefined || head === undefined || head.notBefore > now) return [];
  lane.queue.shift();
  state.lastCall += 1;
  const call = callId(state.lastCall);
  const { op } = head;
  lane.running = {
    kind: 'alive',
    call,
    op,
    startedAt: now,
    queueMs: milliseconds(now - head.notBefore),
    killAt: op.timeoutMs > 0 ? after(now, op.timeoutMs) : undefined,
  };
  const recurring = lane.recurring.find((each) => isSameKey(each.op, op));
  if (recurring !== undefined) recurring.phase = { kind: 'running' };
  return [{ kind: 'run', call, op: withOldParameters(lane, op) }];
}

/** C1.1.5: what was started with an old address is stopped with it, whatever is configured now. */
function withOldParameters(lane: Lane, op: Operation): Operation {
  const { startedWith } = lane;
  if (op.task !== 'stop' || startedWith === undefined || !isSameAgent(startedWith, op)) return op;
  const isMeta = ([name]: [string, string]): boolean => name.startsWith('CRM_meta_');
  const old = Object.entries(startedWith.parameters).filter((entry) => !isMeta(entry));
  const meta = Object.entries(op.parameters).filter(isMeta);
  return { ...op, parameters: Object.fromEntries([...old, ...meta]) };
}

/** The exit of a call that was killed is no news to anybody, but frees its lane. */
function exited(
  state: ExecutorState,
  { call, result }: ExecutorInput & { kind: 'exited' },
  now: Instant,
): ExecutorEffect[] {
  for (const lane of state.lanes.values()) {
    const { running } = lane;
    if (running?.call !== call) continue;
    lane.running = undefined;
    rearm(lane, running.op, now);
    if (running.kind === 'dying') return [];
    if (result.startedAt > 0) state.wallOffsetMs = result.startedAt - running.startedAt;
    remember(lane, running.op, result);
    return report(lane, running, result);
  }
  return [];
}

/** C2.1.1: again one interval after the end, whatever the end was. */
function rearm(lane: Lane, op: Operation, now: Instant): void {
  const recurring = lane.recurring.find((each) => isSameKey(each.op, op));
  if (recurring?.phase.kind !== 'running') return;
  recurring.phase = { kind: 'idle', dueAt: after(now, op.intervalMs) };
}

function remember(lane: Lane, op: Operation, { rc, status }: OpResult): void {
  if (op.intervalMs > 0 || status !== 'done') return;
  if (SHOWS_PARAMETERS.has(op.task) && RUNS.has(rc)) lane.startedWith = op;
  if (op.task === 'stop' && rc === 0) lane.startedWith = undefined;
}

/** C2.2.1: one-offs always; recurring ones first, and then only where rc or status changed. */
function report(
  lane: Lane,
  { call, op, queueMs }: Extract<Lane['running'], { kind: 'alive' }>,
  result: OpResult,
): ExecutorEffect[] {
  const recurring =
    op.intervalMs > 0 ? lane.recurring.find((each) => isSameKey(each.op, op)) : undefined;
  if (recurring !== undefined) {
    const said = `${result.rc} ${result.status}`;
    if (recurring.lastReport === said) return [];
    recurring.lastReport = said;
  }
  return [{ kind: 'report', call, op, result, queueMs }];
}

function expire(state: ExecutorState, lane: Lane, now: Instant): ExecutorEffect[] {
  for (const recurring of lane.recurring) {
    if (recurring.phase.kind !== 'idle' || recurring.phase.dueAt > now) continue;
    lane.queue.push({ op: recurring.op, notBefore: recurring.phase.dueAt });
    recurring.phase = { kind: 'queued' };
  }
  const { running } = lane;
  if (running?.kind === 'alive' && running.killAt !== undefined && running.killAt <= now) {
    const { op, startedAt } = running;
    const effects = killRunning(lane, op, now);
    const text = `${op.task} of ${op.resource} did not finish within ${formatDuration(op.timeoutMs)}`;
    effects.push(note('warning', 'operation-timed-out', text));
    effects.push(...report(lane, running, timedOut(state, op, startedAt, now)));
    return effects;
  }
  if (running?.kind === 'dying' && running.overdueAt !== undefined && running.overdueAt <= now) {
    const { op } = running;
    lane.running = { ...running, overdueAt: undefined };
    const text = `${op.task} of ${op.resource} was killed and is still there; nothing else runs on ${op.resource} until it is gone`;
    return [note('error', 'will-not-die', text)];
  }
  return [];
}
