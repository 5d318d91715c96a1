/** Marking nodes for fencing, and whether they can be fenced at all (A2.3, B5.1, B5.2). */
import type { Cluster } from '../model/cluster.ts';
import type { ClusterNode } from '../model/node.ts';

/** Fence `node` because of `reason`; guests by way of what carries them. */
export function markForFencing(
  cluster: Cluster,
  node: ClusterNode,
  reason: string,
  hasPriorityDelay = false,
): void {
  const { connection } = node;
  if (node.kind === 'guest') {
    markGuest(node);
    return;
  }
  if (connection?.isRemovedLaunched === true && connection.launcher === undefined) {
    connection.isFailed = true;
    connection.mustStop = true;
    return;
  }
  if (node.kind === 'remote') {
    if (connection === undefined || connection.isManaged) node.needsReset = true;
    node.isUnclean = true;
    cluster.findings.fence(node, reason, hasPriorityDelay);
    return;
  }
  if (node.isUnclean) return;
  node.isUnclean = true;
  cluster.findings.fence(node, reason, hasPriorityDelay);
}

function markGuest(node: ClusterNode): void {
  const launcher = node.connection?.launcher;
  if (launcher === undefined || launcher.isFailed || !launcher.isManaged) return;
  node.needsReset = true;
  launcher.isFailed = true;
  launcher.mustStop = true;
}

export function canFence(cluster: Cluster, node: ClusterNode): boolean {
  const { options } = cluster;
  if (node.kind === 'guest') {
    const hosts = node.connection?.launcher?.active ?? [];
    return hosts.every((host) => host.isOnline || canFence(cluster, host));
  }
  if (!options.isFencing || !hasFencing(cluster)) return false;
  if (options.isQuorate || options.quorumPolicy === 'ignore') return true;
  if (!node.isOnline) return false;
  if (node.kind === 'member' || options.fencesRemoteWithoutQuorum) return true;
  const entries = node.connection?.allowed.values() ?? [];
  return [...entries].every((entry) => entry.node.isOnline);
}

/** Is there anything to fence with (A1.3.3)? */
export function hasFencing({ hasFenceDevice, options }: Cluster): boolean {
  return hasFenceDevice || options.hasWatchdog;
}
