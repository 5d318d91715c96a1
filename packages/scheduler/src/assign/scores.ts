/** Score lines, as they are printed at the moment of each decision (A4.13). */
import { type ClusterResource, stableMergeSort } from '@holdfast/status';
import type { Work } from '../work/work.ts';

const LIMIT = 1_000_000;

export function formatAny(score: number): string {
  if (score >= LIMIT) return 'INFINITY';
  return score <= -LIMIT ? '-INFINITY' : String(score);
}

/** The resource's table and those of all its parts, all under the label of what is being assigned. */
export function printScores({ scores, cluster }: Work, resource: ClusterResource): void {
  if (scores === undefined) return;
  print(
    scores,
    resource,
    `pcmk__${resource.variant}_assign`,
    new Map(cluster.nodes.map((node, index) => [node.id, index])),
  );
}

function print(
  lines: string[],
  resource: ClusterResource,
  label: string,
  rank: ReadonlyMap<string, number>,
): void {
  if (resource.isRemoved) return;
  const entries = stableMergeSort(
    [...resource.allowed.values()],
    (a, b) => (rank.get(a.node.id) ?? 0) - (rank.get(b.node.id) ?? 0),
  );
  for (const { node, score } of entries) {
    lines.push(`${label}: ${resource.id} allocation score on ${node.name}: ${formatAny(score)}`);
  }
  for (const child of resource.children) print(lines, child, label, rank);
}
