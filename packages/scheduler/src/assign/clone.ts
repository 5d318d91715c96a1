/** Distributing the instances of a clone, or the containers of a bundle (A4.8.2 to A4.8.5). */
import { MINUS_INFINITY } from '@holdfast/base';
import {
  addScoreEverywhere,
  type AllowedTable,
  type ClusterNode,
  type ClusterResource,
  copyTable,
  currentNode,
  everyPart,
  isAvailable,
  stableMergeSort,
} from '@holdfast/status';
import type { Work } from '../work/work.ts';
import { dependentsFor, primariesFor } from './colocation-lists.ts';
import { compareInstances } from './instance-order.ts';
import { placeOf } from './matching.ts';
import { addDependentLikings } from './merge.ts';
import { unplace } from './placing.ts';
import { addPromotionScores, choosePromoted } from './promotion.ts';
import { printScores } from './scores.ts';
import { isUsable } from './values.ts';

export function assignClone(work: Work, clone: ClusterResource): undefined {
  if (clone.isAssigned || clone.isAssigning) return undefined;
  clone.isAssigning = true;
  if (clone.isPromotable) addPromotionScores(work, clone);
  for (const { primary } of primariesFor(work, clone)) work.knots.assign(primary, undefined, true);
  for (const each of dependentsFor(work, clone)) addDependentLikings(work, each, clone);
  printScores(work, clone);
  clone.children = stableMergeSort(clone.children, (a, b) => compareInstances(work, clone, a, b));
  distribute(work, clone, clone.children);
  if (clone.isPromotable) choosePromoted(work, clone);
  clone.isAssigning = false;
  clone.isAssigned = true;
  return undefined;
}

type Distribution = {
  readonly collective: ClusterResource;
  readonly max: number;
  readonly perNode: number;
  assigned: number;
};

/** `instances` in the order in which they are asked. */
export function distribute(
  work: Work,
  collective: ClusterResource,
  instances: readonly ClusterResource[],
): void {
  const state: Distribution = {
    collective,
    max: collective.instancesMax,
    perNode: collective.instancesPerNode,
    assigned: 0,
  };
  let available = 0;
  for (const entry of collective.allowed.values()) {
    entry.count = 0;
    if (isAvailable(entry.node)) available += 1;
  }
  const optimal = available === 0 ? 1 : Math.max(1, Math.floor(state.max / available));
  for (const instance of instances) {
    if (state.assigned >= state.max) break;
    const node = stayingPlace(state, instance, optimal);
    if (node !== undefined && assignEarly(work, state, instance, node)) state.assigned += 1;
  }
  for (const instance of instances) assignLate(work, state, instance);
}

/** Where the instance is, if it may be left there (A4.8.4). */
function stayingPlace(
  { collective }: Distribution,
  instance: ClusterResource,
  optimal: number,
): ClusterNode | undefined {
  if (instance.isAssigned || instance.active.length === 0 || instance.isFailed) return undefined;
  const node = currentNode(instance);
  if (node === undefined || !isAvailable(node) || node.score < 0) return undefined;
  const entry = collective.allowed.get(node.id);
  return entry !== undefined && entry.count >= optimal ? undefined : node;
}

type Backup = ReadonlyMap<ClusterResource, AllowedTable>;

function backupOf(instance: ClusterResource): Backup {
  const tables = new Map<ClusterResource, AllowedTable>();
  for (const part of everyPart([instance])) tables.set(part, copyTable(part.allowed));
  return tables;
}

function restore(backup: Backup): void {
  for (const [part, table] of backup) part.allowed = copyTable(table);
}

/** Tries again and again, each time leaving a place free where it would rather go. */
function assignEarly(
  work: Work,
  state: Distribution,
  instance: ClusterResource,
  node: ClusterNode,
): boolean {
  const own = instance.allowed.get(node.id);
  if (own === undefined || !isUsable(own)) return false;
  const { collective } = state;
  const real = collective.allowed;
  collective.allowed = copyTable(real);
  const backup = backupOf(instance);
  let isThere = false;
  for (let reserved = 0; reserved < state.max - state.assigned; reserved += 1) {
    forbidUnusable(state, instance);
    const at = work.knots.assign(instance, node, false) ?? placeOf(instance, false);
    if (at !== undefined) count(collective, at);
    if (at === node) {
      isThere = true;
      break;
    }
    restore(backup);
    if (at === undefined) {
      // Members that found no node are not asked again.
      instance.isAssigned = false;
      break;
    }
    unplace(instance);
  }
  collective.allowed = real;
  if (isThere) count(collective, node);
  return isThere;
}

function count({ allowed }: ClusterResource, node: ClusterNode): void {
  const entry = allowed.get(node.id);
  if (entry !== undefined) entry.count += 1;
}

/** A4.8.5. */
function assignLate(work: Work, state: Distribution, instance: ClusterResource): void {
  if (instance.isAssigned) return;
  if (state.assigned >= state.max) {
    addScoreEverywhere(work.cluster, instance, MINUS_INFINITY);
    return;
  }
  if (instance.isAssigning) return;
  forbidUnusable(state, instance);
  const at = work.knots.assign(instance, undefined, true);
  if (at === undefined) return;
  count(state.collective, at);
  state.assigned += 1;
}

function forbidUnusable(state: Distribution, instance: ClusterResource): void {
  for (const entry of instance.allowed.values()) {
    if (isAllowed(state, instance, entry.node)) continue;
    entry.score = MINUS_INFINITY;
    for (const child of instance.children) {
      const below = child.allowed.get(entry.node.id);
      if (below !== undefined) below.score = MINUS_INFINITY;
    }
  }
}

function isAllowed(
  { collective, perNode }: Distribution,
  instance: ClusterResource,
  node: ClusterNode,
): boolean {
  if (instance.isRemoved || !isAvailable(node)) return false;
  const entry = collective.allowed.get(node.id);
  return entry !== undefined && entry.score >= 0 && entry.count < perNode;
}
