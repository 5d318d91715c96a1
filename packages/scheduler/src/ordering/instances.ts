/** A relation that ends at a clone or a bundle, brought to its instances (B4.9). */
import type { ClusterNode, ClusterResource } from '@holdfast/status';
import { matchingInstance, partsOf } from '../assign/matching.ts';
import { loseNode, unplace } from '../assign/placing.ts';
import type { Action } from '../work/action.ts';
import { newestOf } from '../work/find.ts';
import { BLOCKS, FIRST_MAKES_THEN, relate, THEN_MAKES_FIRST } from '../work/relation.ts';
import type { Work } from '../work/work.ts';
import { baseTask, effectiveOf, taskOfInstances } from './effective.ts';
import { applyRule, type Changes, type Pair } from './effects.ts';

/** One flag, on whatever kind of resource it falls (B4.8). */
export function applyFlag(
  work: Work,
  pair: Pair,
  flag: number,
  node: ClusterNode | undefined,
  changes: Changes,
): void {
  const { first, then } = pair;
  const kindOf = flag === THEN_MAKES_FIRST ? first.resource : then.resource;
  dispatch(work, kindOf, pair, flag, node, changes);
}

function dispatch(
  work: Work,
  kind: ClusterResource | undefined,
  pair: Pair,
  flag: number,
  node: ClusterNode | undefined,
  changes: Changes,
): void {
  switch (kind?.variant) {
    case 'clone':
    case 'bundle':
      applyToInstances(work, pair, flag, node, changes);
      return;
    case 'group':
      applyRule(pair, flag, changes);
      applyToMembers(work, pair, flag, node, changes);
      return;
    case 'primitive':
    case undefined:
      applyRule(pair, flag, changes);
  }
}

function applyToMembers(
  work: Work,
  pair: Pair,
  flag: number,
  node: ClusterNode | undefined,
  changes: Changes,
): void {
  const group = pair.then.resource;
  if (group === undefined) return;
  for (const member of group.children) {
    const action = newestOf(work, member, pair.then.task, node);
    if (action === undefined || action === pair.first) continue;
    const own: Changes = { first: false, then: false };
    dispatch(work, member, { ...pair, then: action, thenEffect: action }, flag, node, own);
    if (own.first) changes.first = true;
    if (!own.then) continue;
    changes.then = true;
    work.knots.update(action);
  }
}

function applyToInstances(
  work: Work,
  pair: Pair,
  flag: number,
  node: ClusterNode | undefined,
  changes: Changes,
): void {
  if (isInterleaved(pair)) {
    applyInterleaved(work, pair, flag, node, changes);
    return;
  }
  applyRule(pair, flag, changes);
  const { then } = pair;
  const collective = then.resource;
  if (collective === undefined) return;
  for (const instance of partsOf(collective)) {
    const action = newestOf(work, instance, then.task, node);
    if (action === undefined || !effectiveOf(work, action, node).isRunnable) continue;
    const own: Changes = { first: false, then: false };
    dispatch(work, instance, { ...pair, then: action, thenEffect: action }, flag, node, own);
    if (own.first) changes.first = true;
    if (!own.then) continue;
    changes.then = true;
    work.knots.updateAfter(action);
  }
}

function isCollective(resource: ClusterResource | undefined): resource is ClusterResource {
  return resource?.variant === 'clone' || resource?.variant === 'bundle';
}

/** B4.9.1. */
function isInterleaved({ first, then }: Pair): boolean {
  if (!isCollective(first.resource) || !isCollective(then.resource)) return false;
  if (first.resource === then.resource) return false;
  const isDown = /_(stop|demote)_0$/.test(then.key);
  return (isDown ? first.resource : then.resource).isInterleaved;
}

/** B4.9.4. */
function applyInterleaved(
  work: Work,
  pair: Pair,
  flag: number,
  node: ClusterNode | undefined,
  changes: Changes,
): void {
  const { first, then } = pair;
  const [firsts, thens] = [first.resource, then.resource];
  if (firsts === undefined || thens === undefined) return;
  const isCurrent = /_(stopped|demoted)_0$/.test(first.key);
  const base = baseTask(taskOfInstances(firsts, first));
  for (const instance of partsOf(thens)) {
    const partner = matchingInstance(work, firsts, instance, { isCurrent });
    if (partner === undefined) {
      const isNeeded = !isCurrent && (flag === BLOCKS || flag === FIRST_MAKES_THEN);
      if (isNeeded && giveUp(work, instance)) changes.then = true;
      continue;
    }
    const one = firstActionOf(work, pair, partner, base);
    const other = thenActionOf(work, pair, instance, node);
    if (one === undefined || other === undefined) continue;
    if (relate(one, other, flag)) {
      changes.first = true;
      changes.then = true;
    }
    const own: Changes = { first: false, then: false };
    const inner: Pair = {
      first: one,
      then: other,
      firstEffect: effectiveOf(work, one, node),
      thenEffect: other,
    };
    dispatch(work, other.resource, inner, flag, node, own);
    if (own.first) changes.first = true;
    if (own.then) changes.then = true;
    if (own.first) work.knots.updateAfter(one);
    if (own.then) work.knots.updateAfter(other);
  }
}

/** True: it had a node. */
function giveUp(work: Work, instance: ClusterResource): boolean {
  const had = hasNode(instance);
  for (const part of [instance, ...instance.children]) {
    if (part.children.length > 0) continue;
    unplace(part);
    part.isAssigned = true;
    loseNode(work, part);
  }
  return had;
}

function hasNode(resource: ClusterResource): boolean {
  return resource.assigned !== undefined || resource.children.some(hasNode);
}

function innerOf(
  collective: ClusterResource,
  instance: ClusterResource,
): ClusterResource | undefined {
  if (collective.variant !== 'bundle') return undefined;
  return collective.replicas.find(({ container }) => container === instance)?.inner;
}

/** Of a container, what is inside it, unless it is about stopping (B4.9.4). */
function firstActionOf(
  work: Work,
  pair: Pair,
  partner: ClusterResource,
  task: string,
): Action | undefined {
  const { resource, task: own } = pair.first;
  const inner = resource === undefined ? undefined : innerOf(resource, partner);
  const isStop = own === 'stop' || own === 'stopped';
  return newestOf(work, isStop ? partner : (inner ?? partner), task);
}

/** Of a container, what is inside it only where it is about promotion. */
function thenActionOf(
  work: Work,
  pair: Pair,
  instance: ClusterResource,
  node: ClusterNode | undefined,
): Action | undefined {
  const { resource, task } = pair.then;
  const inner = resource === undefined ? undefined : innerOf(resource, instance);
  const isInside = ['promote', 'promoted', 'demote', 'demoted'].includes(task);
  if (isInside && inner !== undefined) return newestOf(work, inner, task);
  return newestOf(work, instance, task, node);
}
