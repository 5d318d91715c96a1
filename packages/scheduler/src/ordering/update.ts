/** Settling an action by what comes before it, and everything behind it by that (B4.7). */
import type { ClusterNode, ClusterResource } from '@holdfast/status';
import { type Action, keyOf } from '../work/action.ts';
import { byKey } from '../work/find.ts';
import {
  ASYMMETRIC,
  BLOCKS,
  CANCELS,
  ELSE,
  FIRST_MAKES_THEN,
  FIRST_MAKES_THEN_HERE,
  FIRST_SHOWS_THEN,
  MIGRATES,
  MIN_RUNNABLE,
  NESTED_PROBE,
  ORD,
  PROMOTED_THEN_MAKES_FIRST,
  relate,
  type Relation,
  RESTART,
  SAME_NODE,
  THEN_MAKES_FIRST,
  THEN_SHOWS_FIRST,
} from '../work/relation.ts';
import type { Work } from '../work/work.ts';
import { blockColocated } from './colocated.ts';
import { baseTask, effectiveOf, isDoneTask } from './effective.ts';
import { because, type Changes, type Pair } from './effects.ts';
import { applyFlag } from './instances.ts';

/** How deep changes may follow each other before the rest is put off: no input may overflow the stack. */
const DEPTH_MAX = 400;

type Queue = { depth: number; readonly later: Set<Action> };

const queues = new WeakMap<Work, Queue>();

function queueOf(work: Work): Queue {
  let queue = queues.get(work);
  if (queue === undefined) {
    queue = { depth: 0, later: new Set() };
    queues.set(work, queue);
  }
  return queue;
}

export function update(work: Work, action: Action): void {
  const queue = queueOf(work);
  if (queue.depth >= DEPTH_MAX) {
    queue.later.add(action);
    return;
  }
  queue.depth += 1;
  settle(work, action);
  queue.depth -= 1;
  if (queue.depth > 0) return;
  for (const put of queue.later) {
    queue.later.delete(put);
    update(work, put);
  }
}

export function updateAfter(work: Work, action: Action): void {
  for (let index = action.after.length - 1; index >= 0; index -= 1) {
    const next = action.after[index]?.action;
    if (next !== undefined) update(work, next);
  }
}

function settle(work: Work, then: Action): void {
  const before = { isRunnable: then.isRunnable, isOptional: then.isOptional };
  const needsSome = then.runnableMin > 0;
  if (needsSome) {
    then.runnableCount = 0;
    then.isRunnable = false;
  }
  let hasChanged = false;
  for (let index = then.before.length - 1; index >= 0; index -= 1) {
    const relation = then.before[index];
    if (relation === undefined || relation.flags === 0) continue;
    const changes = applyRelation(work, relation, then);
    if (changes.first) {
      updateAfter(work, relation.action);
      update(work, relation.action);
    }
    if (changes.then) hasChanged = true;
  }
  if (needsSome) {
    hasChanged = then.isRunnable !== before.isRunnable || then.isOptional !== before.isOptional;
  }
  if (!hasChanged) return;
  if (before.isRunnable && !then.isRunnable) blockColocated(work, then);
  update(work, then);
  updateAfter(work, then);
}

/** Where the action happens: of a group's start, the one node of all its members. */
function nodeOf(action: Action): ClusterNode | undefined {
  const { node, resource, task } = action;
  if (node !== undefined || resource?.variant !== 'group' || task !== 'start') return node;
  const nodes = new Set(resource.children.map(({ assigned }) => assigned?.node));
  const [only] = nodes;
  return nodes.size === 1 ? only : undefined;
}

function applyRelation(work: Work, relation: Relation, then: Action): Changes {
  const changes: Changes = { first: false, then: false };
  const first = relation.action;
  const [firstNode, thenNode] = [nodeOf(first), nodeOf(then)];
  const areApart = firstNode !== undefined && thenNode !== undefined && firstNode !== thenNode;
  if ((relation.flags & SAME_NODE) !== 0 && areApart) {
    relation.flags = 0;
    return changes;
  }
  if ((relation.flags & CANCELS) !== 0 && first.resource !== undefined && !then.isOptional) {
    first.isOptional = true;
    if (first.task === 'reload-agent') first.resource.isReloading = false;
  }
  const replaced = remapped(work, first, then);
  if (replaced !== undefined && replaced !== first) {
    if (relate(replaced, then, relation.flags)) {
      relation.flags = 0;
      changes.then = true;
    }
    return changes;
  }
  const pair: Pair = {
    first,
    then,
    firstEffect: effectiveOf(work, first, thenNode),
    thenEffect: effectiveOf(work, then, firstNode),
  };
  applyFlags(work, pair, relation, thenNode, changes);
  return changes;
}

function isDescendant(resource: ClusterResource, of: ClusterResource): boolean {
  for (let each = resource.parent; each !== undefined; each = each.parent) {
    if (each === of) return true;
  }
  return false;
}

