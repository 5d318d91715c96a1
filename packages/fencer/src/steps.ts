/** One target's way from the request to the proof, step by step; see job.ts for the map. */
import { after, instant, milliseconds, note } from '@holdfast/base';
import { delayBefore, triesOf } from './device.ts';
import { asksStatusInstead, isListedIn, knows } from './host-check.ts';
import { currentDevice, isEqual, type Job, type Later, newJob, type Step } from './job.ts';
import { isWatchdog, planFor } from './plan.ts';
import type { FenceDevice, FenceOrder, ProvenBy } from './protocol.ts';
import type { Ended } from './runs.ts';
import type { Turn } from './state.ts';
import { switchOnNext } from './switching-on.ts';

/** Targets at once; a cluster has fewer nodes. */
const JOBS_MAX = 64;

/** How long a status that is still "on" may take to become "off" before the next try. */
const PROVE_PAUSES_MS = [1000, 2000] as const;

export function begin(turn: Turn, order: FenceOrder, ids: string[]): void {
  const { target, action } = order;
  const levels = planFor(turn.state.config, order);
  const isFull = turn.state.jobs.size >= JOBS_MAX;
  if (levels.length === 0 || isFull) {
    const reason = isFull ? 'too many nodes are being fenced at once' : hopeless(order);
    turn.effects.push({
      kind: 'fence-failed',
      ids,
      target,
      action,
      reason,
      isHopeless: !isFull,
    });
    return;
  }
  const job = newJob(order, ids, { levels, startedAt: turn.now });
  turn.state.jobs.set(target, job);
  approach(turn, job);
}

function hopeless({ target, device }: FenceOrder): string {
  return device === undefined
    ? `no fence device can fence ${target}`
    : `there is no fence device ${device}`;
}

/** Turns to the current device: asks whether it knows the target, where that is not known. */
function approach(turn: Turn, job: Job): void {
  const device = currentDevice(job);
  if (device === undefined) return;
  job.tries = 0;
  job.triesEnd = undefined;
  const isNamed = turn.state.config.levels.some(({ target }) => target === job.target);
  const knowledge = isNamed || isWatchdog(device) ? 'yes' : knows(device, job.target);
  if (knowledge === 'list') job.phase = { kind: 'ready', step: 'list' };
  else if (knowledge === 'status') job.phase = { kind: 'ready', step: 'check' };
  else aim(turn, job, device);
}

/** The device is the one: waits out its delay, then switches. */
function aim(turn: Turn, job: Job, device: FenceDevice): void {
  job.isKnown = true;
  if (job.recalled !== undefined) {
    withdrawn(turn, job);
    return;
  }
  if (job.action === 'on') {
    job.phase = { kind: 'ready', step: 'on' };
    return;
  }
  const waitMs = delayOf(turn, job, device);
  if (isWatchdog(device)) {
    waitForWatchdog(turn, job, waitMs);
    return;
  }
  if (waitMs === 0) {
    job.phase = { kind: 'ready', step: 'off' };
    return;
  }
  job.phase = { kind: 'delaying', until: after(turn.now, milliseconds(waitMs)) };
  turn.effects.push(
    note('notice', 'fence-delay', `${device.id} waits ${waitMs} ms before it fences ${job.target}`),
  );
}

/** The device's own delay, and once the request's. */
function delayOf(turn: Turn, job: Job, device: FenceDevice): number {
  const { waitMs, isCapped } = delayBefore(device, job.target, turn.state.dice);
  if (isCapped) {
    const text = `${device.id}: pcmk_delay_base is longer than pcmk_delay_max, which counts`;
    turn.effects.push(note('warning', 'fence-delay-capped', text));
  }
  const own = job.hasWaited ? 0 : (job.order.delayMs ?? 0);
  job.hasWaited = true;
  return waitMs + own;
}

function waitForWatchdog(turn: Turn, job: Job, delayMs: number): void {
  const { watchdogMs } = job.order;
  if (watchdogMs === undefined) {
    giveUpDevice(turn, job, `${job.target} is not known to have an armed watchdog`);
    return;
  }
  job.phase = { kind: 'watchdog', until: after(turn.now, milliseconds(watchdogMs + delayMs)) };
}

