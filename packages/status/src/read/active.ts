/** Recording where a resource is active, and what follows from it (A2.9). */
import { INFINITY, MINUS_INFINITY } from '@holdfast/base';
import type { Cluster } from '../model/cluster.ts';
import type { ClusterNode } from '../model/node.ts';
import type { ClusterResource } from '../model/resource.ts';
import { addScore, forbidEverywhere } from './allowed.ts';
import { needsFencing } from './traits.ts';

export function recordActive(
  cluster: Cluster,
  resource: ClusterResource,
  node: ClusterNode,
  isFailed: boolean,
): void {
  if (resource.active.includes(node)) return;
  resource.active.push(node);
  if (resource.variant === 'primitive') {
    node.running.push(resource);
    if (!isFailed) addNodePriority(resource, node);
    if (node.isMaintenance) {
      resource.isManaged = false;
      resource.isMaintenance = true;
    }
  }
  if (!resource.isManaged) {
    addScore(resource, node, INFINITY);
    for (let each = resource.parent; each !== undefined; each = each.parent) {
      each.active.push(node);
    }
    return;
  }
  if (resource.variant === 'primitive' && activeCount(resource) > 1) {
    settleMultiple(cluster, resource);
  }
  if (resource.parent !== undefined) recordActive(cluster, resource.parent, node, false);
}

/** On how many nodes it is active; nodes that are lost count only where it must be fenced. */
export function activeCount(resource: ClusterResource): number {
  if (needsFencing(resource)) return resource.active.length;
  return resource.active.filter(({ isOnline, isUnclean }) => isOnline && !isUnclean).length;
}

function settleMultiple(cluster: Cluster, resource: ClusterResource): void {
  if (resource.multipleActive === 'stop_only') {
    forbidEverywhere(cluster, resource);
    return;
  }
  if (resource.multipleActive !== 'block') return;
  block(resource);
  const { parent } = resource;
  const isTogether = parent?.variant === 'group' || parent?.variant === 'bundle';
  if (parent === undefined || !isTogether || parent.multipleActive !== 'block') return;
  for (const sibling of parent.children) block(sibling);
}

export function block(resource: ClusterResource): void {
  resource.isManaged = false;
  resource.isBlocked = true;
}

/** A2.9.1. */
function addNodePriority({ priority, role }: ClusterResource, node: ClusterNode): void {
  if (priority === 0) return;
  const amount = priority + (role === 'Promoted' ? 1 : 0);
  node.priority += amount;
  for (const host of node.connection?.launcher?.active ?? []) host.priority += amount;
}

/** Where it is now, as far as one node can be named (A2.9.2). */
export function currentNode(resource: ClusterResource): ClusterNode | undefined {
  if (resource.variant === 'bundle') return currentOfBundle(resource);
  const { active, partialSource } = resource;
  if (partialSource !== undefined && active.includes(partialSource)) return partialSource;
  return preferred(resource, active);
}

function preferred(
  resource: ClusterResource,
  nodes: readonly ClusterNode[],
): ClusterNode | undefined {
  if (needsFencing(resource)) return nodes[0];
  return nodes.find(({ isOnline, isUnclean }) => isOnline && !isUnclean) ?? nodes[0];
}

function currentOfBundle(bundle: ClusterResource): ClusterNode | undefined {
  const containers = bundle.replicas
    .map(({ container }) => container)
    .filter(({ active }) => active.length > 0);
  const [first, second] = containers;
  if (first !== undefined && second === undefined) return currentNode(first);
  return preferred(bundle, [...new Set(containers.flatMap(({ active }) => active))]);
}

/** A resource whose stop failed for good: nowhere, until somebody looks. */
export function ban(
  cluster: Cluster,
  resource: ClusterResource,
  node: ClusterNode | undefined,
): void {
  if (node !== undefined) addScore(resource, node, MINUS_INFINITY);
  else for (const each of cluster.nodes) addScore(resource, each, MINUS_INFINITY);
}
