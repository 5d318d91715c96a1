/**
 * The fencer: requests in, device runs out, and a proof at the end. Nothing but a device that was
 * asked and answered "off" (or a human who vouches) is a proof.
 */
import {
  after,
  assert,
  type CallId,
  callId,
  earliest,
  type Instant,
  milliseconds,
  type NodeName,
  note,
  type Prng,
  prng,
} from '@holdfast/base';
import {
  agentParameters,
  delayBefore,
  limitOf,
  planFor,
  plugOf,
  timeoutOf,
  triesOf,
} from './device.ts';
import { currentDevice, type Job, type Step } from './job.ts';
import type {
  FenceAction,
  FenceDevice,
  FencerConfig,
  FencerEffect,
  FencerInput,
} from './protocol.ts';

/** Targets at once; a cluster has fewer nodes. */
const JOBS_MAX = 64;
/** Requests one job answers. */
const IDS_MAX = 256;

export type FencerState = {
  config: FencerConfig;
  readonly dice: Prng;
  readonly jobs: Map<NodeName, Job>;
  lastCall: number;
};

export function fencer(config: FencerConfig, seed: number): FencerState {
  return { config, dice: prng(seed), jobs: new Map(), lastCall: 0 };
}

export function step(state: FencerState, input: FencerInput, now: Instant): FencerEffect[] {
  const effects: FencerEffect[] = [];
  switch (input.kind) {
    case 'configure':
      state.config = input.config;
      break;
    case 'request':
      request(state, input, now, effects);
      break;
    case 'device-result': {
      const failure = input.timedOut ? 'it did not answer in time' : undefined;
      onResult(
        state,
        { call: input.call, code: input.code, output: input.output, failure },
        now,
        effects,
      );
      break;
    }
    case 'confirm':
      end(state, input.target, effects, (job) => fencedEffect(job, 'human', now));
      break;
    case 'withdraw':
      end(state, input.target, effects, () =>
        note(
          'notice',
          'fence-withdrawn',
          `${input.target} is no longer to be fenced: ${input.why}`,
        ),
      );
      break;
    case 'tick':
      expire(state, now, effects);
      break;
  }
  for (const job of state.jobs.values()) run(state, job, now, effects);
  return effects;
}

export function deadline(state: FencerState): Instant | undefined {
  const instants = [...state.jobs.values()].map(({ phase }) => {
    switch (phase.kind) {
      case 'ready':
        return undefined;
      case 'delaying':
        return phase.until;
      case 'running':
        return phase.killAt;
    }
  });
  return earliest(...instants);
}

function request(
  state: FencerState,
  input: FencerInput & { kind: 'request' },
  now: Instant,
  effects: FencerEffect[],
): void {
  const { id, target, action } = input;
  const job = state.jobs.get(target);
  if (job !== undefined) {
    assert(job.ids.length + job.later.length < IDS_MAX, 'equal fence requests are bounded');
    if (job.ids.length > 0 && (job.action === action || action === 'off')) job.ids.push(id);
    else job.later.push({ id, action });
    return;
  }
  begin(state, { target, action, ids: [id] }, now, effects);
}

function begin(
  state: FencerState,
  what: { readonly target: NodeName; readonly action: FenceAction; readonly ids: string[] },
  now: Instant,
  effects: FencerEffect[],
): void {
  const { target, action, ids } = what;
  const levels = planFor(state.config, target);
  const [first] = levels[0] ?? [];
  if (first === undefined || state.jobs.size >= JOBS_MAX) {
    const reason =
      first === undefined
        ? `no fence device can fence ${target}`
        : 'too many nodes are being fenced at once';
    effects.push({ kind: 'fence-failed', ids, target, action, reason });
    return;
  }
  const job: Job = {
    target,
    action,
    ids,
    later: [],
    startedAt: now,
    levels,
    level: 0,
    device: 0,
    tries: 0,
    lastFailure: '',
    phase: { kind: 'ready', step: 'on' },
  };
  state.jobs.set(target, job);
  approach(state, job, first, now, effects);
}

/** Turns to a device: waits out its delay, then switches. */
function approach(
  state: FencerState,
  job: Job,
  device: FenceDevice,
  now: Instant,
  effects: FencerEffect[],
): void {
  job.tries = 0;
  if (job.action === 'on') {
    job.phase = { kind: 'ready', step: 'on' };
    return;
  }
  const delay = delayBefore(device, job.target, state.dice);
  if (delay === 0) {
    job.phase = { kind: 'ready', step: 'off' };
    return;
  }
  job.phase = { kind: 'delaying', until: after(now, delay) };
  effects.push(
    note('notice', 'fence-delay', `${device.id} waits ${delay} ms before it fences ${job.target}`),
  );
}

