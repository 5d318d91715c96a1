/** Orderings between what may come to exist (B4.2.2), and what they mean for live migrations (B1.10.4). */
import { type ClusterResource } from '@holdfast/status';
import { type Action, keyOf } from '../work/action.ts';
import { BLOCKS, ORD, UNLESS_MIGRATING } from '../work/relation.ts';
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
  const add = (firstSide: OrderingSide, task: string, with_: number): void => {
    work.orderings.push({ first: firstSide, then: sideOf(b, task), flags: with_ });
  };
  switch (`${firstTask} ${thenTask}`) {
    case 'start start':
      if (a.isMigratable && b.isMigratable) add(sideOf(a, 'migrate_from'), 'migrate_to', ORD);
      if (b.isMigratable) add(sideOf(a, 'start'), 'migrate_to', flags);
      return;
    case 'stop stop':
      if (!b.isMigratable) return;
      add(sideOf(a, 'stop'), 'migrate_to', flags);
      if (b.partialTarget !== undefined) add(sideOf(a, 'stop'), 'migrate_from', flags);
      return;
    case 'promote start':
      if (b.isMigratable) add(sideOf(a, 'promote'), 'migrate_to', ORD);
      return;
    case 'demote stop':
      if (!b.isMigratable) return;
      add(sideOf(a, 'demote'), 'migrate_to', ORD);
      if (b.partialTarget !== undefined) add(sideOf(a, 'demote'), 'migrate_from', ORD);
      return;
    default:
  }
}

/** The usual pair of flags where the first must have worked. */
export const MUST_FOLLOW = ORD | BLOCKS;
