/** All histories of one node: roles, failures, and what they ask for (A2.6). */
import type { HistoryEntry, NodeState, ResourceHistory } from '@holdfast/cib';
import { type Cluster, noteRecheck } from '../model/cluster.ts';
import type { ClusterNode } from '../model/node.ts';
import { type AnyRole, type ClusterResource, rankOf } from '../model/resource.ts';
import { recordActive } from './active.ts';
import { applyEntry } from './entries.ts';
import { inOrder, startAndStop } from './entry-order.ts';
import { applyOnFail } from './failure-handling.ts';
import { markForFencing } from './fencing.ts';
import { forgetName, resourceOf } from './instance-choice.ts';
import type { Reading } from './reading.ts';
import { applyTargetRole } from './traits.ts';

export function readHistories(cluster: Cluster, node: ClusterNode, state: NodeState): void {
  node.isHistoryRead = true;
  const orphans: [ClusterResource, string][] = [];
  for (const history of state.history) {
    const resource = readHistory(cluster, node, state, history);
    if (resource?.isRemovedLaunched === true && history.container !== undefined) {
      orphans.push([resource, history.container]);
    }
  }
  for (const [resource, carrier] of orphans) {
    const launcher = cluster.byId.get(carrier);
    if (resource.launcher !== undefined || launcher === undefined) continue;
    resource.launcher = launcher;
    launcher.launched.push(resource);
    if (resource.remoteNode !== undefined) resource.remoteNode.kind = 'guest';
  }
}

function readHistory(
  cluster: Cluster,
  node: ClusterNode,
  state: NodeState,
  history: ResourceHistory,
): ClusterResource | undefined {
  if (history.resource === '') return undefined;
  if (history.ops.length === 0 && !cluster.options.isShutdownLock) return undefined;
  const resource = resourceOf(cluster, node, history);
  if (resource === undefined) return undefined;
  readLock(cluster, resource, node, history);
  const before = resource.role;
  resource.role = 'Unknown';
  const reading: Reading = {
    cluster,
    resource,
    node,
    state,
    history,
    onFail: 'ignore',
    failure: undefined,
  };
  const entries = inOrder(history.ops);
  for (const entry of entries) applyEntry(reading, entry);
  noteRecurring(reading, entries);
  finish(reading, before);
  return resource;
}

/** A2.6.3. */
function readLock(
  cluster: Cluster,
  resource: ClusterResource,
  node: ClusterNode,
  { shutdownLock = 0 }: ResourceHistory,
): void {
  const { isShutdownLock, shutdownLockLimitMs } = cluster.options;
  if (!isShutdownLock || shutdownLock === 0) return;
  const limit = Math.round(shutdownLockLimitMs / 1000);
  if (limit > 0 && cluster.now > shutdownLock + limit) {
    cluster.findings.forgetHistory(resource, node);
    return;
  }
  if (limit > 0) noteRecheck(cluster, shutdownLock + limit + 1);
  resource.lockedTo = node;
  resource.lockedSince = shutdownLock;
}

/** Recurring operations that still run there (B1.7.2). */
function noteRecurring(
  { cluster, resource, node }: Reading,
  entries: readonly HistoryEntry[],
): void {
  if (!node.isOnline) return;
  const { start, stop } = startAndStop(entries);
  for (const [index, entry] of entries.entries()) {
    const isPast = (start < stop && index <= stop) || index < start;
    if (isPast || entry.intervalMs === 0 || entry.opStatus === -1) continue;
    cluster.findings.recurring(resource, node, entry.task, entry.intervalMs);
  }
}

/** A2.6.5, a to g; A2.6.6. */
function finish(reading: Reading, before: AnyRole): void {
  const { cluster, resource, node } = reading;
  const isActive = rankOf(resource.role) > rankOf('Stopped');
  if (resource.role !== 'Unknown') noteKnown(resource, node);
  if (isActive && !node.isOnline && !node.isMaintenance && resource.isManaged) {
    blameLostNode(cluster, resource, node);
  }
  const { onFail } = reading;
  if (node.isUnclean) reading.onFail = 'ignore';
  applyOnFail(reading, isActive);
  const { remoteNode } = resource;
  if (resource.isFailed && remoteNode?.isUnclean === true) remoteNode.isSeen = true;
  if (isActive) {
    recordActive(cluster, resource, node, onFail !== 'ignore');
    if (reading.onFail === 'demote' || reading.onFail === 'block') resource.isFailed = true;
    else if (reading.onFail !== 'ignore') {
      resource.isFailed = true;
      resource.mustStop = true;
    }
  } else if (resource.historyName?.includes(':') === true) forgetName(cluster, resource);
  else cluster.findings.spareStops(resource, node);
  reviveMigration(resource, node);
  applyTargetRole(resource);
  if (rankOf(before) > rankOf(resource.role)) resource.role = before;
}

function reviveMigration(resource: ClusterResource, node: ClusterNode): void {
  if (resource.role !== 'Stopped' || resource.active.length === 0) return;
  if (resource.partialTarget !== undefined && resource.partialSource === node) {
    resource.role = 'Started';
  }
}

function noteKnown(resource: ClusterResource, node: ClusterNode): void {
  for (let each: ClusterResource | undefined = resource; each !== undefined; each = each.parent) {
    each.known.add(node);
    if (each.isUnique) return;
  }
}

function blameLostNode(cluster: Cluster, resource: ClusterResource, node: ClusterNode): void {
  if (node.kind === 'guest') {
    resource.isFailed = true;
    resource.mustStop = true;
    markForFencing(cluster, node, `${resource.id} is thought to be active there`);
    return;
  }
  if (!cluster.options.isFencing) return;
  if (node.kind === 'remote' && node.connection?.isFailed === false) {
    node.isSeen = false;
    const hope = 'fencing will be revoked if remote connection can be re-established elsewhere';
    markForFencing(cluster, node, `${resource.id} is active there (${hope})`);
    return;
  }
  markForFencing(cluster, node, `${resource.id} is thought to be active there`);
}