export function afterStep(turn: Turn, job: Job, ended: Ended & { readonly step: Step }): void {
  const failure = ended.failure ?? failureOf(ended);
  switch (ended.step) {
    case 'list':
    case 'check':
      afterAsking(turn, job, ended);
      return;
    case 'off':
      job.polls = 0;
      if (failure === undefined) job.phase = { kind: 'ready', step: 'status' };
      else tryAgain(turn, job, failure);
      return;
    case 'status':
      if (failure === undefined) proveNext(turn, job, 'device');
      else if (ended.failure === undefined && ended.code === 0) askAgain(turn, job, failure);
      else tryAgain(turn, job, failure);
      return;
    case 'on':
      if (failure !== undefined && job.action === 'on') tryAgain(turn, job, failure);
      else afterOn(turn, job, failure);
      return;
  }
}

/** A device that has no list may still be asked by status; one that does not know it is passed by. */
function afterAsking(turn: Turn, job: Job, ended: Ended & { readonly step: Step }): void {
  const device = currentDevice(job);
  if (device === undefined) return;
  const hasAnswered = ended.failure === undefined;
  if (ended.step === 'list') {
    const isList = hasAnswered && ended.code === 0;
    if (isList && isListedIn(ended.output, device, job.target)) aim(turn, job, device);
    else if (!isList && asksStatusInstead(device)) job.phase = { kind: 'ready', step: 'check' };
    else giveUpDevice(turn, job, isList ? '' : `its list cannot be read: ${why(ended)}`);
    return;
  }
  if (hasAnswered && (ended.code === 0 || ended.code === 2)) aim(turn, job, device);
  else giveUpDevice(turn, job, `it does not know ${job.target}: ${why(ended)}`);
}

/** The exit and the last line of what a device said. */
function why({ failure, code, output }: Ended): string {
  const words = output.trim().split('\n').at(-1) ?? '';
  return failure ?? `exit code ${code}${words === '' ? '' : ` (${words})`}`;
}

/** What a fence agent's exit means: 0 done (status: on), 2 off (status), anything else failed. */
export function failureOf(ended: Ended & { readonly step: Step }): string | undefined {
  const said = why({ ...ended, failure: undefined });
  if (ended.step !== 'status') return ended.code === 0 ? undefined : `it failed with ${said}`;
  if (ended.code === 2) return undefined;
  if (ended.code === 0) return 'the device says it is off, but its status is still on';
  return `its status cannot be read: ${said}`;
}

/** Relays take their time: the status is asked again before the next off. */
function askAgain(turn: Turn, job: Job, failure: string): void {
  const pause = PROVE_PAUSES_MS[job.polls];
  if (pause === undefined) {
    tryAgain(turn, job, failure);
    return;
  }
  job.polls += 1;
  job.lastFailure = `${currentDevice(job)?.id ?? ''}: ${failure}`;
  job.phase = { kind: 'proving', until: after(turn.now, milliseconds(pause)) };
}

function tryAgain(turn: Turn, job: Job, failure: string): void {
  const device = currentDevice(job);
  if (device === undefined) return;
  const again = job.action === 'on' ? 'on' : 'off';
  const isInTime = job.triesEnd === undefined || job.triesEnd > turn.now;
  if (job.recalled === undefined && job.tries < triesOf(device, again) && isInTime) {
    job.lastFailure = `${device.id}: ${failure}`;
    job.phase = { kind: 'ready', step: again };
    return;
  }
  giveUpDevice(turn, job, failure);
}

/** The next level's turn, or the end. An empty failure: the device has nothing to do with it. */
function giveUpDevice(turn: Turn, job: Job, failure: string): void {
  const device = currentDevice(job);
  if (failure !== '') job.lastFailure = `${device?.id ?? ''}: ${failure}`;
  if (job.recalled !== undefined) {
    withdrawn(turn, job);
    return;
  }
  job.level += 1;
  job.device = 0;
  const next = currentDevice(job);
  if (next !== undefined) {
    if (failure !== '') {
      const text = `${job.lastFailure}; ${job.target} is fenced by ${next.id} next`;
      turn.effects.push(note('warning', 'fence-level', text));
    }
    approach(turn, job);
    return;
  }
  const { ids, target, action } = job;
  const reason = job.lastFailure === '' ? hopeless(job.order) : job.lastFailure;
  const isHopeless = !job.isKnown;
  turn.effects.push({ kind: 'fence-failed', ids, target, action, reason, isHopeless });
  finish(turn, job);
}

