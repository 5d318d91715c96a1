/** Walking a transition on a cluster that exists in memory only: every action succeeds (B8.6). */
import type { Cluster } from '@holdfast/status';
import type { Action } from '../work/action.ts';
import type { Calculation } from '../calculate.ts';
import { filedKey } from '../output/names.ts';

/** One action, carried out; `rc` where it is not what was hoped for. */
export type Done = { readonly action: Action; readonly rc: number | undefined };

/**
 * The actions in the order in which they would be done; those that wait for ever are left out, and
 * everything behind the first that fails (`failureOf` says with what).
 */
export function executionOrder(
  { graph }: Calculation,
  failureOf: (action: Action) => number | undefined = () => undefined,
): readonly Done[] {
  const done = new Set<Action>();
  const order: Done[] = [];
  let isMoving = true;
  while (isMoving) {
    isMoving = false;
    for (const { action, inputs } of graph.synapses) {
      if (done.has(action) || !inputs.every((input) => done.has(input))) continue;
      const rc = failureOf(action);
      done.add(action);
      order.push({ action, rc });
      if (rc !== undefined) return order;
      isMoving = true;
    }
  }
  return order;
}

/** One line for each, as it is done. */
export function executionLine(cluster: Cluster, action: Action): string {
  const { resource, node, task, meta } = action;
  const place = node === undefined ? '' : ` on ${node.name}`;
  if (task === 'stonith' && !action.isPseudo) {
    return `Fencing ${node?.name ?? ''} (${meta.get('stonith_action') ?? ''})`;
  }
  if (action.isPseudo || resource === undefined) {
    if (task === 'do_shutdown') return `Cluster action:  do_shutdown${place}`;
    return `Pseudo action:   ${filedKey(action)}${task === 'stonith' ? place : ''}`;
  }
  if (task === 'clear_failcount' || task === 'lrm_delete') {
    return `Cluster action:  ${task} for ${resource.xmlId}${place}`;
  }
  const interval = action.intervalMs > 0 ? `=${action.intervalMs}` : '';
  return `Resource action: ${shownName(cluster, action).padEnd(15)} ${task}${interval}${place}`;
}

/** The name as it is written, where anything goes by it; else the instance's own. */
function shownName({ byId, byHistoryName }: Cluster, { resource }: Action): string {
  if (resource === undefined) return '';
  const { id, xmlId, historyName, isUnique, isRemoved } = resource;
  if (isRemoved && historyName !== undefined && isUnique) return historyName;
  if (isUnique) return id;
  if (byId.has(xmlId) || byHistoryName.has(xmlId)) return xmlId;
  return historyName !== undefined && historyName !== xmlId ? historyName : id;
}
