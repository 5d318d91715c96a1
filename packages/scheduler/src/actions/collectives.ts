/** The actions that stand for groups, clones and bundles as a whole (B1.9). */
import { INFINITY } from '@holdfast/base';
import { type ClusterResource, primitivesOf } from '@holdfast/status';
import { ORD, relate } from '../work/relation.ts';
import { collectiveAction } from '../work/request.ts';
import { actionsOf, type Work } from '../work/work.ts';
import { createPrimitiveActions } from './primitive.ts';
import { notifyPair, type NotifyPair } from '../notify/pseudo.ts';

export function createActions(work: Work, resource: ClusterResource): void {
  switch (resource.variant) {
    case 'primitive':
      createPrimitiveActions(work, resource);
      return;
    case 'group':
      createGroupActions(work, resource);
      return;
    case 'clone':
      createCloneActions(work, resource);
      return;
    case 'bundle':
      createBundleActions(work, resource);
  }
}

const FREE = { isOptional: true, isRunnable: true };

function createGroupActions(work: Work, group: ClusterResource): void {
  for (const member of group.children) createActions(work, member);
  for (const task of ['start', 'running', 'stop', 'stopped']) {
    collectiveAction(work, group, task, FREE);
  }
  if (group.meta.get('promotable') !== 'true') return;
  for (const task of ['demote', 'demoted', 'promote', 'promoted']) {
    collectiveAction(work, group, task, FREE);
  }
}

type Moves = {
  isStarting: boolean;
  isStopping: boolean;
  isRestarting: boolean;
  isActive: boolean;
};

function movesOf(work: Work, parts: readonly ClusterResource[]): Moves {
  const moves = { isStarting: false, isStopping: false, isRestarting: false, isActive: false };
  for (const part of parts) {
    for (const primitive of primitivesOf(part)) noteMoves(work, primitive, moves);
  }
  return moves;
}

function noteMoves(work: Work, primitive: ClusterResource, moves: Moves): void {
  if (primitive.active.length > 0) moves.isActive = true;
  let starts = false;
  let stops = false;
  for (const { task, isOptional, isRunnable, isPseudo } of actionsOf(work, primitive)) {
    if (isOptional) continue;
    if (task === 'start' && isRunnable) starts = true;
    if (task === 'stop' && (isPseudo || isRunnable)) stops = true;
  }
  if (starts) moves.isStarting = true;
  if (stops) moves.isStopping = true;
  if (starts && stops) moves.isRestarting = true;
}

type CollectivePair = {
  readonly stopsPair: NotifyPair | undefined;
  readonly startsPair: NotifyPair | undefined;
};

/** start, running, stop, stopped of a clone or a bundle; then what tells its instances. */
function createPseudo(
  work: Work,
  collective: ClusterResource,
  parts: readonly ClusterResource[],
): CollectivePair {
  const moves = movesOf(work, parts);
  const start = collectiveAction(work, collective, 'start', {
    isOptional: !moves.isStarting,
    isRunnable: true,
  });
  const running = collectiveAction(work, collective, 'running', {
    isOptional: !moves.isStarting,
    isRunnable: moves.isActive || moves.isStarting,
  });
  running.priority = INFINITY;
  const stop = collectiveAction(work, collective, 'stop', {
    isOptional: !moves.isStopping,
    isRunnable: true,
  });
  const stopped = collectiveAction(work, collective, 'stopped', {
    isOptional: !moves.isStopping,
    isRunnable: true,
  });
  stopped.priority = INFINITY;
  if (!moves.isRestarting) stop.isMigratable = true;
  const startsPair = notifyPair(work, collective, 'start', start, running);
  const stopsPair = notifyPair(work, collective, 'stop', stop, stopped);
  if (startsPair !== undefined && stopsPair !== undefined) {
    relate(stopsPair.postDone, startsPair.pre, ORD);
  }
  return { startsPair, stopsPair };
}

function createCloneActions(work: Work, clone: ClusterResource): void {
  for (const instance of clone.children) createActions(work, instance);
  const pairs = createPseudo(work, clone, clone.children);
  if (clone.isPromotable) createPromotableActions(work, clone, pairs);
}

/** B1.9.3. */
function createPromotableActions(
  work: Work,
  clone: ClusterResource,
  { startsPair, stopsPair }: CollectivePair,
): void {
  let isPromoting = false;
  let isDemoting = false;
  for (const instance of clone.children) {
    createActions(work, instance);
    for (const primitive of primitivesOf(instance)) {
      for (const { task, isOptional } of actionsOf(work, primitive)) {
        if (isOptional) continue;
        if (task === 'promote') isPromoting = true;
        if (task === 'demote') isDemoting = true;
      }
    }
  }
  const promotes = pairOf(work, clone, 'promote', isPromoting);
  const demotes = pairOf(work, clone, 'demote', isDemoting);
  if (promotes !== undefined) {
    for (const pair of [stopsPair, startsPair, demotes]) {
      if (pair !== undefined) relate(pair.postDone, promotes.pre, ORD);
    }
    if (demotes !== undefined && startsPair !== undefined) {
      relate(demotes.postDone, startsPair.pre, ORD);
    }
    if (demotes !== undefined && stopsPair !== undefined) {
      relate(demotes.postDone, stopsPair.pre, ORD);
    }
  }
  for (const instance of clone.children) instance.priority = clone.priority;
}

function pairOf(
  work: Work,
  clone: ClusterResource,
  task: 'promote' | 'demote',
  isWanted: boolean,
): NotifyPair | undefined {
  const manner = { isOptional: !isWanted, isRunnable: true };
  const action = collectiveAction(work, clone, task, manner);
  const done = collectiveAction(work, clone, `${task}d`, manner);
  done.priority = INFINITY;
  return notifyPair(work, clone, task, action, done);
}

/** B1.9.4. */
function createBundleActions(work: Work, bundle: ClusterResource): void {
  for (const { ip, container, connection } of bundle.replicas) {
    if (ip !== undefined) createActions(work, ip);
    createActions(work, container);
    if (connection !== undefined) createActions(work, connection);
  }
  createPseudo(
    work,
    bundle,
    bundle.replicas.map(({ container }) => container),
  );
  const { innerClone } = bundle;
  if (innerClone === undefined) return;
  createActions(work, innerClone);
  if (!innerClone.isPromotable) return;
  collectiveAction(work, bundle, 'promote', FREE);
  collectiveAction(work, bundle, 'promoted', FREE).priority = INFINITY;
  collectiveAction(work, bundle, 'demote', FREE);
  collectiveAction(work, bundle, 'demoted', FREE).priority = INFINITY;
}
