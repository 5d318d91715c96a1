/** Unfencing: opening a node's way to its storage before anything starts there (B5.7). */
import type { ClusterNode, ClusterResource } from '@holdfast/status';
import { isAvailable } from '@holdfast/status';
import type { Action } from '../work/action.ts';
import { relate } from '../work/relation.ts';
import type { Work } from '../work/work.ts';
import { fenceAction } from './fence-action.ts';

type Wanted = { readonly isOptional: boolean; readonly reason?: string };

/** The `on` for a node; required where a device was changed since the node was last opened (B5.7.1). */
export function unfence(work: Work, node: ClusterNode, { isOptional, reason }: Wanted): Action {
  return fenceAction(work, node, {
    op: 'on',
    isOptional,
    ...(reason === undefined ? {} : { reason }),
  });
}

/** B5.7.2. */
export function triggerUnfencing(
  work: Work,
  resource: ClusterResource | undefined,
  node: ClusterNode | undefined,
  reason: string,
): void {
  if (!work.cluster.usesUnfencing) return;
  if (resource !== undefined && resource.agent?.class !== 'stonith') return;
  if (node !== undefined && node.isOnline && !node.isUnclean && !node.isLeaving) {
    unfence(work, node, { isOptional: false, reason });
    return;
  }
  if (resource === undefined) return;
  for (const entry of resource.allowed.values()) {
    const isEligible = entry.score >= 0 && isAvailable(entry.node);
    if (isEligible) triggerUnfencing(work, resource, entry.node, reason);
  }
}

/** B5.7.3. */
export function relateUnfencing(
  work: Work,
  resource: ClusterResource,
  node: ClusterNode,
  action: Action,
  flags: number,
): void {
  const isDevice = work.cluster.usesUnfencing && resource.agent?.class === 'stonith';
  if (!isDevice && resource.requires !== 'unfencing') return;
  const on = unfence(work, node, { isOptional: true });
  relate(on, action, flags);
  const open = node.attributes.get('#node-unfenced');
  if (open !== undefined && open !== '0') return;
  triggerUnfencing(work, undefined, node, `required by ${resource.id} ${action.task}`);
}
