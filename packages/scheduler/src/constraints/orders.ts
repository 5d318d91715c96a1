/** Order constraints, simple ones (B4.3). */
import type { OrderConstraint } from '@holdfast/cib';
import type { ClusterResource } from '@holdfast/status';
import { BLOCKS } from '../work/relation.ts';
import { pseudoAction } from '../work/request.ts';
import type { Work } from '../work/work.ts';
import { actionSide, order, orderTasks, sideOf } from './deferred.ts';
import { flagsOf, inverseOf, orderToGate, symmetryOf } from './order-flags.ts';
import { readOrderSets } from './order-sets.ts';
import { resolve, unorderedSet } from './references.ts';

export function readOrder(work: Work, constraint: OrderConstraint): void {
  const { what } = constraint;
  if (what.kind === 'sets') {
    readOrderSets(work, constraint, what.sets);
    return;
  }
  const first = resolve(work.cluster, what.first);
  const then = resolve(work.cluster, what.then);
  if (first === undefined || then === undefined) return;
  if (first.kind === 'resource' && then.kind === 'resource') {
    readSimple(work, constraint, first.resource, then.resource);
    return;
  }
  const expand = (name: string, named: typeof first, action: string) => ({
    ...unorderedSet(name, named.kind === 'several' ? named.names : [name]),
    sequential: named.kind === 'resource',
    action,
  });
  readOrderSets(work, constraint, [
    expand(what.first, first, what.firstAction),
    expand(what.then, then, what.thenAction),
  ]);
}

function readSimple(
  work: Work,
  constraint: OrderConstraint,
  first: ClusterResource,
  then: ClusterResource,
): void {
  const { what, orderKind, symmetrical } = constraint;
  if (what.kind === 'sets') return;
  const symmetry = symmetryOf(orderKind, symmetrical);
  const flags = flagsOf(orderKind, what.firstAction, symmetry);
  const min = minOf(constraint, first);
  if (min > 0) orderAfterSome(work, { constraint, first, then, min, flags });
  else orderTasks(work, first, what.firstAction, then, what.thenAction, flags);
  if (symmetry !== 'symmetric') return;
  const [undoFirst, undoThen] = [inverseOf(what.firstAction), inverseOf(what.thenAction)];
  if (undoFirst === undefined || undoThen === undefined) return;
  const inverse = flagsOf(orderKind, undoThen, 'inverse');
  orderTasks(work, then, undoThen, first, undoFirst, inverse);
}

/** How many instances must run before what follows may (B4.3.5). */
function minOf({ requireAll }: OrderConstraint, first: ClusterResource): number {
  if (first.variant !== 'clone') return 0;
  if (first.meta.has('clone-min')) return first.instancesMin;
  return requireAll ? 0 : 1;
}

type AfterSome = {
  readonly constraint: OrderConstraint;
  readonly first: ClusterResource;
  readonly then: ClusterResource;
  readonly min: number;
  readonly flags: number;
};

function orderAfterSome(work: Work, { constraint, first, then, min, flags }: AfterSome): void {
  const { what } = constraint;
  if (what.kind === 'sets') return;
  const gate = pseudoAction(work, `clone-one-or-more:${constraint.id}`);
  gate.runnableMin = min;
  for (const instance of first.children) orderToGate(work, instance, what.firstAction, gate);
  order(work, actionSide(gate), sideOf(then, what.thenAction), flags | BLOCKS);
}