function run(state: FencerState, job: Job, now: Instant, effects: FencerEffect[]): void {
  const { phase } = job;
  const device = currentDevice(job);
  if (phase.kind !== 'ready' || device === undefined || isBusy(state, device)) return;
  const plug = plugOf(device, job.target);
  const timeoutMs = timeoutOf(device, phase.step, state.config);
  state.lastCall += 1;
  const call = callId(state.lastCall);
  if (phase.step !== 'status') job.tries += 1;
  job.phase = { kind: 'running', step: phase.step, call, killAt: after(now, timeoutMs) };
  effects.push({
    kind: 'run-device',
    call,
    run: {
      device: device.id,
      agent: device.agent,
      action: device.parameters[`pcmk_${phase.step}_action`] ?? phase.step,
      target: job.target,
      plug,
      parameters: agentParameters(device, plug),
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

type Ended = {
  readonly call: CallId;
  readonly code: number;
  readonly output: string;
  readonly failure: string | undefined;
};

/** A result of a call that was given up is no news. */
function onResult(state: FencerState, ended: Ended, now: Instant, effects: FencerEffect[]): void {
  for (const job of state.jobs.values()) {
    if (job.phase.kind === 'running' && job.phase.call === ended.call) {
      afterStep(state, job, { ...ended, step: job.phase.step }, now, effects);
      return;
    }
  }
}

function afterStep(
  state: FencerState,
  job: Job,
  ended: Ended & { readonly step: Step },
  now: Instant,
  effects: FencerEffect[],
): void {
  const failure = ended.failure ?? failureOf(ended);
  switch (ended.step) {
    case 'off':
      if (failure === undefined) job.phase = { kind: 'ready', step: 'status' };
      else tryAgain(state, job, failure, now, effects);
      return;
    case 'status':
      if (failure === undefined) proveNext(state, job, now, effects);
      else tryAgain(state, job, failure, now, effects);
      return;
    case 'on':
      if (failure !== undefined) {
        const device = currentDevice(job)?.id ?? '';
        effects.push(
          note(
            'warning',
            'power-on-failed',
            `${device} could not switch ${job.target} on again: ${failure}`,
          ),
        );
      }
      switchOnNext(state, job, now, effects, failure);
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
  if (ended.code === 0) return 'it says that it has switched off, but its status is still on';
  return `its status cannot be read: exit code ${ended.code}${said}`;
}

function tryAgain(
  state: FencerState,
  job: Job,
  failure: string,
  now: Instant,
  effects: FencerEffect[],
): void {
  const device = currentDevice(job);
  if (device === undefined) return;
  job.lastFailure = `${device.id}: ${failure}`;
  if (job.tries < triesOf(device, 'off')) {
    job.phase = { kind: 'ready', step: 'off' };
    return;
  }
  job.level += 1;
  job.device = 0;
  const next = currentDevice(job);
  if (next !== undefined) {
    effects.push(
      note(
        'warning',
        'fence-level',
        `${job.lastFailure}; ${job.target} is fenced by ${next.id} next`,
      ),
    );
    approach(state, job, next, now, effects);
    return;
  }
  effects.push({
    kind: 'fence-failed',
    ids: job.ids,
    target: job.target,
    action: job.action,
    reason: job.lastFailure,
  });
  finish(state, job, now, effects);
}

/** One device is proven off: the next of the level, or all are and the target is fenced. */
function proveNext(state: FencerState, job: Job, now: Instant, effects: FencerEffect[]): void {
  job.device += 1;
  const next = currentDevice(job);
  if (next !== undefined) {
    approach(state, job, next, now, effects);
    return;
  }
  effects.push(fencedEffect(job, 'device', now));
  job.ids = [];
  job.device = 0;
  const first = currentDevice(job);
  const stayOff = job.action === 'off' || first?.parameters['pcmk_reboot_action'] === 'off';
  if (stayOff) finish(state, job, now, effects);
  else job.phase = { kind: 'ready', step: 'on' };
}

function switchOnNext(
  state: FencerState,
  job: Job,
  now: Instant,
  effects: FencerEffect[],
  failure: string | undefined,
): void {
  job.device += 1;
  if (currentDevice(job) !== undefined) {
    job.phase = { kind: 'ready', step: 'on' };
    return;
  }
  if (job.ids.length > 0 && failure === undefined) effects.push(fencedEffect(job, 'device', now));
  if (job.ids.length > 0 && failure !== undefined) {
    effects.push({
      kind: 'fence-failed',
      ids: job.ids,
      target: job.target,
      action: job.action,
      reason: failure,
    });
  }
  finish(state, job, now, effects);
}

function fencedEffect(job: Job, by: 'device' | 'human', now: Instant): FencerEffect {
  return {
    kind: 'fenced',
    ids: job.ids,
    target: job.target,
    action: job.action,
    devices: (job.levels[job.level] ?? []).map(({ id }) => id),
    tookMs: milliseconds(now - job.startedAt),
    by,
  };
}

/** The job is over; requests that came after its answer get one of their own. */
function finish(state: FencerState, job: Job, now: Instant, effects: FencerEffect[]): void {
  state.jobs.delete(job.target);
  const [first] = job.later;
  if (first === undefined) return;
  begin(
    state,
    { target: job.target, action: first.action, ids: job.later.map(({ id }) => id) },
    now,
    effects,
  );
}

/** Ends a job from outside; a run under way is killed. */
function end(
  state: FencerState,
  target: NodeName,
  effects: FencerEffect[],
  last: (job: Job) => FencerEffect,
): void {
  const job = state.jobs.get(target);
  if (job === undefined || job.ids.length === 0) return;
  if (job.phase.kind === 'running') effects.push({ kind: 'kill-device', call: job.phase.call });
  state.jobs.delete(target);
  effects.push(last(job));
}

function expire(state: FencerState, now: Instant, effects: FencerEffect[]): void {
  for (const job of [...state.jobs.values()]) {
    const { phase } = job;
    if (phase.kind === 'delaying' && phase.until <= now) job.phase = { kind: 'ready', step: 'off' };
    if (phase.kind !== 'running' || phase.killAt > now) continue;
    effects.push({ kind: 'kill-device', call: phase.call });
    const ended = {
      call: phase.call,
      code: 1,
      output: '',
      failure: 'it did not answer in time',
      step: phase.step,
    };
    afterStep(state, job, ended, now, effects);
  }
}
