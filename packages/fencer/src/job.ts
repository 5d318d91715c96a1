/**
 * One target being fenced.
 *
 *   for each level:  for each device: (delay) off ─> status says off ─┐
 *                                       └─ failed, tried often enough: next level, or failed
 *                    all devices off: fenced ─> (reboot) on for each device, a failure is only noted
 */
import type { CallId, Instant, NodeName } from '@holdfast/base';
import type { FenceAction, FenceDevice } from './protocol.ts';

export type Step = 'off' | 'status' | 'on';

export type Phase =
  /** Wants to run a step; the device may be busy. */
  | { readonly kind: 'ready'; readonly step: Step }
  | { readonly kind: 'delaying'; readonly until: Instant }
  | {
      readonly kind: 'running';
      readonly step: Step;
      readonly call: CallId;
      readonly killAt: Instant;
    }
  /** Nobody asks for it any more. */
  | { readonly kind: 'over' };

/** A request that no job answers yet. */
export type Later = { readonly id: string; readonly action: FenceAction };

export type Job = {
  readonly target: NodeName;
  readonly action: FenceAction;
  /** Requests this job answers; empty once they are answered. */
  ids: string[];
  /** Requests for something else, or that came after the answer: they get a job of their own. */
  later: Later[];
  readonly startedAt: Instant;
  readonly levels: readonly (readonly FenceDevice[])[];
  level: number;
  device: number;
  tries: number;
  /** Why the last try failed, in words; empty for none. */
  lastFailure: string;
  phase: Phase;
};

export function currentDevice(job: Job): FenceDevice | undefined {
  return job.levels[job.level]?.[job.device];
}
