/** The tables of allowed nodes (A4.0). */
import { MINUS_INFINITY } from '@holdfast/base';
import type { Cluster } from '../model/cluster.ts';
import type { ClusterNode } from '../model/node.ts';
import type { AllowedTable, ClusterResource, Entry } from '../model/resource.ts';

const LIMIT = 1_000_000;

/** A0.5: -INFINITY wins over everything, INFINITY over the rest. */
export function add(a: number, b: number): number {
  if (a <= -LIMIT || b <= -LIMIT) return -LIMIT;
  if (a >= LIMIT || b >= LIMIT) return LIMIT;
  return Math.min(LIMIT, Math.max(-LIMIT, a + b));
}

export function newEntry(node: ClusterNode, score: number = node.score): Entry {
  return { node, score, count: 0, mode: node.discovery };
}

export function copyEntry(entry: Entry): Entry {
  return { ...entry };
}

export function copyTable(table: AllowedTable): AllowedTable {
  const copy: AllowedTable = new Map();
  for (const [id, entry] of table) copy.set(id, { ...entry });
  return copy;
}

/** A4.0.3: on every part first, then on the resource itself. */
export function addScore(resource: ClusterResource, node: ClusterNode, score: number): void {
  for (const child of resource.children) addScore(child, node, score);
  let entry = resource.allowed.get(node.id);
  if (entry === undefined) {
    entry = newEntry(node);
    resource.allowed.set(node.id, entry);
  }
  entry.score = add(entry.score, score);
}

export function addScoreEverywhere(
  { nodes }: Cluster,
  resource: ClusterResource,
  score: number,
): void {
  for (const node of nodes) addScore(resource, node, score);
}

/** A fresh table: nowhere. */
export function forbidEverywhere({ nodes }: Cluster, resource: ClusterResource): void {
  resource.allowed = new Map(nodes.map((node) => [node.id, newEntry(node, MINUS_INFINITY)]));
}

/** What a resource that was just read may begin with (A4.0.2). */
export function openTable(cluster: Cluster, resource: ClusterResource): void {
  for (const child of resource.children) openTable(cluster, child);
  if (resource.isExclusive) return;
  const isOpen = cluster.options.isSymmetric || isImpliedConnection(resource);
  if (!isOpen) return;
  for (const node of cluster.nodes) {
    if (node.discovery === 'never' || resource.allowed.has(node.id)) continue;
    resource.allowed.set(node.id, newEntry(node));
  }
}

function isImpliedConnection({ isInternal, agent, meta }: ClusterResource): boolean {
  return isInternal && agent?.type === 'remote' && meta.has('container');
}
