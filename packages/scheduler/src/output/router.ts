/** Which member of the cluster passes an action on to a remote or guest node (B7.5). */
import { type ClusterNode, type ClusterResource, currentNode } from '@holdfast/status';
import type { Action } from '../work/action.ts';

/** What is done before the connection moves away. */
const BEFORE_MOVE: ReadonlySet<string> = new Set(['cancel', 'stop', 'demote', 'migrate_to']);

/** Where the connection to the action's node will be when the action is due; undefined: no remote node. */
export function routerOf(action: Action): ClusterNode | undefined {
  const connection = action.resource === undefined ? undefined : connectionOf(action.node);
  if (connection === undefined) return undefined;
  const from = currentNode(connection);
  const to = connection.assigned?.node;
  if (from === undefined || to === undefined) return to ?? from;
  const isArriving = connection.partialTarget === to && connection.partialSource === from;
  return BEFORE_MOVE.has(subjectOf(action)) && !isArriving ? from : to;
}

function connectionOf(node: ClusterNode | undefined): ClusterResource | undefined {
  return node?.kind === 'member' ? undefined : node?.connection;
}

/** A notification goes the way of what it tells of. */
function subjectOf({ task, meta }: Action): string {
  return task === 'notify' ? (meta.get('notify_operation') ?? '') : task;
}
