/** What a collective's action amounts to, seen through its parts (B1.9.5, B4.7.4). */
import type { ClusterNode, ClusterResource } from '@holdfast/status';
import { partsOf } from '../assign/matching.ts';
import type { Action } from '../work/action.ts';
import { newestOf } from '../work/find.ts';
import type { Work } from '../work/work.ts';

export type Effective = {
  isRunnable: boolean;
  isOptional: boolean;
  isMigratable: boolean;
  isPseudo: boolean;
};

const BASE: Readonly<Record<string, string>> = {
  running: 'start',
  started: 'start',
  stopped: 'stop',
  promoted: 'promote',
  demoted: 'demote',
  notified: 'notify',
};

export function baseTask(task: string): string {
  return BASE[task] ?? task;
}

/** Does it end something (`running`, `stopped`, …)? */
export function isDoneTask(task: string): boolean {
  return BASE[task] !== undefined;
}

export function effectiveOf(work: Work, action: Action, node: ClusterNode | undefined): Effective {
  const { resource } = action;
  if (resource === undefined || resource.variant === 'primitive') return action;
  const overall = collectiveEffect(work, resource, action, undefined);
  if (node === undefined || resource.variant === 'group') return overall;
  const here = collectiveEffect(work, resource, action, node);
  return overall.isRunnable ? { ...here, isRunnable: true } : here;
}

export function collectiveEffect(
  work: Work,
  resource: ClusterResource,
  action: Action,
  node: ClusterNode | undefined,
): Effective {
  return resource.variant === 'group'
    ? groupEffect(work, resource, action, node)
    : instancesEffect(work, resource, action, node);
}

/** Until a member says otherwise. */
function unhindered({ isMigratable }: Action): Effective {
  return { isRunnable: true, isOptional: true, isMigratable, isPseudo: true };
}

function groupEffect(
  work: Work,
  group: ClusterResource,
  action: Action,
  node: ClusterNode | undefined,
): Effective {
  const result = unhindered(action);
  for (const member of group.children) {
    const isPrimitive = member.variant === 'primitive';
    const task = isPrimitive ? baseTask(action.task) : action.task;
    const found = newestOf(work, member, task, isPrimitive ? node : undefined);
    if (found !== undefined) {
      if (!found.isOptional) {
        result.isOptional = false;
        action.isOptional = false;
      }
      if (task !== action.task && !found.isRunnable) {
        result.isRunnable = false;
        action.isRunnable = false;
      }
    } else if (task !== 'stop' && task !== 'demote') {
      result.isRunnable = false;
    }
  }
  return result;
}

function instancesEffect(
  work: Work,
  collective: ClusterResource,
  action: Action,
  node: ClusterNode | undefined,
): Effective {
  const result = unhindered(action);
  const task = taskOfInstances(collective, action);
  const parts = instancesFor(collective, task);
  let isAnyRunnable = false;
  for (const instance of parts) {
    const isPrimitive = instance.variant === 'primitive';
    const found = newestOf(work, instance, task, isPrimitive ? node : undefined);
    if (found === undefined) continue;
    const effect = isPrimitive ? found : collectiveEffect(work, instance, found, node);
    if (!effect.isOptional) {
      result.isOptional = false;
      action.isOptional = false;
    }
    if (effect.isRunnable) isAnyRunnable = true;
  }
  if (isAnyRunnable) return result;
  result.isRunnable = false;
  if (node === undefined) action.isRunnable = false;
  return result;
}

/** What the instances do when the collective does `action`. */
export function taskOfInstances(collective: ClusterResource, { task, key }: Action): string {
  const notified = /_notify_([a-z_]+)_\d+$/.exec(key)?.[1];
  const plain =
    notified !== undefined && (task === 'notify' || task === 'notified') ? notified : task;
  const [first] = instancesFor(collective, plain);
  return first?.variant === 'primitive' ? baseTask(plain) : plain;
}

const OF_CONTAINERS: ReadonlySet<string> = new Set([
  'start',
  'running',
  'started',
  'stop',
  'stopped',
  'monitor',
]);

/** A bundle starts and stops by its containers, everything else by what is inside. */
export function instancesFor(
  collective: ClusterResource,
  task: string,
): readonly ClusterResource[] {
  if (collective.variant !== 'bundle') return collective.children;
  if (OF_CONTAINERS.has(task) || collective.innerClone === undefined) return partsOf(collective);
  return collective.innerClone.children;
}
