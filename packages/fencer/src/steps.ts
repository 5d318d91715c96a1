/** One target's way from the request to the proof, step by step; see job.ts for the map. */
import {
  after,
  type CallId,
  callId,
  type Instant,
  milliseconds,
  type NodeName,
  note,
} from '@holdfast/base';
import { delayBefore, limitOf, planFor, timeoutOf, toldTo, triesOf } from './device.ts';
import { currentDevice, type Job, type Later, type Step } from './job.ts';
import type { FenceAction, FenceDevice, FencerEffect } from './protocol.ts';
import type { FencerState, Turn } from './state.ts';

/** Targets at once; a cluster has fewer nodes. */
const JOBS_MAX = 64;

export function begin(
  turn: Turn,
  what: { readonly target: NodeName; readonly action: FenceAction; readonly ids: string[] },
): void {
  const { target, action, ids } = what;
  const levels = planFor(turn.state.config, target);
  const [first] = levels[0] ?? [];
  if (first === undefined || turn.state.jobs.size >= JOBS_MAX) {
    const reason =
      first === undefined
        ? `no fence device can fence ${target}`
        : 'too many nodes are being fenced at once';
    turn.effects.push({ kind: 'fence-failed', ids, target, action, reason });
    return;
  }
  const job: Job = {
    target,
    action,
    ids,
    later: [],
    startedAt: turn.now,
    levels,
    level: 0,
    device: 0,
    tries: 0,
    lastFailure: '',
    phase: { kind: 'ready', step: 'on' },
  };
  turn.state.jobs.set(target, job);
  approach(turn, job, first);
}

/** Turns to a device: waits out its delay, then switches. */
function approach(turn: Turn, job: Job, device: FenceDevice): void {
  job.tries = 0;
  if (job.action === 'on') {
    job.phase = { kind: 'ready', step: 'on' };
    return;
  }
  const { waitMs, isCapped } = delayBefore(device, job.target, turn.state.dice);
  if (isCapped) {
    const text = `${device.id}: pcmk_delay_base is longer than pcmk_delay_max, which counts`;
    turn.effects.push(note('warning', 'fence-delay-capped', text));
  }
  if (waitMs === 0) {
    job.phase = { kind: 'ready', step: 'off' };
    return;
  }
  job.phase = { kind: 'delaying', until: after(turn.now, waitMs) };
  turn.effects.push(
    note('notice', 'fence-delay', `${device.id} waits ${waitMs} ms before it fences ${job.target}`),
  );
}

export function run(turn: Turn, job: Job): void {
  const { phase } = job;
  const device = currentDevice(job);
  if (phase.kind !== 'ready' || device === undefined || isBusy(turn.state, device)) return;
  const timeoutMs = timeoutOf(device, phase.step, turn.state.config);
  turn.state.lastCall += 1;
  const call = callId(turn.state.lastCall);
  if (phase.step !== 'status') job.tries += 1;
  job.phase = { kind: 'running', step: phase.step, call, killAt: after(turn.now, timeoutMs) };
  turn.effects.push({
    kind: 'run-device',
    call,
    run: {
      device: device.id,
      agent: device.agent,
      action: device.parameters[`pcmk_${phase.step}_action`] ?? phase.step,
      target: job.target,
      ...toldTo(device, job.target),
      timeoutMs,
    },
  });
}

function isBusy(state: FencerState, device: FenceDevice): boolean {
  const limit = limitOf(device);
  if (limit === undefined) return false;
  let running = 0;
  for (const job of state.jobs.values()) {
    if (job.phase.kind === 'running' && currentDevice(job)?.id === device.id) running += 1;
  }
  return running >= limit;
}

export type Ended = {
  readonly call: CallId;
  readonly code: number;
  readonly output: string;
  readonly failure: string | undefined;
};

/** A result of a call that was given up is no news. */
export function onResult(turn: Turn, ended: Ended): void {
  for (const job of turn.state.jobs.values()) {
    if (job.phase.kind === 'running' && job.phase.call === ended.call) {
      afterStep(turn, job, { ...ended, step: job.phase.step });
      return;
    }
  }
}

export function afterStep(turn: Turn, job: Job, ended: Ended & { readonly step: Step }): void {
  const failure = ended.failure ?? failureOf(ended);
  switch (ended.step) {
    case 'off':
      if (failure === undefined) job.phase = { kind: 'ready', step: 'status' };
      else tryAgain(turn, job, failure);
      return;
    case 'status':
      if (failure === undefined) proveNext(turn, job);
      else tryAgain(turn, job, failure);
      return;
    case 'on':
      if (failure !== undefined && job.action === 'on') tryAgain(turn, job, failure);
      else afterOn(turn, job, failure);
      return;
  }
}

