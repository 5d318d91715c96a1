/** The fencer's state, and one step of it. */
import type { CallId, Instant, NodeName, Prng } from '@holdfast/base';
import type { Job } from './job.ts';
import type { FencerConfig, FencerEffect } from './protocol.ts';

/** One device being asked whether it would find a target; nothing is switched. */
export type Drill = {
  readonly id: string;
  readonly target: NodeName;
  readonly device: string;
  readonly startedAt: Instant;
  /** Undefined: it waits for the device. */
  run: { readonly call: CallId; readonly killAt: Instant } | undefined;
};

export type FencerState = {
  config: FencerConfig;
  readonly dice: Prng;
  readonly jobs: Map<NodeName, Job>;
  drills: Drill[];
  lastCall: number;
};

/** One step: the state, the moment, and what comes of it. */
export type Turn = {
  readonly state: FencerState;
  readonly now: Instant;
  readonly effects: FencerEffect[];
};
