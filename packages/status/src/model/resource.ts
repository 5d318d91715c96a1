/** A resource as the scheduler thinks of it: one object per instance, filled stage by stage. */
import type { AgentName } from '@holdfast/base';
import type { Discovery, HistoryEntry, Primitive, Resource } from '@holdfast/cib';
import type { ClusterNode } from './node.ts';

/** `Unknown`: nobody has looked, or nothing is asked for (A0.3). */
export type AnyRole = 'Unknown' | 'Stopped' | 'Started' | 'Unpromoted' | 'Promoted';

const RANK: Readonly<Record<AnyRole, number>> = {
  Unknown: 0,
  Stopped: 1,
  Started: 2,
  Unpromoted: 3,
  Promoted: 4,
};

export function rankOf(role: AnyRole): number {
  return RANK[role];
}

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

const VARIANT_RANK: Readonly<Record<Variant, number>> = {
  primitive: 1,
  group: 2,
  clone: 3,
  bundle: 4,
};

export function variantRank({ variant }: Pick<ClusterResource, 'variant'>): number {
  return VARIANT_RANK[variant];
}

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

export type ResourceTraits = Pick<
  ClusterResource,
  | 'id'
  | 'xmlId'
  | 'variant'
  | 'configured'
  | 'primitive'
  | 'agent'
  | 'parent'
  | 'meta'
  | 'number'
  | 'isInternal'
  | 'isCritical'
  | 'requires'
  | 'multipleActive'
  | 'stickiness'
  | 'threshold'
  | 'isOrdered'
  | 'isCollocated'
  | 'isInterleaved'
  | 'isPromotable'
  | 'instancesMax'
  | 'instancesPerNode'
  | 'instancesMin'
  | 'promotedMax'
  | 'promotedPerNode'
>;

/**
 * Unassigned, stopped, managed (A1.5.5). Every field by its name: a copy of the traits with more added
 * is several times as slow.
 */
// eslint-disable-next-line max-lines-per-function -- one literal, see above
export function newResource(traits: ResourceTraits): ClusterResource {
  return {
    id: traits.id,
    xmlId: traits.xmlId,
    variant: traits.variant,
    configured: traits.configured,
    primitive: traits.primitive,
    agent: traits.agent,
    parent: traits.parent,
    meta: traits.meta,
    number: traits.number,
    isInternal: traits.isInternal,
    isCritical: traits.isCritical,
    requires: traits.requires,
    multipleActive: traits.multipleActive,
    stickiness: traits.stickiness,
    threshold: traits.threshold,
    isOrdered: traits.isOrdered,
    isCollocated: traits.isCollocated,
    isInterleaved: traits.isInterleaved,
    isPromotable: traits.isPromotable,
    instancesMax: traits.instancesMax,
    instancesPerNode: traits.instancesPerNode,
    instancesMin: traits.instancesMin,
    promotedMax: traits.promotedMax,
    promotedPerNode: traits.promotedPerNode,
    children: [],
    historyName: undefined,
    isUnique: true,
    isManaged: true,
    isMaintenance: false,
    isBlocked: false,
    isFailed: false,
    mustStop: false,
    isRemoved: false,
    isRemovedLaunched: false,
    isMigratable: false,
    isStartPending: false,
    isReloading: false,
    isFailureIgnored: false,
    isExclusive: false,
    isNestingAllowed: false,
    isNotified: false,
    stopsUnexpected: false,
    role: 'Stopped',
    nextRole: 'Unknown',
    priority: 0,
    failureTimeoutMs: 0,
    reconnectMs: 0,
    allowed: new Map(),
    active: [],
    known: new Set(),
    dangling: [],
    partialSource: undefined,
    partialTarget: undefined,
    pending: undefined,
    pendingNode: undefined,
    masked: new Map(),
    lockedTo: undefined,
    lockedSince: 0,
    launcher: undefined,
    launched: [],
    remoteNode: undefined,
    utilization: new Map(),
    replicas: [],
    innerClone: undefined,
    assigned: undefined,
    isAssigned: false,
    isAssigning: false,
    promotionPriority: 0,
  };
}
