/**
 * The fencer: requests in, device runs out, and a proof at the end. Nothing but a device that was
 * asked and answered "off" (or a human who vouches) is a proof.
 */

import { earliest, type Instant, milliseconds, type NodeName, note, prng } from '@holdfast/base';
import type { Later } from './job.ts';
import type { FencerConfig, FencerEffect, FencerInput } from './protocol.ts';
import type { FencerState, Turn } from './state.ts';
import { afterStep, begin, onResult, resume, run } from './steps.ts';

/** Requests one job answers. */
const IDS_MAX = 256;

export function fencer(config: FencerConfig, seed: number): FencerState {
  return { config, dice: prng(seed), jobs: new Map(), lastCall: 0 };
}

export function step(state: FencerState, input: FencerInput, now: Instant): FencerEffect[] {
  const effects: FencerEffect[] = [];
  const turn: Turn = { state, now, effects };
  switch (input.kind) {
    case 'configure':
      state.config = input.config;
      break;
    case 'request':
      request(turn, input);
      break;
    case 'device-result': {
      const failure = input.timedOut ? 'it did not answer in time' : undefined;
      onResult(turn, { call: input.call, code: input.code, output: input.output, failure });
      break;
    }
    case 'confirm':
      confirm(turn, input.target);
      break;
    case 'withdraw':
      withdraw(turn, input.target, input.why);
      break;
    case 'tick':
      expire(turn);
      break;
  }
  for (const job of state.jobs.values()) run(turn, job);
  return effects;
}

export function deadline(state: FencerState): Instant | undefined {
  const instants = [...state.jobs.values()].map(({ phase }) => {
    switch (phase.kind) {
      case 'ready':
      case 'over':
        return undefined;
      case 'delaying':
        return phase.until;
      case 'running':
        return phase.killAt;
    }
  });
  return earliest(...instants);
}

function request(turn: Turn, input: FencerInput & { kind: 'request' }): void {
  const { id, target, action } = input;
  const job = turn.state.jobs.get(target);
  if (job !== undefined) {
    if (job.ids.length + job.later.length >= IDS_MAX) {
      const reason = `${IDS_MAX} requests to fence ${target} are waiting already`;
      turn.effects.push({ kind: 'fence-failed', ids: [id], target, action, reason });
    } else if (job.ids.length > 0 && job.action === action) job.ids.push(id);
    else job.later.push({ id, action });
    return;
  }
  begin(turn, { target, action, ids: [id] });
}

/** A human's word is proof enough for every request to get the target off. */
function confirm(turn: Turn, target: NodeName): void {
  const startedAt = turn.state.jobs.get(target)?.startedAt ?? turn.now;
  for (const action of ['reboot', 'off'] as const) {
    const ids = takeRequests(turn, target, action);
    if (ids.length === 0) continue;
    const tookMs = milliseconds(turn.now - startedAt);
    turn.effects.push({ kind: 'fenced', ids, target, action, devices: [], tookMs, by: 'human' });
  }
  goOn(turn, target);
}

function withdraw(turn: Turn, target: NodeName, why: string): void {
  const taken = (['reboot', 'off'] as const).flatMap((each) => takeRequests(turn, target, each));
  if (taken.length > 0) {
    const text = `${target} is no longer to be fenced: ${why}`;
    turn.effects.push(note('notice', 'fence-withdrawn', text));
  }
  goOn(turn, target);
}

/** Takes the unanswered requests for `action` out of the target's job; a run for them is killed. */
function takeRequests(turn: Turn, target: NodeName, action: Later['action']): readonly string[] {
  const job = turn.state.jobs.get(target);
  if (job === undefined) return [];
  const taken = job.later.filter((each) => each.action === action).map(({ id }) => id);
  job.later = job.later.filter((each) => each.action !== action);
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
function goOn(turn: Turn, target: NodeName): void {
  const job = turn.state.jobs.get(target);
  if (job?.phase.kind !== 'over') return;
  turn.state.jobs.delete(target);
  resume(turn, target, job.later);
}

function expire(turn: Turn): void {
  for (const job of [...turn.state.jobs.values()]) {
    const { phase } = job;
    if (phase.kind === 'delaying' && phase.until <= turn.now)
      job.phase = { kind: 'ready', step: 'off' };
    if (phase.kind !== 'running' || phase.killAt > turn.now) continue;
    turn.effects.push({ kind: 'kill-device', call: phase.call });
    const ended = {
      call: phase.call,
      code: 1,
      output: '',
      failure: 'it did not answer in time',
      step: phase.step,
    };
    afterStep(turn, job, ended);
  }
}
