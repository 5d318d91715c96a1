/** One thing that may be done, and what is known of whether it will (B1). */
import type { ClusterNode, ClusterResource } from '@holdfast/status';

/** How it stands to another action, seen from one of the two; flags as in relation.ts. */
export type Relation = { readonly action: Action; flags: number };

export type Action = {
  /** In the order of creation, from 1. */
  readonly id: number;
  readonly key: string;
  task: string;
  readonly intervalMs: number;
  /** Of a cancel: what is cancelled. */
  cancelled: string | undefined;
  node: ClusterNode | undefined;
  readonly resource: ClusterResource | undefined;
  /** Only what was added to what the configuration says of the operation. */
  readonly meta: Map<string, string>;
  needs: 'nothing' | 'quorum' | 'fencing';
  reason: string | undefined;
  priority: number;
  /** No agent is run. */
  isPseudo: boolean;
  isRunnable: boolean;
  isOptional: boolean;
  /** In the graph even if optional. */
  isShown: boolean;
  /** May be part of a live migration. */
  isMigratable: boolean;
  /** Cleans up after a migration that left something behind. */
  isAbortStop: boolean;
  /** A recurring operation that must be sent anew. */
  isResent: boolean;
  isOnDc: boolean;
  isGraphed: boolean;
  /** How many runnable predecessors are enough; 0: no such count. */
  runnableMin: number;
  runnableCount: number;
  /** Oldest first; walks begin at the end. */
  readonly before: Relation[];
  readonly after: Relation[];
  /** Which later action it is related to, by which flags in all. */
  readonly related: Map<Action, number>;
  isVisited: boolean;
  isMerged: boolean;
};

/** Every field by its name: a copy of `of` with more added is several times as slow. */
export function newAction(
  of: Pick<
    Action,
    'id' | 'key' | 'task' | 'intervalMs' | 'node' | 'resource' | 'needs' | 'isOptional'
  >,
): Action {
  return {
    id: of.id,
    key: of.key,
    task: of.task,
    intervalMs: of.intervalMs,
    node: of.node,
    resource: of.resource,
    needs: of.needs,
    isOptional: of.isOptional,
    cancelled: undefined,
    meta: new Map(),
    reason: undefined,
    priority: 0,
    isPseudo: false,
    isRunnable: true,
    isShown: false,
    isMigratable: false,
    isAbortStop: false,
    isResent: false,
    isOnDc: false,
    isGraphed: false,
    runnableMin: 0,
    runnableCount: 0,
    before: [],
    after: [],
    related: new Map(),
    isVisited: false,
    isMerged: false,
  };
}

/** `web_monitor_10000` (B1.1.1). */
export function keyOf(resource: ClusterResource, task: string, intervalMs = 0): string {
  return `${resource.id}_${task}_${intervalMs}`;
}

export function notifyKey(resource: ClusterResource, type: string, task: string): string {
  return `${resource.id}_${type}_notify_${task}_0`;
}
