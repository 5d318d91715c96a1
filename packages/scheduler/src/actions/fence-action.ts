/** The action that fences a node (B5.6). */
import { canFence, type Cluster, type ClusterNode } from '@holdfast/status';
import { type Action, newAction } from '../work/action.ts';
import { findByKey } from '../work/find.ts';
import { remember } from '../work/request.ts';
import type { Work } from '../work/work.ts';
import { noteDigests } from './unfencing-digests.ts';

export type FenceWanted = {
  /** The cluster's usual one where it is not said. */
  readonly op?: string;
  readonly isOptional: boolean;
  readonly reason?: string;
  readonly hasPriorityDelay?: boolean;
};

export function fenceAction(work: Work, node: ClusterNode, wanted: FenceWanted): Action {
  const { cluster } = work;
  const op = wanted.op ?? cluster.options.fencingAction;
  const key = `stonith-${node.name}-${op}`;
  const action = findByKey(work, undefined, key, node) ?? create(work, node, key, op);
  delay(work, node, action, wanted.hasPriorityDelay === true);
  if (!wanted.isOptional && canFence(cluster, node)) {
    action.isOptional = false;
    if (wanted.reason !== undefined) action.reason ??= wanted.reason;
  } else if (wanted.reason !== undefined) {
    action.reason ??= wanted.reason;
  }
  return action;
}

function create(work: Work, node: ClusterNode, key: string, op: string): Action {
  const action = newAction({
    id: work.actions.length + 1,
    key,
    task: 'stonith',
    intervalMs: 0,
    node,
    resource: undefined,
    isOptional: true,
    needs: 'nothing',
  });
  action.meta.set('on_node', node.name);
  action.meta.set('on_node_uuid', node.id);
  action.meta.set('stonith_action', op);
  if (work.cluster.usesUnfencing) noteDigests(work, node, action);
  remember(work, action);
  return action;
}

function delay({ cluster }: Work, node: ClusterNode, action: Action, isAsked: boolean): void {
  const ms = cluster.options.priorityFencingDelayMs;
  if (ms <= 0 || (!isAsked && !action.meta.has('priority-fencing-delay'))) return;
  const isDue = deservesDelay(cluster, node);
  action.meta.set('priority-fencing-delay', String(isDue ? Math.round(ms / 1000) : 0));
}

/** The more important half of an even split shoots first: the other waits with this target. */
function deservesDelay({ nodes }: Cluster, target: ClusterNode): boolean {
  if (target.kind !== 'member' || target.isOnline) return false;
  const members = nodes.filter(({ kind }) => kind === 'member');
  const online = members.filter(({ isOnline }) => isOnline).length;
  if (online > Math.floor(members.length / 2)) return false;
  const priorities = members.map(({ priority }) => priority);
  const top = Math.max(...priorities);
  return Math.min(...priorities) !== top && target.priority === top;
}
