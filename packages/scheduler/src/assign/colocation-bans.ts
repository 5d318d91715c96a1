/** What a mandatory colocation forbids. */
import { MINUS_INFINITY } from '@holdfast/base';
import type { ClusterNode, ClusterResource } from '@holdfast/status';
import type { Colocation, Work } from '../work/work.ts';
import { place } from './placing.ts';

export function placeNowhere(work: Work, dependent: ClusterResource): void {
  place(work, dependent, undefined, { isFinal: true, isForced: true });
}

export function forbidElsewhere(
  work: Work,
  dependent: ClusterResource,
  nodes: ReadonlySet<ClusterNode>,
  { id, primary }: Colocation,
): void {
  for (const entry of dependent.allowed.values()) {
    if (nodes.has(entry.node)) continue;
    entry.score = MINUS_INFINITY;
    work.explainer?.term(
      dependent,
      entry.node,
      MINUS_INFINITY,
      `colocation ${id} with ${primary.id}`,
    );
  }
}
