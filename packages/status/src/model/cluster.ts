/** Everything one calculation knows: options, nodes, resources, and what reading the status asks for. */
import type { Cib, HistoryEntry, TicketState } from '@holdfast/cib';
import type { ClusterNode } from './node.ts';
import type { ClusterResource } from './resource.ts';

export type QuorumPolicy = 'stop' | 'freeze' | 'ignore' | 'demote' | 'fence';
export type PlacementStrategy = 'default' | 'utilization' | 'minimal' | 'balanced';
export type HealthStrategy = 'none' | 'migrate-on-red' | 'only-green' | 'progressive' | 'custom';

/** Cluster properties as the calculation uses them (A1.3); times in ms. */
export type ClusterOptions = {
  readonly isQuorate: boolean;
  readonly quorumPolicy: QuorumPolicy;
  readonly isSymmetric: boolean;
  readonly isMaintenance: boolean;
  readonly isFencing: boolean;
  readonly fencingAction: 'reboot' | 'off';
  readonly fencingTimeout: string;
  readonly hasWatchdog: boolean;
  readonly isFencingConcurrent: boolean;
  readonly isStartupFencing: boolean;
  readonly priorityFencingDelayMs: number;
  readonly nodePendingTimeoutMs: number;
  readonly fencesRemoteWithoutQuorum: boolean;
  readonly isStartFailureFatal: boolean;
  readonly probes: boolean;
  readonly clusterDelay: string;
  readonly batchLimit: string;
  readonly migrationLimit: number;
  readonly stopsAll: boolean;
  readonly stopsRemoved: boolean;
  readonly cancelsRemoved: boolean;
  readonly healthStrategy: HealthStrategy;
  readonly healthBase: number;
  readonly healthGreen: number;
  readonly healthYellow: number;
  readonly healthRed: number;
  readonly placement: PlacementStrategy;
  readonly isShutdownLock: boolean;
  readonly shutdownLockLimitMs: number;
  readonly clusterName: string | undefined;
};

/** What reading the status asks for, in the order it finds it (B1.7). The scheduler makes actions of it. */
export type Findings = {
  /** Fence the node, should that be possible. */
  readonly fence: (node: ClusterNode, reason: string, hasPriorityDelay: boolean) => void;
  readonly stop: (resource: ClusterResource, node: ClusterNode) => void;
  readonly demote: (resource: ClusterResource, node: ClusterNode) => void;
  /** It is not active there after all: stops asked for may be left out. */
  readonly spareStops: (resource: ClusterResource, node: ClusterNode) => void;
  readonly recurring: (
    resource: ClusterResource,
    node: ClusterNode,
    task: string,
    intervalMs: number,
  ) => void;
  readonly clearFailCount: (
    resource: ClusterResource,
    node: ClusterNode,
    reason: string,
    entry: HistoryEntry | undefined,
  ) => void;
  readonly forgetHistory: (resource: ClusterResource, node: ClusterNode) => void;
};

export const NO_FINDINGS: Findings = {
  fence: () => undefined,
  stop: () => undefined,
  demote: () => undefined,
  spareStops: () => undefined,
  recurring: () => undefined,
  clearFailCount: () => undefined,
  forgetHistory: () => undefined,
};

export type Cluster = {
  readonly cib: Cib;
  /** Wall clock, in seconds. */
  readonly now: number;
  readonly options: ClusterOptions;
  /** Natural order of the names (A1.4.2). */
  readonly nodes: ClusterNode[];
  readonly nodeById: Map<string, ClusterNode>;
  /** By lower-case name. */
  readonly nodeByName: Map<string, ClusterNode>;
  /** Top-level ones in the order they are thought about (A1.5.6). */
  resources: ClusterResource[];
  readonly byId: Map<string, ClusterResource>;
  /** First one found under that name. */
  readonly byHistoryName: Map<string, ClusterResource>;
  /** Template id → what is derived from it. */
  readonly templates: Map<string, string[]>;
  readonly tickets: ReadonlyMap<string, TicketState>;
  readonly usesUnfencing: boolean;
  /** Fence devices that unfence, the last found first. */
  hasFenceDevice: boolean;
  dc: ClusterNode | undefined;
  readonly findings: Findings;
  /** Fail counts that will be cleared: their threshold bans nothing. */
  readonly clearing: Set<string>;
  /** Recurring operations whose failure expired: they are sent anew (B1.7.7). */
  readonly expired: Set<HistoryEntry>;
  /** Containers that must stop, once all histories are read (A2.1). */
  readonly stopLater: ClusterResource[];
  /** When something that depends on time alone changes, in seconds. */
  recheckAt: number | undefined;
};

/** A key for one resource on one node. */
export function pairKey(resource: ClusterResource, node: ClusterNode): string {
  return `${resource.id} ${node.id}`;
}

export function noteRecheck(cluster: Cluster, seconds: number): void {
  if (seconds <= cluster.now) return;
  cluster.recheckAt = Math.min(cluster.recheckAt ?? seconds, seconds);
}