/** What a fence agent's exit means: 0 done (status: on), 2 off (status), anything else failed. */
function failureOf(ended: Ended & { readonly step: Step }): string | undefined {
  const words = ended.output.trim().split('\n').at(-1) ?? '';
  const said = words === '' ? '' : ` (${words})`;
  if (ended.step !== 'status')
    return ended.code === 0 ? undefined : `it failed with exit code ${ended.code}${said}`;
  if (ended.code === 2) return undefined;
  if (ended.code === 0) return 'the device says it is off, but its status is still on';
  return `its status cannot be read: exit code ${ended.code}${said}`;
}

function tryAgain(turn: Turn, job: Job, failure: string): void {
  const device = currentDevice(job);
  if (device === undefined) return;
  job.lastFailure = `${device.id}: ${failure}`;
  const again = job.action === 'on' ? 'on' : 'off';
  if (job.tries < triesOf(device, again)) {
    job.phase = { kind: 'ready', step: again };
    return;
  }
  job.level += 1;
  job.device = 0;
  const next = currentDevice(job);
  if (next !== undefined) {
    turn.effects.push(
      note(
        'warning',
        'fence-level',
        `${job.lastFailure}; ${job.target} is fenced by ${next.id} next`,
      ),
    );
    approach(turn, job, next);
    return;
  }
  turn.effects.push({
    kind: 'fence-failed',
    ids: job.ids,
    target: job.target,
    action: job.action,
    reason: job.lastFailure,
  });
  finish(turn, job);
}

/** One device is proven off: the next of the level, or all are and the target is fenced. */
function proveNext(turn: Turn, job: Job): void {
  job.device += 1;
  const next = currentDevice(job);
  if (next !== undefined) {
    approach(turn, job, next);
    return;
  }
  turn.effects.push(fencedEffect(job, 'device', turn.now));
  job.ids = [];
  job.device = -1;
  if (job.action === 'off') finish(turn, job);
  else switchOnNext(turn, job);
}

/** After the proof, an "on" that fails changes nothing: it is told, and the next device's turn. */
function afterOn(turn: Turn, job: Job, failure: string | undefined): void {
  if (failure !== undefined) {
    const device = currentDevice(job)?.id ?? '';
    const text = `${device} could not switch ${job.target} on again: ${failure}`;
    turn.effects.push(note('warning', 'power-on-failed', text));
  }
  switchOnNext(turn, job);
}

/** Turns to the level's next device that may switch on; without one the job is done. */
function switchOnNext(turn: Turn, job: Job): void {
  do job.device += 1;
  while (job.action === 'reboot' && staysOff(currentDevice(job)));
  if (currentDevice(job) !== undefined) {
    job.tries = 0;
    job.phase = { kind: 'ready', step: 'on' };
    return;
  }
  if (job.ids.length > 0) turn.effects.push(fencedEffect(job, 'device', turn.now));
  finish(turn, job);
}

function staysOff(device: FenceDevice | undefined): boolean {
  return device?.parameters['pcmk_reboot_action'] === 'off';
}

export function fencedEffect(job: Job, by: 'device' | 'human', now: Instant): FencerEffect {
  return {
    kind: 'fenced',
    ids: job.ids,
    target: job.target,
    action: job.action,
    devices: by === 'human' ? [] : (job.levels[job.level] ?? []).map(({ id }) => id),
    tookMs: milliseconds(now - job.startedAt),
    by,
  };
}

/** The job is over; requests that came after its answer get one of their own. */
function finish(turn: Turn, job: Job): void {
  turn.state.jobs.delete(job.target);
  resume(turn, job.target, job.later);
}

/** Equal requests become one job; those that differ wait for it, in the order they came. */
export function resume(turn: Turn, target: NodeName, later: readonly Later[]): void {
  const [first] = later;
  if (first === undefined) return;
  const equal = later.filter(({ action }) => action === first.action);
  const rest = later.filter(({ action }) => action !== first.action);
  begin(turn, { target, action: first.action, ids: equal.map(({ id }) => id) });
  const job = turn.state.jobs.get(target);
  if (job === undefined) resume(turn, target, rest);
  else job.later.push(...rest);
}
