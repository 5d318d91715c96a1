/** Finding actions that exist (B1.2.1, B4.2.3). */
import type { ClusterNode, ClusterResource } from '@holdfast/status';
import type { Action } from './action.ts';
import { actionsOf, type Work } from './work.ts';

/** The newest of the resource's actions of that task; on `node` where one is given. */
export function newestOf(
  work: Work,
  resource: ClusterResource,
  task: string,
  node?: ClusterNode,
): Action | undefined {
  const actions = actionsOf(work, resource);
  for (let index = actions.length - 1; index >= 0; index -= 1) {
    const action = actions[index];
    if (action?.task !== task) continue;
    if (node === undefined || action.node === node) return action;
  }
  return undefined;
}

/** All with that key, oldest first; keys are compared without regard to case. */
export function byKey(work: Work, resource: ClusterResource, key: string): readonly Action[] {
  const wanted = key.toLowerCase();
  return (work.actionsByKey.get(wanted) ?? []).filter((action) => action.resource === resource);
}

/** The oldest with that key, on that node; one without a node is given it for good (B1.2.1). */
export function findByKey(
  work: Work,
  resource: ClusterResource | undefined,
  key: string,
  node: ClusterNode | undefined,
): Action | undefined {
  const found = work.actionsByKey.get(key.toLowerCase()) ?? [];
  for (const action of found) {
    if (resource !== undefined && action.resource !== resource) continue;
    if (node === undefined) return action;
    if (action.node === undefined) {
      action.node = node;
      return action;
    }
    if (action.node === node) return action;
  }
  return undefined;
}

/** Those with that key on that node; ones without a node are given it. */
export function allByKeyOn(
  work: Work,
  resource: ClusterResource,
  key: string,
  node: ClusterNode,
): readonly Action[] {
  return byKey(work, resource, key).filter((action) => {
    action.node ??= node;
    return action.node === node;
  });
}
