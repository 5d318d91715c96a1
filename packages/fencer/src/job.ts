/**
 * One target being fenced.
 *
 *   for each level:  for each device: (knows it?) ─> (delay) ─> off ─> status says off ─┐
 *                                       └─ failed, tried often enough: next level, or failed
 *                    all devices off: fenced ─> (reboot) on for each device, a failure is only noted
 */
import type { CallId, Instant, NodeName } from '@holdfast/base';
import type { Level } from './plan.ts';
import type { FenceAction, FenceDevice, FenceOrder } from './protocol.ts';

/** `list` and `check` only ask whether the device knows the target. */
export type Step = 'list' | 'check' | 'off' | 'status' | 'on';

export type Phase =
  /** Wants to run a step; the device may be busy. */
  | { readonly kind: 'ready'; readonly step: Step }
  | { readonly kind: 'delaying'; readonly until: Instant }
  /** The device took the command, and its status is still on: it is asked again. */
  | { readonly kind: 'proving'; readonly until: Instant }
  /** The target's own watchdog has until then. */
  | { readonly kind: 'watchdog'; readonly until: Instant }
  | {
      readonly kind: 'running';
      readonly step: Step;
      readonly call: CallId;
      readonly killAt: Instant;
    }
  /** Nobody asks for it any more. */
  | { readonly kind: 'over' };

/** A request that no job answers yet. */
export type Later = { readonly id: string; readonly order: FenceOrder };

export type Job = {
  readonly target: NodeName;
  readonly action: FenceAction;
  readonly order: FenceOrder;
  /** Requests this job answers; empty once they are answered. */
  ids: string[];
  /** Those of them that came after the job had begun, and when. */
  readonly askedAt: Map<string, Instant>;
  /** When the first status that counts for the proof was asked; undefined: none is yet. */
  provingSince: Instant | undefined;
  /** All devices have said "off", and are asked once more for requests that came meanwhile. */
  isReproving: boolean;
  /** Requests for something else, or that came after the answer: they get a job of their own. */
  later: Later[];
  readonly startedAt: Instant;
  readonly levels: readonly Level[];
  level: number;
  device: number;
  tries: number;
  /** All tries of the device's off end by then; undefined: none has begun. */
  triesEnd: Instant | undefined;
  /** How often the status was asked again after one off. */
  polls: number;
  /** Devices that may have acted: what is withdrawn now cannot be called back from them. */
  touched: FenceDevice[];
  /** Why nobody wants it any more, though a device is at it. */
  recalled: string | undefined;
  /** The delay of the request itself was waited out: it counts once. */
  hasWaited: boolean;
  /** A device that was asked turned out to know the target. */
  isKnown: boolean;
  /** Why the last try failed, in words; empty for none. */
  lastFailure: string;
  phase: Phase;
  /** What was last told of the progress. */
  told: string;
};

export function newJob(
  order: FenceOrder,
  ids: string[],
  plan: { readonly levels: readonly Level[]; readonly startedAt: Instant },
): Job {
  return {
    target: order.target,
    action: order.action,
    order,
    ids,
    askedAt: new Map(),
    provingSince: undefined,
    isReproving: false,
    later: [],
    ...plan,
    level: 0,
    device: 0,
    tries: 0,
    triesEnd: undefined,
    polls: 0,
    touched: [],
    recalled: undefined,
    hasWaited: false,
    isKnown: false,
    lastFailure: '',
    phase: { kind: 'over' },
    told: '',
  };
}

export function currentDevice(job: Job): FenceDevice | undefined {
  return job.levels[job.level]?.[job.device];
}

/** Requests that one job may answer together. */
export function isEqual(a: FenceOrder, b: FenceOrder): boolean {
  return a.target === b.target && a.action === b.action && a.device === b.device;
}

/** Something the job does may still switch the target off; after the proof, nothing does. */
export function isShooting(job: Job): boolean {
  return job.action !== 'on' && job.ids.length > 0;
}
