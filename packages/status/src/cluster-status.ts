/** The cluster as an operator sees it: nodes, the tree of resources, what failed and how often. */
import type { EpochMs, NodeName, Score } from '@holdfast/base';
import type { Cib, HistoryEntry } from '@holdfast/cib';
import type { ResourceReading } from './resource-reading.ts';
import { type ActiveReading, findActive } from './active.ts';
import type { NodeStanding } from './node-standing.ts';
import { readResourceTree } from './resource-tree.ts';
import { failCountOf } from './surroundings.ts';

export type FailCountReading = {
  readonly resource: string;
  readonly node: NodeName;
  readonly count: Score;
  /** Wall-clock ms of the last one; 0 where it is not recorded. */
  readonly lastMs: number;
};

export type StatusReading = {
  readonly nodes: readonly NodeStanding[];
  readonly resources: readonly ResourceReading[];
  readonly failures: readonly {
    readonly resource: string;
    readonly node: NodeName;
    readonly entry: HistoryEntry;
  }[];
  readonly failCounts: readonly FailCountReading[];
};

export function readClusterStatus(cib: Cib, now: EpochMs): StatusReading {
  const active = findActive(cib, now);
  const found = [...active.instances, ...active.traces];
  return {
    nodes: active.nodes,
    resources: readResourceTree(cib, active),
    failures: found.flatMap(({ place, node, reading }) =>
      reading.failure === undefined || reading.onFail === 'ignore'
        ? []
        : [{ resource: place.id, node, entry: reading.failure }],
    ),
    failCounts: failCounts(active),
  };
}

function failCounts({ nodes, places }: ActiveReading): readonly FailCountReading[] {
  return nodes.flatMap((node) =>
    [...places.values()]
      .map((place) => ({ place, ...failCountOf(place, node) }))
      .filter(({ count }) => count > 0)
      .map(({ place, count, lastMs }) => ({
        resource: place.id,
        node: node.name,
        count,
        lastMs,
      })),
  );
}
