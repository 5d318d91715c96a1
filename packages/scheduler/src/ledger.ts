/** The reasons of a decision, as data: every score with its source, every action with its cause. */
import type { NodeName, Score } from '@holdfast/base';

/** One term of the score of one unit on one node. */
export type Term = {
  readonly unit: string;
  readonly node: NodeName;
  readonly source: string;
  readonly amount: Score;
  /** A wish to be apart: given up where it would leave no node at all (A4.7.1). */
  readonly isWish?: true;
};

export type Reason = { readonly subject: string; readonly why: string };

export type Ledger = {
  readonly terms: readonly Term[];
  readonly reasons: readonly Reason[];
};
