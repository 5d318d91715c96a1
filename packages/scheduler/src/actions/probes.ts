/** Looking what runs where, before anything is started (B2). */
import {
  type ClusterNode,
  type ClusterResource,
  everyPart,
  makesNode,
  markForFencing,
  rawFailCount,
  stableMergeSort,
  topOf,
} from '@holdfast/status';
import { actionSide, order, orderTasks, sideOf } from '../constraints/deferred.ts';
import type { Action } from '../work/action.ts';
import { newestOf } from '../work/find.ts';
import { BLOCKS, NESTED_PROBE, ORD, SAME_NODE } from '../work/relation.ts';
import { request } from '../work/request.ts';
import { connectionState } from '../ordering/connection-state.ts';
import type { Work } from '../work/work.ts';
import { clearFailCount } from './clear-failcount.ts';
import { relateUnfencing } from './unfencing.ts';

export function createProbes(work: Work): void {
  const { cluster } = work;
  if (!cluster.options.probes) return;
  for (const node of cluster.nodes) {
    if (!node.isOnline) {
      if (node.kind === 'remote' && connectionState(node) === 'failed') {
        markForFencing(cluster, node, 'the connection is unrecoverable');
      }
      continue;
    }
    if (node.isUnclean || !node.isProbed) continue;
    for (const resource of cluster.resources) probe(work, resource, node);
  }
}

/** Fail counts of what is no longer configured go with it. */
export function clearRemoved(work: Work): void {
  const { cluster } = work;
  if (!cluster.options.stopsRemoved) return;
  for (const resource of cluster.resources) {
    if (!resource.isRemoved) continue;
    for (const node of cluster.nodes) {
      if (!node.isOnline || rawFailCount(resource, node).count === 0) continue;
      const action = clearFailCount(work, resource, node, 'it is orphaned');
      order(work, actionSide(action), sideOf(resource, 'stop'), ORD);
    }
  }
}

/** True: a probe was made. */
function probe(work: Work, resource: ClusterResource, node: ClusterNode): boolean {
  switch (resource.variant) {
    case 'primitive':
      return probePrimitive(work, resource, node);
    case 'group': {
      if (!mayProbe(resource, node)) return false;
      let isAny = false;
      for (const member of resource.children) if (probe(work, member, node)) isAny = true;
      return isAny;
    }
    case 'clone':
      return probeClone(work, resource, node);
    case 'bundle':
      return probeBundle(work, resource, node);
  }
}

function mayProbe(resource: ClusterResource, node: ClusterNode): boolean {
  if (node.kind === 'member') return true;
  if (resource.agent?.class === 'stonith') return false;
  if (node.kind === 'guest' && resource.launched.some(makesNode)) return false;
  return !makesNode(resource);
}

function probePrimitive(work: Work, resource: ClusterResource, node: ClusterNode): boolean {
  if (!mayProbe(resource, node)) return false;
  if (resource.launcher !== undefined && !makesNode(resource)) return false;
  if (resource.isRemoved || resource.known.has(node)) return false;
  if (!isDiscovered(resource, node)) return false;
  if (node.kind === 'guest' && waitsForLauncher(work, resource, node)) return false;
  makeProbe(work, resource, node);
  return true;
}

function isDiscovered(resource: ClusterResource, node: ClusterNode): boolean {
  const entry = resource.allowed.get(node.id);
  if (resource.isExclusive || topOf(resource).isExclusive) {
    if (entry?.mode !== 'exclusive') return false;
  }
  return (entry?.mode ?? node.discovery) !== 'never';
}

/** A guest that is about to go, or not there yet, is not asked (B2.2). */
function waitsForLauncher(work: Work, resource: ClusterResource, node: ClusterNode): boolean {
  const launcher = node.connection?.launcher;
  if (launcher === undefined) return false;
  const top = topOf(resource);
  if (launcher.role === 'Stopped') {
    const host = launcher.assigned?.node;
    if (host !== undefined && !launcher.known.has(host)) {
      orderTasks(work, launcher, 'monitor', top, 'start', ORD);
    }
    return true;
  }
  if (!willStop(launcher, node)) return false;
  orderTasks(work, launcher, 'stop', top, 'start', ORD);
  return true;
}

