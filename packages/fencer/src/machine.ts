/**
 * The fencer: requests in, device runs out, and a proof at the end. Nothing but a device that was
 * asked and answered "off" (or a human who vouches, or a watchdog's time) is a proof.
 */

import { earliest, type Instant, milliseconds, type NodeName, note, prng } from '@holdfast/base';
import { beginDrill, clearDrills, expireDrills, onDrillResult, runDrills } from './drill.ts';
import { withoutSecrets } from './device.ts';
import { currentDevice, isEqual, isShooting, type Job } from './job.ts';
import type { FencerConfig, FencerEffect, FencerInput, FenceOrder } from './protocol.ts';
import { type Ended, run, TOO_LATE } from './runs.ts';
import type { FencerState, Turn } from './state.ts';
import { afterStep, begin, proveNext, resume } from './steps.ts';
import { tellProgress } from './view.ts';

/** Requests one job answers. */
const IDS_MAX = 256;

export function fencer(config: FencerConfig, seed: number): FencerState {
  return { config, dice: prng(seed), jobs: new Map(), drills: [], lastCall: 0 };
}

export function step(state: FencerState, input: FencerInput, now: Instant): FencerEffect[] {
  const effects: FencerEffect[] = [];
  const turn: Turn = { state, now, effects };
  const before = new Map(state.jobs);
  take(turn, input);
  for (const job of state.jobs.values()) {
    clearDrills(turn, job);
    run(turn, job);
  }
  runDrills(turn);
  tellProgress(turn, before);
  return effects;
}

function take(turn: Turn, input: FencerInput): void {
  switch (input.kind) {
    case 'configure':
      turn.state.config = input.config;
      break;
    case 'request':
      request(turn, input.id, orderOf(input));
      break;
    case 'drill':
      beginDrill(turn, input);
      break;
    case 'device-result':
      onResult(turn, { ...input, failure: input.timedOut ? TOO_LATE : undefined });
      break;
    case 'confirm':
      confirm(turn, input.target);
      break;
    case 'withdraw':
      withdraw(turn, input.target, input.why);
      break;
    case 'tick':
      expire(turn);
      expireDrills(turn);
      break;
  }
}

function orderOf(input: FencerInput & { kind: 'request' }): FenceOrder {
  const { target, action, delayMs, device, watchdogMs } = input;
  return { target, action, delayMs, device, watchdogMs };
}

export function deadline(state: FencerState): Instant | undefined {
  const drills = state.drills.map((drill) => drill.run?.killAt);
  return earliest(...[...state.jobs.values()].map(dueOf), ...drills);
}

function dueOf({ phase }: Job): Instant | undefined {
  switch (phase.kind) {
    case 'ready':
    case 'over':
      return undefined;
    case 'delaying':
    case 'proving':
    case 'watchdog':
      return phase.until;
    case 'running':
      return phase.killAt;
  }
}

function request(turn: Turn, id: string, order: FenceOrder): void {
  const { target, action } = order;
  const job = turn.state.jobs.get(target);
  if (job === undefined) {
    begin(turn, order, [id]);
    return;
  }
  if (job.ids.length + job.later.length >= IDS_MAX) {
    const reason = `${IDS_MAX} requests to fence ${target} are waiting already`;
    const failed = { ids: [id], target, action, reason, isHopeless: false };
    turn.effects.push({ kind: 'fence-failed', ...failed });
  } else if (job.ids.length > 0 && isEqual(job.order, order)) {
    job.ids.push(id);
    job.askedAt.set(id, turn.now);
    job.recalled = undefined;
  } else {
    job.later.push({ id, order });
    if (isOnlySwitchingOn(job) && order.action !== 'on') leaveOff(turn, job);
  }
}

/** The proof was given; what is left is a courtesy. */
function isOnlySwitchingOn(job: Job): boolean {
  return job.action === 'reboot' && job.ids.length === 0;
}

/** An "on" that hangs must not hold up the next shot: in a cut, the later one loses. */
function leaveOff(turn: Turn, job: Job): void {
  if (job.phase.kind === 'running')
    turn.effects.push({ kind: 'kill-device', call: job.phase.call });
  job.phase = { kind: 'over' };
  goOn(turn, job);
}

