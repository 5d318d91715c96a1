/** Order constraints of sets (B4.3.6 to B4.3.8). */
import type { OrderConstraint, ResourceSet } from '@holdfast/cib';
import type { ClusterResource } from '@holdfast/status';
import { BLOCKS } from '../work/relation.ts';
import { pseudoAction } from '../work/request.ts';
import type { Work } from '../work/work.ts';
import { actionSide, order, orderTasks, sideOf } from './deferred.ts';
import {
  flagsOf,
  inverseOf,
  type OrderKind,
  orderToGate,
  type Symmetry,
  symmetryOf,
} from './order-flags.ts';
import { resourcesOfSet } from './references.ts';

type SetOf = {
  readonly set: ResourceSet;
  readonly members: readonly ClusterResource[];
  readonly task: string;
};

export function readOrderSets(
  work: Work,
  constraint: OrderConstraint,
  sets: readonly ResourceSet[],
): void {
  const read: SetOf[] = [];
  for (const set of sets) {
    const members = resourcesOfSet(work.cluster, set);
    if (members === undefined) return;
    read.push({ set, members, task: set.action ?? 'start' });
  }
  const symmetry = symmetryOf(constraint.orderKind, constraint.symmetrical);
  for (const [index, each] of read.entries()) {
    within(work, constraint, each);
    const earlier = read[index - 1];
    if (earlier === undefined) continue;
    between(work, constraint.orderKind, { first: earlier, then: each, symmetry });
    if (symmetry !== 'symmetric') continue;
    const undoEarlier = inverted(earlier);
    const undoEach = inverted(each);
    if (undoEarlier === undefined || undoEach === undefined) continue;
    between(work, constraint.orderKind, {
      first: undoEach,
      then: undoEarlier,
      symmetry: 'inverse',
    });
  }
}

function inverted(set: SetOf): SetOf | undefined {
  const task = inverseOf(set.task);
  return task === undefined ? undefined : { ...set, task };
}

function kindOf(text: string | undefined, fallback: OrderKind): OrderKind {
  return text === 'Optional' || text === 'Serialize' || text === 'Mandatory' ? text : fallback;
}

function within(work: Work, constraint: OrderConstraint, { set, members, task }: SetOf): void {
  if (members.length < 2) return;
  const kind = kindOf(set.kind, constraint.orderKind);
  const symmetry = symmetryOf(kind, constraint.symmetrical);
  const flags = flagsOf(kind, task, symmetry);
  if (kind === 'Serialize') {
    for (const [index, member] of members.entries()) {
      for (const later of members.slice(index + 1)) {
        orderTasks(work, member, task, later, task, flags);
      }
    }
    return;
  }
  if (!set.sequential) return;
  for (const [index, member] of members.entries()) {
    const previous = members[index - 1];
    if (previous !== undefined) orderTasks(work, previous, task, member, task, flags);
  }
  const undo = inverseOf(task);
  if (symmetry === 'asymmetric' || undo === undefined) return;
  const inverse = flagsOf(kind, undo, 'inverse');
  for (const [index, member] of members.entries()) {
    const previous = members[index - 1];
    if (previous !== undefined) orderTasks(work, member, undo, previous, undo, inverse);
  }
}

type Between = { readonly first: SetOf; readonly then: SetOf; readonly symmetry: Symmetry };

/** `sequential` counts here only where it is written. */
function isSequential({ set }: SetOf): boolean {
  return set.sequential && set.isSequentialWritten === true;
}

function between(work: Work, kind: OrderKind, { first, then, symmetry }: Between): void {
  const flags = flagsOf(kind, first.task, symmetry);
  const isDown = first.task === 'stop' || first.task === 'demote';
  if (!first.set.requireAll && !isDown) {
    const gate = pseudoAction(work, `one-or-more:${first.set.id}`);
    gate.runnableMin = 1;
    for (const member of first.members) orderToGate(work, member, first.task, gate);
    for (const member of then.members) {
      order(work, actionSide(gate), sideOf(member, then.task), flags | BLOCKS);
    }
    return;
  }
  const isInverse = symmetry === 'inverse';
  const firsts = representatives(first, isInverse ? 'first' : 'last');
  const thens = representatives(then, isInverse ? 'last' : 'first');
  for (const one of firsts) {
    for (const other of thens) orderTasks(work, one, first.task, other, then.task, flags);
  }
}

function representatives(set: SetOf, which: 'first' | 'last'): readonly ClusterResource[] {
  if (!isSequential(set)) return set.members;
  return which === 'first' ? set.members.slice(0, 1) : set.members.slice(-1);
}