function willStop(launcher: ClusterResource, node: ClusterNode): boolean {
  const host = launcher.assigned?.node;
  const isMoving =
    launcher.active.length > 0 && host !== undefined && !launcher.active.includes(host);
  return (
    node.needsReset ||
    node.isUnclean ||
    launcher.isFailed ||
    launcher.nextRole === 'Stopped' ||
    isMoving
  );
}

function makeProbe(work: Work, resource: ClusterResource, node: ClusterNode): Action {
  const action = request(work, { resource, task: 'monitor', node, isOptional: false });
  action.isOptional = false;
  relateUnfencing(work, resource, node, action, ORD);
  if (!resource.active.includes(node)) action.meta.set('op_target_rc', '7');
  else if (resource.role === 'Promoted') action.meta.set('op_target_rc', '8');
  const top = topOf(resource);
  const then = top.variant === 'clone' ? top : resource;
  const blocks = !action.isRunnable && then.active.length === 0 ? BLOCKS : 0;
  order(work, actionSide(action), sideOf(then, 'start'), ORD | blocks);
  const reload = { resource: then, key: sideOf(resource, 'reload-agent').key, action: undefined };
  order(work, actionSide(action), reload, ORD);
  return action;
}

/** B2.5. */
function probeClone(work: Work, clone: ClusterResource, node: ClusterNode): boolean {
  if (clone.isExclusive && clone.allowed.get(node.id)?.mode !== 'exclusive') {
    clone.allowed.delete(node.id);
    return false;
  }
  clone.children = stableMergeSort(clone.children, (a, b) => (a.number ?? 0) - (b.number ?? 0));
  if (clone.isUnique) {
    let isAny = false;
    for (const child of clone.children) if (probe(work, child, node)) isAny = true;
    return isAny;
  }
  const chosen =
    clone.children.find((child) => isKnownOn(child, node)) ??
    clone.children.find((child) => isPlacedOn(child, node)) ??
    clone.children[0];
  return chosen === undefined ? false : probe(work, chosen, node);
}

function isKnownOn(resource: ClusterResource, node: ClusterNode): boolean {
  for (const part of everyPart([resource])) {
    if (part.variant === 'primitive' && part.known.has(node)) return true;
  }
  return false;
}

function isPlacedOn(resource: ClusterResource, node: ClusterNode): boolean {
  if (resource.children.length === 0) return resource.assigned?.node === node;
  return resource.children[0]?.assigned?.node === node;
}

/** Where a host takes one replica only, a container that is found there is in the way of the others. */
function orderBeforeOthers(
  work: Work,
  { instancesPerNode, replicas }: ClusterResource,
  container: ClusterResource,
): void {
  if (instancesPerNode > 1) return;
  for (const other of replicas) {
    if (other.container === container) continue;
    orderTasks(work, container, 'monitor', other.container, 'start', ORD | SAME_NODE);
  }
}

/** B2.6. */
function probeBundle(work: Work, bundle: ClusterResource, node: ClusterNode): boolean {
  let isAny = false;
  for (const replica of bundle.replicas) {
    const { ip, inner, container, connection } = replica;
    if (ip !== undefined && probe(work, ip, node)) isAny = true;
    if (inner !== undefined && replica.node === node && probe(work, inner, node)) isAny = true;
    if (probe(work, container, node)) {
      isAny = true;
      orderBeforeOthers(work, bundle, container);
    }
    if (connection === undefined || !probe(work, connection, node)) continue;
    isAny = true;
    const own = newestOf(work, connection, 'monitor', node);
    if (own !== undefined) order(work, sideOf(container, 'start'), actionSide(own), NESTED_PROBE);
  }
  return isAny;
}
