/** One history being read: what is passed from operation to operation (A2.6.5). */
import type { HistoryEntry, NodeState, ResourceHistory } from '@holdfast/cib';
import type { Cluster } from '../model/cluster.ts';
import type { ClusterNode } from '../model/node.ts';
import type { AnyRole, ClusterResource } from '../model/resource.ts';
import type { OnFail } from './on-fail.ts';
import { topOf } from './traits.ts';

export type Reading = {
  readonly cluster: Cluster;
  readonly resource: ClusterResource;
  readonly node: ClusterNode;
  readonly state: NodeState;
  readonly history: ResourceHistory;
  onFail: OnFail;
  failure: HistoryEntry | undefined;
};

export const NOT_RUNNING = 7;
export const PROMOTED = 8;

export function isProbe({ task, intervalMs }: HistoryEntry): boolean {
  return task === 'monitor' && intervalMs === 0;
}

/** The role of an instance that runs and is not promoted. */
export function activeRole(resource: ClusterResource): AnyRole {
  return topOf(resource).isPromotable ? 'Unpromoted' : 'Started';
}

/** Bans fall on all instances where they have no names of their own. */
export function bannedPart(resource: ClusterResource): ClusterResource {
  return resource.isUnique ? resource : topOf(resource);
}
