/** What the fencer is doing, for those who look. */
import type { Instant, NodeName } from '@holdfast/base';
import { currentDevice, isShooting, type Job } from './job.ts';
import type { Progress } from './protocol.ts';
import type { FencerState, Turn } from './state.ts';

export type FencingView = {
  readonly target: NodeName;
  readonly doing: string;
  readonly until: Instant | undefined;
};

export function fencerView(state: FencerState): readonly FencingView[] {
  return [...state.jobs.values()].map((job) => {
    const { words, until } = progressOf(job);
    return { target: job.target, doing: words, until };
  });
}

export function progressOf(job: Job): Progress {
  const device = currentDevice(job)?.id ?? 'no device';
  const last = job.lastFailure === '' ? '' : ` (before: ${job.lastFailure})`;
  const recalled = job.recalled === undefined ? '' : '; it is to be the last';
  const base = { device, isShooting: isShooting(job), until: undefined };
  const { phase } = job;
  switch (phase.kind) {
    case 'over':
      return { ...base, phase: 'queued', words: 'ends' };
    case 'ready':
      return { ...base, phase: 'queued', words: `waits for ${device}${last}` };
    case 'delaying':
      return {
        ...base,
        phase: 'delaying',
        words: `${device} waits out its delay${last}`,
        until: phase.until,
      };
    case 'proving':
      return {
        ...base,
        phase: 'proving',
        words: `${device} is asked again soon${last}${recalled}`,
        until: phase.until,
      };
    case 'watchdog':
      return {
        ...base,
        phase: 'delaying',
        words: `${job.target} has its watchdog's time to be gone`,
        until: phase.until,
      };
    case 'running': {
      const { step, killAt } = phase;
      const isAsking = step === 'list' || step === 'check';
      const tried = isAsking
        ? `${device}: does it know ${job.target}?`
        : `${device}: ${step}, try ${job.tries}`;
      return {
        ...base,
        phase: isAsking ? 'asking' : step === 'on' ? 'switching-on' : 'running',
        words: `${tried}${last}${recalled}`,
        until: killAt,
      };
    }
  }
}

/** Says what has changed since it was told last; `before`: the jobs as this step began. */
export function tellProgress({ state, effects }: Turn, before: ReadonlyMap<NodeName, Job>): void {
  for (const target of before.keys()) {
    if (!state.jobs.has(target))
      effects.push({ kind: 'fence-progress', target, progress: undefined });
  }
  for (const [target, job] of state.jobs) {
    const progress = progressOf(job);
    const words = `${progress.words} ${progress.until ?? ''} ${progress.isShooting}`;
    if (words === job.told) continue;
    job.told = words;
    effects.push({ kind: 'fence-progress', target, progress });
  }
}