/** One device is proven off: the next of the level, or all are and the target is fenced. */
export function proveNext(turn: Turn, job: Job, by: ProvenBy): void {
  job.device += 1;
  const next = currentDevice(job);
  if (next !== undefined) {
    if (job.recalled !== undefined) withdrawn(turn, job);
    else if (job.isReproving) job.phase = { kind: 'ready', step: 'status' };
    else approach(turn, job);
    return;
  }
  job.recalled = undefined;
  const late = lateRequests(job, by);
  job.ids = job.ids.filter((id) => !late.includes(id));
  if (job.ids.length > 0) fenced(turn, job, by);
  if (late.length > 0) {
    if (by === 'watchdog') waitAgain(turn, job, late);
    else proveAgain(job, late);
    return;
  }
  if (job.action === 'off' || by === 'watchdog') finish(turn, job);
  else switchOnNext(turn, job, finish);
}

/**
 * Requests that came after a device was asked: the target may have lived again between its "off" and
 * the order, so that what it said is no proof for them.
 */
function lateRequests({ ids, askedAt, provingSince, startedAt }: Job, by: ProvenBy): string[] {
  const since = by === 'watchdog' ? startedAt : provingSince;
  return ids.filter((id) => (askedAt.get(id) ?? startedAt) > (since ?? startedAt));
}

/** All devices of the level are asked once more; nothing is switched while they all say "off". */
function proveAgain(job: Job, late: string[]): void {
  job.ids = late;
  job.device = 0;
  job.tries = 0;
  job.polls = 0;
  job.triesEnd = undefined;
  job.provingSince = undefined;
  job.isReproving = true;
  job.phase = { kind: 'ready', step: 'status' };
}

/** Its watchdog has the whole time once more, from the last of these requests on. */
function waitAgain(turn: Turn, job: Job, late: string[]): void {
  const asked = late.map((id) => job.askedAt.get(id) ?? turn.now);
  const last = instant(Math.max(...asked));
  job.ids = late;
  job.device = 0;
  job.askedAt.clear();
  job.phase = { kind: 'watchdog', until: after(last, job.order.watchdogMs ?? milliseconds(0)) };
}

/** A recalled order ends: what it has switched off is switched on again. */
function withdrawn(turn: Turn, job: Job): void {
  const { ids, target, recalled = '' } = job;
  turn.effects.push({ kind: 'fence-withdrawn', ids, target, why: recalled });
  job.ids = [];
  job.recalled = undefined;
  job.device = -1;
  if (job.action === 'reboot') switchOnNext(turn, job, finish);
  else finish(turn, job);
}

/** After the proof, an "on" that fails changes nothing: it is told, and the next device's turn. */
function afterOn(turn: Turn, job: Job, failure: string | undefined): void {
  if (failure !== undefined) {
    const device = currentDevice(job)?.id ?? '';
    const text = `${device} could not switch ${job.target} on again: ${failure}`;
    turn.effects.push(note('warning', 'power-on-failed', text));
  }
  switchOnNext(turn, job, finish);
}

export function fenced(turn: Turn, job: Job, by: ProvenBy): void {
  const { ids, target, action } = job;
  const devices = by === 'human' ? [] : (job.levels[job.level] ?? []).map(({ id }) => id);
  const tookMs = milliseconds(turn.now - job.startedAt);
  turn.effects.push({ kind: 'fenced', ids, target, action, devices, tookMs, by });
  job.ids = [];
  job.device = -1;
}

/** The job is over; requests that came after its answer get one of their own. */
export function finish(turn: Turn, job: Job): void {
  turn.state.jobs.delete(job.target);
  resume(turn, job.later);
}

/** Equal requests become one job; those that differ wait for it, in the order they came. */
export function resume(turn: Turn, later: readonly Later[]): void {
  const [first] = later;
  if (first === undefined) return;
  const equal = later.filter(({ order }) => isEqual(order, first.order));
  const rest = later.filter(({ order }) => !isEqual(order, first.order));
  const ids = equal.map(({ id }) => id);
  begin(turn, first.order, ids);
  const job = turn.state.jobs.get(first.order.target);
  if (job === undefined) resume(turn, rest);
  else job.later.push(...rest);
}
