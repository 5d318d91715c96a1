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
