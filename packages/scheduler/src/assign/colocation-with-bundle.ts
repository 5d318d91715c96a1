/** To be with a bundle is to be with one of its containers (A4.6.12). */
import type { ClusterNode, ClusterResource } from '@holdfast/status';
import type { Colocation, Work } from '../work/work.ts';
import { forbidElsewhere, placeNowhere } from './colocation-bans.ts';
import { hostOf, isBlocked, placeOf } from './matching.ts';
import { sortedEntries } from './nodes.ts';

const INFINITE = 1_000_000;

/** `apply`: what the colocation does where it is with one container. */
export function applyWithBundle(
  work: Work,
  dependent: ClusterResource,
  bundle: ClusterResource,
  via: Colocation,
  apply: (container: ClusterResource) => void,
): void {
  if (!bundle.isAssigned) return;
  if (via.dependent.variant === 'clone' || via.dependent.variant === 'bundle') {
    const container = containerFor(work, dependent, bundle);
    if (container !== undefined) apply(container);
    else if (via.score >= INFINITE) placeNowhere(work, dependent);
    return;
  }
  const nodes = new Set<ClusterNode>();
  for (const { container, inner } of bundle.replicas) {
    if (via.score < INFINITE) {
      apply(container);
      continue;
    }
    const node = container.assigned?.node;
    if (node === undefined || isBlocked(container)) continue;
    if (via.primaryRole === 'Promoted' && inner?.nextRole !== 'Promoted') continue;
    nodes.add(node);
  }
  if (via.score >= INFINITE) forbidElsewhere(work, dependent, nodes, via);
}

function containerFor(
  work: Work,
  dependent: ClusterResource,
  bundle: ClusterResource,
): ClusterResource | undefined {
  const on = (node: ClusterNode): ClusterResource | undefined =>
    bundle.replicas.find(({ container }) => container.assigned?.node === hostOf(node))?.container;
  const at = placeOf(dependent, false);
  if (at !== undefined) return on(at);
  for (const { node } of sortedEntries(work.cluster, dependent.allowed, undefined)) {
    const found = on(node);
    if (found !== undefined) return found;
  }
  return undefined;
}
