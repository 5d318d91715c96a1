/** Resources: made empty, and compared by what they are. */
import type { AnyRole, ClusterResource, Variant } from './parts.ts';

export type {
  AllowedTable,
  AnyRole,
  ClusterResource,
  Entry,
  MultipleActive,
  Replica,
  Requirement,
  Variant,
} from './parts.ts';

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

const VARIANT_RANK: Readonly<Record<Variant, number>> = {
  primitive: 1,
  group: 2,
  clone: 3,
  bundle: 4,
};

export function variantRank({ variant }: Pick<ClusterResource, 'variant'>): number {
  return VARIANT_RANK[variant];
}

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

/** Unassigned, stopped, managed (A1.5.5). */
export function newResource(traits: ResourceTraits): ClusterResource {
  return {
    ...traits,
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
