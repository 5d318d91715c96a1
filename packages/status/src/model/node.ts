/** A node as the scheduler thinks of it: filled while the status is read, changed by what is decided. */
import type { NodeName } from '@holdfast/base';
import type { Discovery, NodeState } from '@holdfast/cib';
import type { ClusterResource } from './resource.ts';

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

/** Would anything be placed on it at all (A4.0.4)? */
export function isAvailable(node: ClusterNode): boolean {
  return (
    node.isOnline && !node.isLeaving && !node.isUnclean && !node.isStandby && !node.isMaintenance
  );
}

export function newNode(id: string, name: NodeName, kind: ClusterNode['kind']): ClusterNode {
  return {
    id,
    name,
    kind,
    isInBundle: false,
    attributes: new Map(),
    capacity: new Map(),
    score: 0,
    discovery: 'always',
    state: undefined,
    isOnline: false,
    isUnclean: false,
    isPending: false,
    isStandby: false,
    isStandbyOnFail: false,
    isMaintenance: false,
    isLeaving: false,
    isExpectedUp: false,
    isSeen: false,
    needsReset: false,
    isFenced: false,
    hadMaintenance: false,
    isDc: false,
    isProbed: true,
    isHistoryRead: false,
    priority: 0,
    running: [],
    assignedCount: 0,
    connection: undefined,
  };
}
