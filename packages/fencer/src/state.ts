/** The fencer's state, and one step of it. */
import type { Instant, NodeName, Prng } from '@holdfast/base';
import type { Job } from './job.ts';
import type { FencerConfig, FencerEffect } from './protocol.ts';

export type FencerState = {
  config: FencerConfig;
  readonly dice: Prng;
  readonly jobs: Map<NodeName, Job>;
  lastCall: number;
};

/** One step: the state, the moment, and what comes of it. */
export type Turn = {
  readonly state: FencerState;
  readonly now: Instant;
  readonly effects: FencerEffect[];
};
