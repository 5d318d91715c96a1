/** The tree of resources as an operator sees it. */
import type { AgentName, NodeName } from '@holdfast/base';
import type { HistoryEntry, Role } from '@holdfast/cib';

/** What is said of a resource, whatever runs of it. */
export type Standing = {
  readonly id: string;
  readonly isManaged: boolean;
  readonly isMaintenance: boolean;
  /** Where it is not simply to run: `Stopped`, or `Unpromoted` for what could be promoted. */
  readonly targetRole: Role | undefined;
};

export type InstanceReading = {
  readonly node: NodeName;
  readonly role: Exclude<Role, 'Stopped'>;
  readonly isFailed: boolean;
  readonly isRemoved: boolean;
  readonly isBlocked: boolean;
  readonly isManaged: boolean;
  readonly isNodeMaintenance: boolean;
  /** Offline, and not proven off. */
  readonly isNodeUnclean: boolean;
  readonly pending: HistoryEntry | undefined;
};

export type PrimitiveReading = Standing & {
  readonly kind: 'primitive';
  readonly agent: AgentName;
  readonly isRemoved: boolean;
  readonly isPromotable: boolean;
  readonly instances: readonly InstanceReading[];
  /** An operation under way where it is not active. */
  readonly pending: { readonly node: NodeName; readonly entry: HistoryEntry } | undefined;
  /** Probes that could not ask, by node. */
  readonly masked: ReadonlyMap<NodeName, HistoryEntry>;
  /** It failed somewhere, and the configuration says to overlook it. */
  readonly isFailureIgnored: boolean;
};

export type GroupReading = Standing & {
  readonly kind: 'group';
  readonly members: readonly PrimitiveReading[];
};

export type CloneReading = Standing & {
  readonly kind: 'clone';
  readonly childId: string;
  readonly isPromotable: boolean;
  readonly isUnique: boolean;
  readonly most: number;
  readonly instances: readonly (PrimitiveReading | GroupReading)[];
};

export type BundleReading = Standing & {
  readonly kind: 'bundle';
  readonly image: string;
  readonly isUnique: boolean;
  readonly replicas: readonly {
    readonly name: string;
    readonly address: string | undefined;
    /** Where its container runs. */
    readonly node: NodeName | undefined;
    /** The service inside, or the container where there is none; shown on the container's node. */
    readonly primitive: PrimitiveReading;
  }[];
};

export type ResourceReading = PrimitiveReading | GroupReading | CloneReading | BundleReading;
