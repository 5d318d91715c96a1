/** Orderings between what may come to exist (B4.2.2), and what they mean for live migrations (B1.10.4). */
import { type ClusterResource } from '@holdfast/status';
import { type Action, keyOf } from '../work/action.ts';
import { ORD, UNLESS_MIGRATING } from '../work/relation.ts';
import type { OrderingSide, Work } from '../work/work.ts';

export function orderTasks(
  work: Work,
  first: ClusterResource,
  firstTask: string,
  then: ClusterResource,
  thenTask: string,
  flags: number,
): void {
  order(work, sideOf(first, firstTask), sideOf(then, thenTask), flags);
}

export function sideOf(resource: ClusterResource, task: string, intervalMs = 0): OrderingSide {
  return { resource, key: keyOf(resource, task, intervalMs), action: undefined };
}

export function actionSide(action: Action): OrderingSide {
  return { resource: action.resource, key: undefined, action };
}

export function order(work: Work, first: OrderingSide, then: OrderingSide, flags: number): void {
  if (flags === 0) return;
  work.orderings.push({ first, then, flags });
  orderMigrations(work, first, then);
}

function isAncestor(one: ClusterResource, other: ClusterResource): boolean {
  for (let each = other.parent; each !== undefined; each = each.parent) {
    if (each === one) return true;
  }
  return false;
}

type Task = 'start' | 'stop' | 'promote' | 'demote';

function taskOf({ key, action, resource }: OrderingSide): Task | undefined {
  const text = action?.key ?? key;
  if (text === undefined || resource === undefined) return undefined;
  for (const task of ['start', 'stop', 'promote', 'demote'] as const) {
    if (text === keyOf(resource, task)) return task;
  }
  return undefined;
}

function orderMigrations(work: Work, first: OrderingSide, then: OrderingSide): void {
  const a = first.resource;
  const b = then.resource;
  if (a === undefined || b === undefined || a === b) return;
  if (!a.isMigratable && !b.isMigratable) return;
  if (isAncestor(a, b) || isAncestor(b, a)) return;
  const [firstTask, thenTask] = [taskOf(first), taskOf(then)];
  if (firstTask === undefined || thenTask === undefined) return;
  const flags = ORD | (a.isMigratable ? UNLESS_MIGRATING : 0);
  for (const { task, after, isPlain } of migrationsOf(`${firstTask} ${thenTask}`, a, b)) {
    const sides = { first: sideOf(a, after), then: sideOf(b, task) };
    work.orderings.push({ ...sides, flags: isPlain ? ORD : flags });
  }
}

type MigrationOrder = { readonly after: string; readonly task: string; readonly isPlain: boolean };

/** B1.10.4: what a live migration of `b` must wait for, where `b` may migrate. */
function migrationsOf(
  pair: string,
  a: ClusterResource,
  b: ClusterResource,
): readonly MigrationOrder[] {
  if (!b.isMigratable) return [];
  const isPartial = b.partialTarget !== undefined;
  const away = (after: string, isPlain: boolean): readonly MigrationOrder[] => [
    { after, task: 'migrate_to', isPlain },
    ...(isPartial ? [{ after, task: 'migrate_from', isPlain }] : []),
  ];
  switch (pair) {
    case 'start start':
      return [
        ...(a.isMigratable ? [{ after: 'migrate_from', task: 'migrate_to', isPlain: true }] : []),
        { after: 'start', task: 'migrate_to', isPlain: false },
      ];
    case 'stop stop':
      return away('stop', false);
    case 'promote start':
      return [{ after: 'promote', task: 'migrate_to', isPlain: true }];
    case 'demote stop':
      return away('demote', true);
    default:
      return [];
  }
}
