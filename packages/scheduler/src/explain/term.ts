/** Where a score comes from. */
import type { NodeName } from '@holdfast/base';

/** One term of the score of a resource on a node. */
export type Term = {
  readonly node: NodeName;
  /** 1 000 000 is INFINITY. */
  readonly amount: number;
  /** `constraint web-here`, `stickiness: it runs there`, `3 failures there, …`. */
  readonly source: string;
};
