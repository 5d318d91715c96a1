/**
 * The fencer: requests in, device runs out, and a proof at the end. Nothing but a device that was
 * asked and answered "off" (or a human who vouches) is a proof.
 */

import { assert, earliest, type Instant, type NodeName, note, prng } from '@holdfast/base';
import type { Job } from './job.ts';
import type { FencerConfig, FencerEffect, FencerInput } from './protocol.ts';
import type { FencerState, Turn } from './state.ts';
import { afterStep, begin, fencedEffect, onResult, run } from './steps.ts';

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
      end(turn, input.target, (job) => fencedEffect(job, 'human', now));
      break;
    case 'withdraw':
      end(turn, input.target, () =>
        note(
          'notice',
          'fence-withdrawn',
          `${input.target} is no longer to be fenced: ${input.why}`,
        ),
      );
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
    assert(job.ids.length + job.later.length < IDS_MAX, 'equal fence requests are bounded');
    if (job.ids.length > 0 && job.action === action) job.ids.push(id);
    else job.later.push({ id, action });
    return;
  }
  begin(turn, { target, action, ids: [id] });
}

/** Ends a job from outside; a run under way is killed. */
function end(turn: Turn, target: NodeName, last: (job: Job) => FencerEffect): void {
  const job = turn.state.jobs.get(target);
  if (job === undefined || job.ids.length === 0) return;
  if (job.phase.kind === 'running')
    turn.effects.push({ kind: 'kill-device', call: job.phase.call });
  turn.state.jobs.delete(target);
  turn.effects.push(last(job));
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
