/** What the fencer is doing, for those who look. */
import type { Instant, NodeName } from '@holdfast/base';
import { currentDevice, type Job } from './job.ts';
import type { FencerState } from './state.ts';

export type FencingView = {
  readonly target: NodeName;
  readonly doing: string;
  readonly until: Instant | undefined;
};

export function fencerView(state: FencerState): readonly FencingView[] {
  return [...state.jobs.values()].map((job) => ({ target: job.target, ...doing(job) }));
}

function doing(job: Job): Omit<FencingView, 'target'> {
  const device = currentDevice(job)?.id ?? 'no device';
  const last = job.lastFailure === '' ? '' : ` (before: ${job.lastFailure})`;
  switch (job.phase.kind) {
    case 'over':
      return { doing: 'ends', until: undefined };
    case 'ready':
      return { doing: `waits for ${device}${last}`, until: undefined };
    case 'delaying':
      return { doing: `${device} waits out its delay${last}`, until: job.phase.until };
    case 'running':
      return {
        doing: `${device}: ${job.phase.step}, try ${job.tries}${last}`,
        until: job.phase.killAt,
      };
  }
}
