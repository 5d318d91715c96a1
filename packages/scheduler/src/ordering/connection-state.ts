/** How the connection to a remote node stands (B4.13.2). */
import { activeCount, type ClusterNode, currentNode } from '@holdfast/status';

export type ConnectionState = 'unknown' | 'alive' | 'resting' | 'failed' | 'stopped';

export function connectionState({ connection, isFenced, isLeaving }: ClusterNode): ConnectionState {
  if (connection === undefined) return 'unknown';
  const at = currentNode(connection);
  if (connection.nextRole === 'Stopped' || connection.assigned === undefined) {
    if (at?.isUnclean === true) return 'failed';
    if (!connection.isFailed) return 'stopped';
    const waits = connection.nextRole === 'Stopped' && connection.reconnectMs > 0;
    return waits && isFenced && !isLeaving ? 'unknown' : 'failed';
  }
  if (at === undefined) return 'unknown';
  if (at.isUnclean || !at.isOnline) return 'resting';
  const isPartial =
    activeCount(connection) > 1 &&
    connection.partialSource !== undefined &&
    connection.partialTarget !== undefined;
  return isPartial ? 'resting' : 'alive';
}
