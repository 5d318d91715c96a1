/** The order in which nodes are preferred, and the choice among them (A4.12). */
import {
  type AllowedTable,
  type Cluster,
  type ClusterNode,
  type ClusterResource,
  currentNode,
  type Entry,
  isAvailable,
  stableMergeSort,
  topOf,
} from '@holdfast/status';
import { isUsable } from './values.ts';

const INFINITE = 1_000_000;

/** Below 0: `a` first. */
export function compareEntries(
  { options }: Cluster,
  a: Entry,
  b: Entry,
  current: ClusterNode | undefined,
): number {
  const [left, right] = [usableScore(a), usableScore(b)];
  if (left !== right) return right - left;
  if (options.placement !== 'minimal') {
    if (options.placement === 'balanced') {
      const difference = compareCapacity(a.node, b.node);
      if (difference !== 0) return difference;
    }
    const count = a.node.assignedCount - b.node.assignedCount;
    if (count !== 0) return count;
    if (a.node === current) return -1;
    if (b.node === current) return 1;
  }
  return a.node.name < b.node.name ? -1 : Number(a.node.name > b.node.name);
}

function usableScore({ node, score }: Entry): number {
  return isAvailable(node) ? score : -INFINITE;
}

/** Below 0: `a` has more left of more things (A4.11.2). */
export function compareCapacity(a: ClusterNode, b: ClusterNode): number {
  let result = 0;
  for (const name of new Set([...a.capacity.keys(), ...b.capacity.keys()])) {
    result += Math.sign((b.capacity.get(name) ?? 0) - (a.capacity.get(name) ?? 0));
  }
  return result;
}

export function sortedEntries(
  cluster: Cluster,
  table: AllowedTable,
  current: ClusterNode | undefined,
): readonly Entry[] {
  const entries = [...table.values()].reverse();
  return stableMergeSort(entries, (a, b) => compareEntries(cluster, a, b, current));
}

/** A4.12.2; undefined where there is no entry at all. */
export function chooseEntry(
  cluster: Cluster,
  resource: ClusterResource,
  preferred: ClusterNode | undefined,
): Entry | undefined {
  const current = currentNode(resource);
  const entries = sortedEntries(cluster, resource.allowed, current);
  const [best] = entries;
  if (best === undefined) return undefined;
  const wanted = preferred === undefined ? undefined : resource.allowed.get(preferred.id);
  if (wanted !== undefined && wanted.score >= best.score && isUsable(wanted)) return wanted;
  const mayStay =
    !isInUniqueClone(resource) &&
    best.score > 0 &&
    isAvailable(best.node) &&
    current !== undefined &&
    isAvailable(current) &&
    current.score >= 0;
  if (!mayStay) return best;
  for (const entry of entries) {
    if (entry.score !== best.score) break;
    if (entry.node === current) return entry;
  }
  return best;
}

function isInUniqueClone({ parent }: ClusterResource): boolean {
  return parent?.variant === 'clone' && topOf(parent).isUnique;
}