/** What follows a collective follows the end of what the collective does (B4.7, 2 c). */
function remapped(work: Work, first: Action, then: Action): Action | undefined {
  const { resource, key, intervalMs } = first;
  const target = then.resource;
  if (resource === undefined || target === undefined || resource === target) return first;
  if (resource.variant === 'primitive' || isDescendant(target, resource)) return first;
  if (intervalMs > 0 || key.includes('notify')) return first;
  const base = baseTask(first.task);
  const done = DONE[base];
  if (done === undefined || (!isDoneTask(first.task) && first.task !== base)) return first;
  const isTold = resource.isNotified && tells(resource);
  const wanted = isTold ? `${resource.id}_confirmed-post_notify_${done}_0` : keyOf(resource, done);
  return byKey(work, resource, wanted)[0] ?? first;
}

const DONE: Readonly<Record<string, string>> = {
  start: 'running',
  stop: 'stopped',
  promote: 'promoted',
  demote: 'demoted',
};

/** Only clones, and what is inside a bundle, wait until everybody was told. */
function tells(resource: ClusterResource): boolean {
  if (resource.variant === 'clone' || resource.variant === 'bundle') return true;
  for (let each = resource.parent; each !== undefined; each = each.parent) {
    if (each.variant === 'bundle') return true;
  }
  return false;
}

/** In this order (B4.8). */
const IN_ORDER: readonly number[] = [
  FIRST_MAKES_THEN,
  RESTART,
  THEN_MAKES_FIRST,
  PROMOTED_THEN_MAKES_FIRST,
  MIN_RUNNABLE,
  NESTED_PROBE,
  BLOCKS,
  MIGRATES,
  ELSE,
  ORD,
  ASYMMETRIC,
];

function applyFlags(
  work: Work,
  pair: Pair,
  relation: Relation,
  node: ClusterNode | undefined,
  changes: Changes,
): void {
  const { first, then } = pair;
  if ((relation.flags & FIRST_MAKES_THEN_HERE) !== 0) {
    relation.flags &= ~FIRST_MAKES_THEN_HERE;
    relation.flags |= FIRST_MAKES_THEN;
    if (then.resource === undefined) applySimple(pair, FIRST_MAKES_THEN, changes);
    else applyFlag(work, pair, FIRST_MAKES_THEN, first.node, changes);
  } else if ((relation.flags & FIRST_MAKES_THEN) !== 0) {
    applyOne(work, pair, FIRST_MAKES_THEN, node, changes);
  }
  for (const flag of IN_ORDER.slice(1)) {
    if (flag === NESTED_PROBE) applyNestedProbe(work, pair, relation, node, changes);
    else if ((relation.flags & flag) !== 0) applyOne(work, pair, flag, node, changes);
  }
  show(pair, relation.flags);
  applyBlockedStop(pair, relation.flags, changes);
}

function applyOne(
  work: Work,
  pair: Pair,
  flag: number,
  node: ClusterNode | undefined,
  changes: Changes,
): void {
  const isBare =
    flag === THEN_MAKES_FIRST
      ? pair.first.resource === undefined || pair.then.resource === undefined
      : pair.then.resource === undefined;
  if (isBare) applySimple(pair, flag, changes);
  else applyFlag(work, pair, flag, node, changes);
}

/** Where one of them belongs to no resource (B4.8, †). */
function applySimple(pair: Pair, flag: number, changes: Changes): void {
  const { first, then, firstEffect } = pair;
  switch (flag) {
    case FIRST_MAKES_THEN:
      if (firstEffect.isOptional || !then.isOptional) return;
      then.isOptional = false;
      because(then, first, 'required');
      changes.then = true;
      return;
    case BLOCKS:
      if (firstEffect.isRunnable || !then.isRunnable) return;
      then.isRunnable = false;
      because(then, first, 'unrunnable');
      changes.then = true;
      return;
    case THEN_MAKES_FIRST:
      if (firstEffect.isOptional || !first.isRunnable || first.resource !== undefined) return;
      first.isRunnable = false;
      changes.first = true;
      return;
    case MIN_RUNNABLE:
      if (!firstEffect.isRunnable) return;
      then.runnableCount += 1;
      if (then.runnableCount >= then.runnableMin && !then.isRunnable) {
        then.isRunnable = true;
        changes.then = true;
      }
      return;
    default:
  }
}

function applyNestedProbe(
  work: Work,
  pair: Pair,
  relation: Relation,
  node: ClusterNode | undefined,
  changes: Changes,
): void {
  if ((relation.flags & NESTED_PROBE) === 0) return;
  const { first } = pair;
  if (!first.isRunnable && (first.resource?.active.length ?? 0) > 0) relation.flags = 0;
  else applyOne(work, pair, BLOCKS, node, changes);
}

/** What is only needed because something else is (B4.8, 11). */
function show({ first, then, firstEffect, thenEffect }: Pair, flags: number): void {
  if ((flags & FIRST_SHOWS_THEN) !== 0 && first.isRunnable && !firstEffect.isOptional) {
    then.isShown = true;
  }
  if ((flags & THEN_SHOWS_FIRST) !== 0 && !thenEffect.isOptional) first.isShown = true;
}

/** B4.8, 12: what cannot be stopped until somebody looks holds up what would follow. */
function applyBlockedStop({ first, then }: Pair, flags: number, changes: Changes): void {
  if ((flags & (FIRST_MAKES_THEN | THEN_MAKES_FIRST | RESTART)) === 0) return;
  if (first.task !== 'stop' || first.isRunnable || !then.isRunnable) return;
  if (first.resource?.isManaged !== false || !first.resource.isBlocked) return;
  then.isRunnable = false;
  changes.then = true;
}
