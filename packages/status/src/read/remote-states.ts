/** Remote and guest nodes: online when their connection is, whatever the status says (A2.5). */
import { parseBoolean } from '@holdfast/cib';
import type { Cluster } from '../model/cluster.ts';
import type { ClusterNode } from '../model/node.ts';
import { isOn, mergeTransient, wantsToLeave } from './node-states.ts';

export function readRemoteState(cluster: Cluster, node: ClusterNode): void {
  determineOnline(node);
  const { state, connection } = node;
  if (state === undefined) return;
  node.hadMaintenance = state.inMaintenance;
  if (!node.needsReset) {
    node.isUnclean = false;
    node.isSeen = true;
  }
  mergeTransient(node, state);
  if (wantsToLeave(node)) node.isLeaving = true;
  if (isOn(node, 'standby')) node.isStandby = true;
  if (isOn(node, 'maintenance') || connection?.isManaged === false) node.isMaintenance = true;
  readDiscovery(cluster, node);
}

function readDiscovery({ options }: Cluster, node: ClusterNode): void {
  const text = node.attributes.get('resource-discovery-enabled');
  if (text === undefined || parseBoolean(text) === true) return;
  if (node.kind === 'guest' || options.isFencing) node.isProbed = false;
}

/** A2.5.1. */
export function determineOnline(node: ClusterNode): void {
  const { connection } = node;
  if (connection === undefined) {
    node.isOnline = false;
    return;
  }
  const { launcher } = connection;
  if (connection.role === 'Started') {
    node.isOnline = true;
    if (connection.nextRole === 'Stopped') node.isLeaving = true;
  }
  if (launcher?.isFailed === true) {
    node.isOnline = false;
    node.needsReset = true;
  } else if (connection.isFailed) {
    node.isOnline = false;
  } else if (connection.role === 'Stopped' || launcher?.role === 'Stopped') {
    node.isOnline = false;
    node.needsReset = false;
  } else if (isHostLost(node)) {
    node.isOnline = false;
    node.needsReset = true;
  }
}

function isHostLost({ kind, connection }: ClusterNode): boolean {
  if (kind !== 'guest' || connection?.active.length !== 1) return false;
  const [host] = connection.active;
  return host !== undefined && !host.isOnline && host.isUnclean;
}
