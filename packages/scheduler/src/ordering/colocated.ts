/** What must run with something that cannot run cannot run either (B4.4.2). */
import { topOf, type ClusterResource } from '@holdfast/status';
import { dependentsFor } from '../assign/colocation-lists.ts';
import type { Action } from '../work/action.ts';
import { actionsOf, type Work } from '../work/work.ts';
import { newestOf } from '../work/find.ts';

const INFINITE = 1_000_000;

export function blockColocated(work: Work, action: Action): void {
  const { task, isRunnable, resource: own } = action;
  if (isRunnable || own === undefined) return;
  if (task !== 'start' && task !== 'promote') return;
  const top = topOf(own);
  const resource = top.parent ?? top;
  for (const child of resource.children) {
    const found = newestOf(work, child, task);
    if (found === undefined || found.isRunnable) return;
  }
  for (const { score, dependent, dependentRole, primaryRole } of dependentsFor(work, resource)) {
    if (score < INFINITE) continue;
    if (task === 'promote' && primaryRole !== 'Promoted') continue;
    const blocked = dependentRole === 'Promoted' ? 'promote' : 'start';
    blockDependent(work, dependent, blocked, resource);
  }
}

function blockDependent(
  work: Work,
  dependent: ClusterResource,
  task: string,
  because: ClusterResource,
): void {
  for (const action of actionsOf(work, dependent)) {
    if (action.task !== task || !action.isRunnable) continue;
    action.isRunnable = false;
    action.reason ??= `colocation with ${because.id}`;
    blockColocated(work, action);
    work.knots.update(action);
  }
  for (const child of dependent.children) blockDependent(work, child, task, because);
}
