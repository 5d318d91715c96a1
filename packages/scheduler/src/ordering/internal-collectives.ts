/** Orderings inside clones and bundles (B4.5.3 to B4.5.5). */
import { type ClusterResource, type Replica, stableMergeSort } from '@holdfast/status';
import { colocateAddress } from '../assign/internal-colocations.ts';
import { orderTasks } from '../constraints/deferred.ts';
import {
  BLOCKS,
  FIRST_SHOWS_THEN,
  GUEST,
  ORD,
  THEN_MAKES_FIRST,
  THEN_SHOWS_FIRST,
} from '../work/relation.ts';
import type { Work } from '../work/work.ts';
import type { OrderInside } from './internal-groups.ts';

type Order = (
  first: ClusterResource,
  firstTask: string,
  then: ClusterResource,
  thenTask: string,
  flags: number,
) => void;

function ordering(work: Work): Order {
  return (first, firstTask, then, thenTask, flags) => {
    orderTasks(work, first, firstTask, then, thenTask, flags);
  };
}

/** `orderInside`: the same for a part. */
export function orderClone(work: Work, clone: ClusterResource, orderInside: OrderInside): void {
  const add = ordering(work);
  add(clone, 'stopped', clone, 'start', ORD);
  add(clone, 'start', clone, 'running', BLOCKS);
  add(clone, 'stop', clone, 'stopped', BLOCKS);
  if (clone.isPromotable) {
    add(clone, 'demoted', clone, 'stop', ORD);
    add(clone, 'running', clone, 'promote', BLOCKS);
  }
  if (clone.isOrdered) {
    clone.children = stableMergeSort(clone.children, (a, b) => (a.number ?? 0) - (b.number ?? 0));
  }
  for (const [index, instance] of clone.children.entries()) {
    orderInside(instance);
    add(clone, 'start', instance, 'start', BLOCKS | THEN_SHOWS_FIRST);
    add(instance, 'start', clone, 'running', FIRST_SHOWS_THEN);
    add(clone, 'stop', instance, 'stop', THEN_SHOWS_FIRST);
    add(instance, 'stop', clone, 'stopped', FIRST_SHOWS_THEN);
    if (!clone.isOrdered) continue;
    for (const later of clone.children.slice(index + 1)) {
      add(instance, 'start', later, 'start', ORD);
      add(later, 'stop', instance, 'stop', ORD);
    }
  }
  if (clone.isPromotable) orderPromotable(work, clone);
}

function orderPromotable(work: Work, clone: ClusterResource): void {
  const add = ordering(work);
  orderRestart(work, clone);
  let previous: ClusterResource | undefined;
  for (const instance of clone.children) {
    add(instance, 'demote', instance, 'promote', ORD);
    add(clone, 'promote', instance, 'promote', ORD);
    add(instance, 'promote', clone, 'promoted', ORD);
    if (clone.isOrdered && previous !== undefined) {
      add(previous, 'promote', instance, 'promote', ORD);
    }
    add(clone, 'demote', instance, 'demote', THEN_SHOWS_FIRST);
    add(instance, 'demote', clone, 'demoted', FIRST_SHOWS_THEN);
    if (clone.isOrdered && previous !== undefined) {
      add(instance, 'demote', previous, 'demote', ORD);
    }
    previous = instance;
  }
}

/** B4.5.5. */
function orderRestart(work: Work, resource: ClusterResource): void {
  for (const [first, then] of [
    ['stopped', 'start'],
    ['stopped', 'promote'],
    ['demoted', 'stop'],
    ['demoted', 'start'],
    ['demoted', 'promote'],
    ['running', 'promote'],
    ['demote', 'demoted'],
  ] as const) {
    orderTasks(work, resource, first, resource, then, ORD);
  }
}

export function orderBundle(work: Work, bundle: ClusterResource, orderInside: OrderInside): void {
  const add = ordering(work);
  for (const replica of bundle.replicas) orderReplica(work, bundle, replica, orderInside);
  const inner = bundle.innerClone;
  if (inner === undefined) return;
  add(bundle, 'start', inner, 'start', THEN_SHOWS_FIRST);
  add(inner, 'running', bundle, 'running', FIRST_SHOWS_THEN);
  add(bundle, 'stop', inner, 'stop', THEN_SHOWS_FIRST);
  add(inner, 'stopped', bundle, 'stopped', FIRST_SHOWS_THEN);
  orderInside(inner);
  if (!inner.isPromotable) return;
  orderRestart(work, bundle);
  add(bundle, 'demote', inner, 'demote', THEN_SHOWS_FIRST);
  add(inner, 'demoted', bundle, 'demoted', FIRST_SHOWS_THEN);
  add(bundle, 'promote', inner, 'promote', THEN_SHOWS_FIRST);
  add(inner, 'promoted', bundle, 'promoted', FIRST_SHOWS_THEN);
}

function orderReplica(
  work: Work,
  bundle: ClusterResource,
  replica: Replica,
  orderInside: OrderInside,
): void {
  const add = ordering(work);
  const { container, ip, connection, inner } = replica;
  orderInside(container);
  add(bundle, 'start', container, 'start', BLOCKS | THEN_SHOWS_FIRST);
  if (inner !== undefined) add(bundle, 'stop', inner, 'stop', THEN_SHOWS_FIRST);
  add(bundle, 'stop', container, 'stop', THEN_SHOWS_FIRST);
  add(container, 'start', bundle, 'running', FIRST_SHOWS_THEN);
  add(container, 'stop', bundle, 'stopped', FIRST_SHOWS_THEN);
  if (ip !== undefined) {
    orderInside(ip);
    add(ip, 'start', container, 'start', BLOCKS | GUEST);
    add(container, 'stop', ip, 'stop', THEN_MAKES_FIRST | GUEST);
    colocateAddress(work, ip, container);
  }
  if (connection !== undefined) orderInside(connection);
}
