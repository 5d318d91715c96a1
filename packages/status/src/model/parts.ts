/** A node and a resource as the scheduler thinks of them: each knows the other. */
import type { AgentName, NodeName } from '@holdfast/base';
import type { Discovery, HistoryEntry, NodeState, Primitive, Resource } from '@holdfast/cib';

/** Filled while the status is read, changed by what is decided. */
export type ClusterNode = {
  readonly id: string;
  readonly name: NodeName;
  /** `remote`: by a connection alone; `guest`: the connection lives in a resource (A1.4.5). */
  kind: 'member' | 'remote' | 'guest';
  isInBundle: boolean;
  /** Permanent ones, the transient over them, and those that begin with `#` (A1.4.3). */
  readonly attributes: Map<string, string>;
  /** Capacity left; reduced as resources are assigned (A4.11.1). */
  readonly capacity: Map<string, number>;
  /** What a new entry in a table of allowed nodes begins with. */
  score: number;
  discovery: Discovery;
  state: NodeState | undefined;
  isOnline: boolean;
  /** Must be fenced before what it ran is recovered. */
  isUnclean: boolean;
  /** In the ring, not yet in the cluster. */
  isPending: boolean;
  isStandby: boolean;
  /** A failure sent it to standby, no operator. */
  isStandbyOnFail: boolean;
  isMaintenance: boolean;
  isLeaving: boolean;
  isExpectedUp: boolean;
  isSeen: boolean;
  /** A remote or guest node whose connection or container must be made anew. */
  needsReset: boolean;
  isFenced: boolean;
  hadMaintenance: boolean;
  isDc: boolean;
  /** False where an old node attribute forbids probes. */
  isProbed: boolean;
  isHistoryRead: boolean;
  /** Sum of the priorities of what runs there; for the delay of a fence (A2.9.1). */
  priority: number;
  /** Primitives active on it. */
  readonly running: ClusterResource[];
  /** How many primitives were assigned to it so far. */
  assignedCount: number;
  /** The connection that makes it a remote or guest node. */
  connection: ClusterResource | undefined;
};

/** `Unknown`: nobody has looked, or nothing is asked for (A0.3). */
export type AnyRole = 'Unknown' | 'Stopped' | 'Started' | 'Unpromoted' | 'Promoted';

/** One node a resource may be placed on (A4.0.1). */
export type Entry = {
  readonly node: ClusterNode;
  score: number;
  /** Instances of the collective placed there so far. */
  count: number;
  mode: Discovery;
};

/** Keyed by the node's id. */
export type AllowedTable = Map<string, Entry>;

export type Variant = 'primitive' | 'group' | 'clone' | 'bundle';

export type Requirement = 'nothing' | 'quorum' | 'fencing' | 'unfencing';
export type MultipleActive = 'block' | 'stop_only' | 'stop_start' | 'stop_unexpected';

/** One replica of a bundle (A1.8.3). */
export type Replica = {
  readonly number: number;
  readonly container: ClusterResource;
  readonly ip: ClusterResource | undefined;
  readonly address: string | undefined;
  readonly connection: ClusterResource | undefined;
  /** The service inside. */
  inner: ClusterResource | undefined;
  readonly node: ClusterNode | undefined;
};

export type ClusterResource = {
  readonly id: string;
  /** As the configuration spells it, without an instance number. */
  readonly xmlId: string;
  readonly variant: Variant;
  readonly configured: Resource | undefined;
  /** Of a primitive only. */
  readonly primitive: Primitive | undefined;
  readonly agent: AgentName | undefined;
  readonly parent: ClusterResource | undefined;
  children: ClusterResource[];
  /** Merged by A1.6.1. */
  readonly meta: ReadonlyMap<string, string>;
  /** Which instance of a clone. */
  readonly number: number | undefined;
  /** The id its history was found under. */
  historyName: string | undefined;

  isUnique: boolean;
  isManaged: boolean;
  isMaintenance: boolean;
  isBlocked: boolean;
  isFailed: boolean;
  /** Failed, and to be stopped for it. */
  mustStop: boolean;
  /** Known from histories only. */
  isRemoved: boolean;
  isRemovedLaunched: boolean;
  /** A live migration is allowed. */
  isMigratable: boolean;
  isStartPending: boolean;
  isReloading: boolean;
  /** A failure was overlooked as configured: no threshold holds. */
  isFailureIgnored: boolean;
  isExclusive: boolean;
  /** Implied by another resource, written by nobody. */
  readonly isInternal: boolean;
  /** The connection of a bundle: may be placed apart from its container (A1.8.4). */
  isNestingAllowed: boolean;
  readonly isCritical: boolean;
  isNotified: boolean;
  /** Stop it only where it should not be (multiple-active=stop_unexpected). */
  stopsUnexpected: boolean;

  readonly requires: Requirement;
  readonly multipleActive: MultipleActive;
  role: AnyRole;
  nextRole: AnyRole;
  priority: number;
  readonly stickiness: number;
  readonly threshold: number;
  failureTimeoutMs: number;
  reconnectMs: number;

  allowed: AllowedTable;
  readonly active: ClusterNode[];
  /** Nodes on which its state is known. */
  readonly known: Set<ClusterNode>;
  readonly dangling: ClusterNode[];
  partialSource: ClusterNode | undefined;
  partialTarget: ClusterNode | undefined;
  /** An operation under way, and where. */
  pending: HistoryEntry | undefined;
  pendingNode: ClusterNode | undefined;
  /** Probes that could not ask. */
  readonly masked: Map<ClusterNode, HistoryEntry>;
  /** It was shut down cleanly with its node and is kept for it. */
  lockedTo: ClusterNode | undefined;
  lockedSince: number;

  /** The resource that carries it. */
  launcher: ClusterResource | undefined;
  readonly launched: ClusterResource[];
  /** Of a connection: the node it makes. */
  remoteNode: ClusterNode | undefined;
  utilization: Map<string, number>;

  readonly isOrdered: boolean;
  readonly isCollocated: boolean;
  readonly isInterleaved: boolean;
  readonly isPromotable: boolean;
  readonly instancesMax: number;
  readonly instancesPerNode: number;
  readonly instancesMin: number;
  readonly promotedMax: number;
  readonly promotedPerNode: number;
  readonly replicas: Replica[];
  /** Of a bundle: the clone of what is inside. */
  innerClone: ClusterResource | undefined;

  /** The entry as it was when it was assigned; undefined: nowhere. */
  assigned: Entry | undefined;
  isAssigned: boolean;
  isAssigning: boolean;
  promotionPriority: number;
};
