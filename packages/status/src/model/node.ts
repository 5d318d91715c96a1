/** Nodes: made empty, and judged (A4.0.4). */
import type { NodeName } from '@holdfast/base';
import type { ClusterNode } from './parts.ts';

export type { ClusterNode } from './parts.ts';

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
