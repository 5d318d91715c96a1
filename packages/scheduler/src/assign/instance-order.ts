/** In which order the instances of a collective are asked for a node (A4.8.6). */
import {
  type ClusterNode,
  type ClusterResource,
  currentNode,
  everyPart,
  isAvailable,
} from '@holdfast/status';
import type { Work } from '../work/work.ts';
import { dependentsFor, hasInfluence, primariesFor } from './colocation-lists.ts';
import { merged } from './merge.ts';

const INFINITE = 1_000_000;

/** Below 0: `a` first. Not transitive: it needs the merge sort. */
export function compareInstances(
  work: Work,
  collective: ClusterResource,
  a: ClusterResource,
  b: ClusterResource,
): number {
  const counts = a.active.length > 0 && b.active.length > 0 ? a.active.length - b.active.length : 0;
  if (counts !== 0) return counts;
  const [left, right] = [standingOf(a), standingOf(b)];
  if (left.isOk !== right.isOk) return left.isOk ? -1 : 1;
  if (a.priority !== b.priority) return b.priority - a.priority;
  if (left.node === undefined && right.node === undefined) return 0;
  if (left.node === undefined) return 1;
  if (right.node === undefined) return -1;
  return compareActive(
    work,
    collective,
    { resource: a, node: left.node },
    { resource: b, node: right.node },
  );
}

type Standing = { readonly isOk: boolean; readonly node: ClusterNode | undefined };

function standingOf(resource: ClusterResource): Standing {
  const node = currentNode(resource);
  if (node === undefined) return { isOk: true, node };
  const entry = resource.allowed.get(node.id);
  if (entry === undefined || entry.score < 0) return { isOk: false, node: undefined };
  return { isOk: true, node };
}

type Active = { readonly resource: ClusterResource; readonly node: ClusterNode };

function compareActive(work: Work, collective: ClusterResource, a: Active, b: Active): number {
  const available = Number(isAvailable(b.node)) - Number(isAvailable(a.node));
  if (available !== 0) return available;
  const [left, right] = [a, b].map(({ node }) => collective.allowed.get(node.id));
  if (left === undefined || right === undefined) {
    return Number(left === undefined) - Number(right === undefined);
  }
  if (left.count !== right.count) return left.count - right.count;
  const failed = Number(hasFailed(a.resource)) - Number(hasFailed(b.resource));
  if (failed !== 0) return failed;
  const scores = colocationScore(work, b) - colocationScore(work, a);
  return scores === 0 ? numberOf(a.resource) - numberOf(b.resource) : scores;
}

function hasFailed(resource: ClusterResource): boolean {
  for (const part of everyPart([resource])) if (part.isFailed) return true;
  return false;
}

/** How much what is colocated likes the node where it is. */
function colocationScore(work: Work, { resource, node }: Active): number {
  let table = new Map([[node.id, { node, score: node.score, count: 0, mode: node.discovery }]]);
  for (const via of primariesFor(work, resource)) {
    const factor = Math.fround(via.score / INFINITE);
    table = merged(work, table, { source: via.primary, via, factor, target: resource });
  }
  for (const via of dependentsFor(work, resource)) {
    if (!hasInfluence(via, resource)) continue;
    const factor = Math.fround(via.score / INFINITE);
    const merge = { source: via.dependent, via, factor, target: resource, isNonNegative: true };
    table = merged(work, table, merge);
  }
  return table.get(node.id)?.score ?? 0;
}

function numberOf({ id }: ClusterResource): number {
  return Number(/(\d+)$/.exec(id)?.[1] ?? '0');
}
