/** Runs of fence agents: started when the device is free, ended by an answer or by their time. */
import { after, type CallId, callId, type Instant, milliseconds } from '@holdfast/base';
import { limitOf, timeoutOf, toldTo } from './device.ts';
import { currentDevice, type Job, type Phase, type Step } from './job.ts';
import type { FenceDevice } from './protocol.ts';
import type { FencerState, Turn } from './state.ts';

export const TOO_LATE = 'it did not answer in time';

export type Ended = {
  readonly call: CallId;
  readonly code: number;
  readonly output: string;
  /** Why it says nothing at all. */
  readonly failure: string | undefined;
};

/** The action the agent is told: `pcmk_<action>_action`, else the step itself. */
const ACTIONS: Readonly<Record<Step, string>> = {
  list: 'list',
  check: 'status',
  off: 'off',
  status: 'status',
  on: 'on',
};

/** Begins what a job is ready for, if the device is free and its turn has come. */
export function run(turn: Turn, job: Job): void {
  const { phase } = job;
  const device = currentDevice(job);
  if (phase.kind !== 'ready' || device === undefined) return;
  if (isBusy(turn.state, device) || waitsForOthers(turn.state, job)) return;
  const killAt = endOf(turn, job, device, phase);
  const call = start(turn, { device, step: phase.step, target: job.target, killAt });
  if (phase.step === 'off' || phase.step === 'on') job.tries += 1;
  if (phase.step === 'off') aimed(job, device);
  if (phase.step === 'status') job.provingSince ??= turn.now;
  job.phase = { kind: 'running', step: phase.step, call, killAt };
}

/** It is about to be switched off: what was asked of it before proves nothing any more. */
function aimed(job: Job, device: FenceDevice): void {
  if (!job.touched.includes(device)) job.touched.push(device);
  if (job.device === 0) job.provingSince = undefined;
  job.isReproving = false;
}

/** All tries of one off share one time; everything else has its own. */
function endOf(
  turn: Turn,
  job: Job,
  device: FenceDevice,
  phase: Phase & { kind: 'ready' },
): Instant {
  const own = after(turn.now, timeoutOf(device, ACTIONS[phase.step], turn.state.config));
  const isTried = phase.step === 'off' || (phase.step === 'on' && job.action === 'on');
  if (!isTried) return own;
  job.triesEnd ??= own;
  return job.triesEnd;
}

export function start(
  turn: Turn,
  what: {
    readonly device: FenceDevice;
    readonly step: Step;
    readonly target: Job['target'];
    readonly killAt: Instant;
  },
): CallId {
  const { device, step, target, killAt } = what;
  const action = ACTIONS[step];
  turn.state.lastCall += 1;
  const call = callId(turn.state.lastCall);
  const told =
    step === 'list' ? { ...toldTo(device, target), plug: target } : toldTo(device, target);
  turn.effects.push({
    kind: 'run-device',
    call,
    run: {
      device: device.id,
      agent: device.agent,
      action: device.parameters[`pcmk_${action}_action`] ?? action,
      target,
      ...told,
      timeoutMs: milliseconds(killAt - turn.now),
    },
  });
  return call;
}

/** `pcmk_action_limit`: as many runs at once as the device takes, drills included. */
export function isBusy(state: FencerState, device: FenceDevice): boolean {
  const limit = limitOf(device);
  if (limit === undefined) return false;
  let running = state.drills.filter(
    (drill) => drill.run !== undefined && drill.device === device.id,
  ).length;
  for (const job of state.jobs.values()) {
    if (job.phase.kind === 'running' && currentDevice(job)?.id === device.id) running += 1;
  }
  return running >= limit;
}

/** Without `concurrent-fencing` only the oldest job goes on. */
function waitsForOthers(state: FencerState, job: Job): boolean {
  if (state.config.isConcurrent !== false) return false;
  const [oldest] = state.jobs.values();
  return oldest !== job;
}
