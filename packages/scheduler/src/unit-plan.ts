/** What stage 4 decides about one unit. */
import type { NodeName } from '@holdfast/base';
import type { Unit } from './units.ts';

/** What is to happen to one unit. */
export type UnitPlan = {
  readonly unit: Unit;
  /** Nodes where somebody has to look first. */
  readonly probes: readonly NodeName[];
  /** Clean nodes where it must be stopped. */
  stops: NodeName[];
  /** Nodes that are to be fenced, and with it whatever ran there. */
  readonly impliedStops: readonly NodeName[];
  start: NodeName | undefined;
  /** Where it goes on running. */
  keeps: NodeName | undefined;
  /** Left alone: not managed, an operation under way, or stuck without fencing. */
  readonly isFrozen: boolean;
  /** An operation is under way, or it could not be stopped: nothing can be decided around it. */
  readonly isUnsettled: boolean;
  /** It runs on a node that answers. */
  readonly isActive: boolean;
  /** It is to stop, but something behind it is not ready for that. */
  isHeld: boolean;
  why: string;
};
