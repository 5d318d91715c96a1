/** Why an action is needed, what it waits for, and what keeps it from running. */
import type { ClusterResource } from '@holdfast/status';
import type { Calculation } from '../calculate.ts';
import { labelOf } from '../output/names.ts';
import type { Action } from '../work/action.ts';
import { BLOCKS } from '../work/relation.ts';
import { actionsOf } from '../work/work.ts';

export type ActionReason = {
  /** `web_start_0 hatwo`. */
  readonly action: string;
  readonly isDone: boolean;
  readonly why: string;
  readonly waitsFor: readonly string[];
  /** Empty for what can be done. */
  readonly blockedBy: readonly string[];
};

export function actionReasons(
  { work, graph }: Calculation,
  resource: ClusterResource,
): readonly ActionReason[] {
  return actionsOf(work, resource)
    .filter(({ isGraphed, isOptional }) => isGraphed || !isOptional)
    .map((action) => ({
      action: labelOf(action),
      isDone: action.isGraphed,
      why: whyOf(action, resource),
      waitsFor: [...(graph.inputs.get(action) ?? [])].map(labelOf),
      blockedBy: action.isGraphed ? [] : blockersOf(action),
    }));
}

function whyOf(
  { task, intervalMs, reason, isOptional, node }: Action,
  resource: ClusterResource,
): string {
  if (reason !== undefined) return reason;
  if (isOptional) return 'something that stands around it is done';
  const where = node === undefined ? '' : ` on ${node.name}`;
  switch (task) {
    case 'monitor':
      return intervalMs > 0 ? 'it is to be watched' : `nobody knows yet whether it runs${where}`;
    case 'start':
      return resource.isFailed ? 'it failed, and is started anew' : `it is to run${where}`;
    case 'stop':
      return resource.assigned === undefined
        ? 'it is to run nowhere'
        : 'it goes elsewhere, or is started anew';
    case 'promote':
      return 'it is to be promoted';
    case 'demote':
      return 'it is to be promoted no longer';
    case 'migrate_to':
    case 'migrate_from':
      return 'it moves without being stopped';
    case 'cancel':
      return 'it is no longer to be watched like that';
    default:
      return 'the cluster needs it';
  }
}

function blockersOf(action: Action): readonly string[] {
  const blockers = action.before
    .filter(({ action: first, flags }) => (flags & BLOCKS) !== 0 && !first.isRunnable)
    .map(({ action: first }) => labelOf(first));
  if (blockers.length > 0) return [...new Set(blockers)];
  if (action.reason !== undefined) return [action.reason];
  const { node } = action;
  if (node === undefined) return ['there is no node for it'];
  return node.isOnline ? ['what it needs is not there'] : [`${node.name} is offline`];
}
