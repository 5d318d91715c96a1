/** Asking for an action: it is found or made, and its standing is judged anew (B1.2). */
import {
  canFence,
  type ClusterNode,
  type ClusterResource,
  markForFencing,
  needsFencing,
  rankOf,
} from '@holdfast/status';
import { type Action, keyOf, newAction } from './action.ts';
import { findByKey } from './find.ts';
import type { Work } from './work.ts';

export type Request = {
  readonly resource: ClusterResource;
  readonly task: string;
  readonly intervalMs?: number;
  readonly node: ClusterNode | undefined;
  readonly isOptional: boolean;
  /** Where it is not the usual one. */
  readonly key?: string;
};

export function request(work: Work, asked: Request): Action {
  const { resource, task, intervalMs = 0, node, isOptional } = asked;
  const key = asked.key ?? keyOf(resource, task, intervalMs);
  const action = findByKey(work, resource, key, node) ?? create(work, asked, key);
  if (isLeftAlone(action)) action.isOptional = true;
  else if (!isOptional) action.isOptional = false;
  if (!action.isPseudo) judgeRunnable(work, action);
  return action;
}

function create(work: Work, asked: Request, key: string): Action {
  const { resource, task, intervalMs = 0, node, isOptional } = asked;
  const action = newAction({
    id: work.actions.length + 1,
    key,
    task,
    intervalMs,
    node,
    resource,
    isOptional,
    needs: needsOf(resource, task),
  });
  if (task === 'lrm_delete') action.isOnDc = true;
  remember(work, action);
  return action;
}

export function remember(work: Work, action: Action): void {
  work.actions.push(action);
  const key = action.key.toLowerCase();
  const same = work.actionsByKey.get(key);
  if (same === undefined) work.actionsByKey.set(key, [action]);
  else same.push(action);
  if (action.resource === undefined) return;
  const own = work.actionsOf.get(action.resource);
  if (own === undefined) work.actionsOf.set(action.resource, [action]);
  else own.push(action);
}

/** B1.5.2. */
function needsOf(resource: ClusterResource, task: string): Action['needs'] {
  if (task !== 'start' && task !== 'promote') return 'nothing';
  if (needsFencing(resource)) return 'fencing';
  return resource.requires === 'quorum' ? 'quorum' : 'nothing';
}

/** Of what is not managed nothing is required, but what recurs (B1.2.3). */
function isLeftAlone({ resource, node, isPseudo, intervalMs }: Action): boolean {
  if (resource === undefined || node === undefined) return false;
  return !isPseudo && !resource.isManaged && intervalMs === 0;
}

/** B1.2.5: the first that holds. */
export function judgeRunnable(work: Work, action: Action): void {
  const { node, resource } = action;
  if (resource === undefined) return;
  const { cluster } = work;
  if (node === undefined) {
    action.isRunnable = false;
    return;
  }
  const isUnreachable = !node.isOnline && (node.kind !== 'guest' || node.needsReset);
  if (!action.isOnDc && isUnreachable) {
    action.isRunnable = false;
    if (resource.isManaged && action.task === 'stop' && !node.isUnclean) {
      markForFencing(cluster, node, 'stop is unrunnable');
    }
    return;
  }
  if (!action.isOnDc && node.isPending) {
    action.isRunnable = false;
    return;
  }
  if (action.needs === 'nothing') {
    action.reason = undefined;
    action.isRunnable = !(node.kind === 'guest' && !canFence(cluster, node));
    return;
  }
  judgeQuorum(work, action, resource);
}

function judgeQuorum(work: Work, action: Action, resource: ClusterResource): void {
  switch (policyFor(work, resource)) {
    case 'stop':
      action.isRunnable = false;
      action.reason = 'no quorum';
      return;
    case 'freeze':
      if (!isFullyActive(resource) || rankOf(resource.nextRole) > rankOf(resource.role)) {
        action.isRunnable = false;
        action.reason = 'quorum freeze';
        return;
      }
      break;
    case 'go':
      break;
  }
  action.isRunnable = true;
}

function policyFor({ cluster }: Work, resource: ClusterResource): 'stop' | 'freeze' | 'go' {
  const { isQuorate, quorumPolicy } = cluster.options;
  if (isQuorate) return 'go';
  switch (quorumPolicy) {
    case 'stop':
    case 'freeze':
      return quorumPolicy;
    case 'demote':
      if (resource.role !== 'Promoted' && resource.role !== 'Unpromoted') return 'stop';
      if (rankOf(resource.nextRole) > rankOf('Unpromoted')) resource.nextRole = 'Unpromoted';
      return 'go';
    case 'ignore':
    case 'fence':
      return 'go';
  }
}

/** A group: every member. */
export function isFullyActive(resource: ClusterResource): boolean {
  if (resource.variant === 'group') return resource.children.every(isFullyActive);
  return resource.active.length > 0;
}

/** An action that stands for a moment, not for work (B1.2.6). */
export function pseudoAction(work: Work, name: string, node?: ClusterNode): Action {
  const found = findByKey(work, undefined, name, undefined);
  if (found !== undefined) return found;
  const action = newAction({
    id: work.actions.length + 1,
    key: name,
    task: name,
    intervalMs: 0,
    node,
    resource: undefined,
    isOptional: true,
    needs: 'nothing',
  });
  action.isPseudo = true;
  remember(work, action);
  return action;
}

/** A collective's own action (B1.2.7). */
export function collectiveAction(
  work: Work,
  resource: ClusterResource,
  task: string,
  { isOptional, isRunnable }: { readonly isOptional: boolean; readonly isRunnable: boolean },
): Action {
  const action = request(work, { resource, task, node: undefined, isOptional });
  action.isPseudo = true;
  if (isRunnable) action.isRunnable = true;
  return action;
}