/** A result of a call that was given up is no news. */
function onResult(turn: Turn, ended: Ended): void {
  if (onDrillResult(turn, ended)) return;
  for (const job of turn.state.jobs.values()) {
    if (job.phase.kind === 'running' && job.phase.call === ended.call) {
      const output = withoutSecrets(ended.output, currentDevice(job));
      afterStep(turn, job, { ...ended, output, step: job.phase.step });
      return;
    }
  }
}

/** A human's word is proof enough for every request to get the target off. */
function confirm(turn: Turn, target: NodeName): void {
  const job = turn.state.jobs.get(target);
  if (job === undefined) return;
  const startedAt = job.startedAt;
  for (const action of ['reboot', 'off'] as const) {
    const ids = takeRequests(turn, job, action);
    if (ids.length === 0) continue;
    const tookMs = milliseconds(turn.now - startedAt);
    turn.effects.push({ kind: 'fenced', ids, target, action, devices: [], tookMs, by: 'human' });
  }
  goOn(turn, job);
}

/**
 * Nobody wants the target fenced any more. What has not reached a device ends here; a device that was
 * sent the command cannot be called back: its answer is awaited, and no other device is asked.
 */
function withdraw(turn: Turn, target: NodeName, why: string): void {
  const job = turn.state.jobs.get(target);
  if (job === undefined) return;
  if (isShooting(job) && job.touched.length > 0) {
    job.recalled = why;
    endLater(turn, job, why);
    if (job.phase.kind === 'ready' || job.phase.kind === 'delaying') askOnce(job);
    return;
  }
  const ids = (['reboot', 'off'] as const).flatMap((each) => takeRequests(turn, job, each));
  if (ids.length > 0) {
    const text = `${target} is no longer to be fenced: ${why}`;
    turn.effects.push(note('notice', 'fence-withdrawn', text));
    turn.effects.push({ kind: 'fence-withdrawn', ids, target, why });
  }
  goOn(turn, job);
}

/** Between two steps: the device that was touched last tells whether the target is off. */
function askOnce(job: Job): void {
  const last = job.touched.at(-1);
  const index = (job.levels[job.level] ?? []).findIndex((device) => device === last);
  if (index >= 0) job.device = index;
  job.phase = { kind: 'ready', step: 'status' };
}

function endLater(turn: Turn, job: Job, why: string): void {
  const ids = job.later.filter(({ order }) => order.action !== 'on').map(({ id }) => id);
  job.later = job.later.filter(({ order }) => order.action === 'on');
  if (ids.length > 0) turn.effects.push({ kind: 'fence-withdrawn', ids, target: job.target, why });
}

/** Takes the unanswered requests for `action` out of the target's job; a run for them is killed. */
function takeRequests(turn: Turn, job: Job, action: FenceOrder['action']): readonly string[] {
  const taken = job.later.filter(({ order }) => order.action === action).map(({ id }) => id);
  job.later = job.later.filter(({ order }) => order.action !== action);
  if (job.action !== action || job.ids.length === 0) return taken;
  const ids = [...job.ids, ...taken];
  job.ids = [];
  if (job.phase.kind === 'running') {
    turn.effects.push({ kind: 'kill-device', call: job.phase.call });
  }
  job.phase = { kind: 'over' };
  return ids;
}

/** Where the job was taken all its requests, what else was asked of the target comes next. */
function goOn(turn: Turn, job: Job): void {
  if (job.phase.kind !== 'over') return;
  turn.state.jobs.delete(job.target);
  resume(turn, job.later);
}

function expire(turn: Turn): void {
  for (const job of [...turn.state.jobs.values()]) {
    const { phase } = job;
    const due = dueOf(job);
    if (due === undefined || due > turn.now) continue;
    switch (phase.kind) {
      case 'delaying':
        job.phase = { kind: 'ready', step: 'off' };
        break;
      case 'proving':
        job.phase = { kind: 'ready', step: 'status' };
        break;
      case 'watchdog':
        proveNext(turn, job, 'watchdog');
        break;
      case 'running': {
        const { call, step: run } = phase;
        turn.effects.push({ kind: 'kill-device', call });
        afterStep(turn, job, { call, code: 1, output: '', failure: TOO_LATE, step: run });
        break;
      }
      case 'ready':
      case 'over':
        break;
    }
  }
}
