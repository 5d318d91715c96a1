/** In which order resources are asked where room is scarce (A4.11.5). */
import {
  type AllowedTable,
  type ClusterNode,
  type ClusterResource,
  currentNode,
  newEntry,
  stableMergeSort,
} from '@holdfast/status';
import type { Work } from '../work/work.ts';
import { merged } from './merge.ts';
import { sortedEntries } from './nodes.ts';

const INFINITE = 1_000_000;

export function inAssignmentOrder(work: Work): ClusterResource[] {
  const { cluster } = work;
  const all: AllowedTable = new Map(cluster.nodes.map((node) => [node.id, newEntry(node)]));
  const nodes = sortedEntries(cluster, all, undefined).map(({ node }) => node);
  const tables = new Map<ClusterResource, AllowedTable>();
  const tableOf = (resource: ClusterResource): AllowedTable => {
    let table = tables.get(resource);
    if (table === undefined) {
      table = merged(work, resource.allowed, {
        source: resource,
        via: undefined,
        factor: 1,
        target: resource,
        followsPrimaries: true,
      });
      tables.set(resource, table);
    }
    return table;
  };
  return stableMergeSort(cluster.resources, (a, b) => compare(a, b, { nodes, tableOf }));
}

type Basis = {
  readonly nodes: readonly ClusterNode[];
  readonly tableOf: (resource: ClusterResource) => AllowedTable;
};

function compare(a: ClusterResource, b: ClusterResource, { nodes, tableOf }: Basis): number {
  if (a.priority !== b.priority) return b.priority - a.priority;
  const [left, right] = [tableOf(a), tableOf(b)];
  const here = scoreAt(right, currentNode(b)) - scoreAt(left, currentNode(a));
  if (here !== 0) return here;
  for (const node of nodes) {
    const difference = scoreAt(right, node) - scoreAt(left, node);
    if (difference !== 0) return difference;
  }
  return 0;
}

function scoreAt(table: AllowedTable, node: ClusterNode | undefined): number {
  const entry = node === undefined ? undefined : table.get(node.id);
  return entry?.score ?? -INFINITE;
}
