/** What the configuration says now against what is running (B3.5 to B3.7). */
import type { HistoryEntry, ResourceHistory } from '@holdfast/cib';
import {
  type ClusterNode,
  type ClusterResource,
  compareDigests,
  inOrder,
  everyPart,
  findOperation,
  hasSameSecureDigest,
  isAvailable,
  isReachedByHost,
  rawFailCount,
  startAndStop,
  topOf,
} from '@holdfast/status';
import { actionSide, order, sideOf } from '../constraints/deferred.ts';
import { keyOf } from '../work/action.ts';
import { CANCELS, ORD } from '../work/relation.ts';
import { request } from '../work/request.ts';
import type { Work } from '../work/work.ts';
import { clearFailCount } from './clear-failcount.ts';
import { cancel } from './recurring.ts';
import { triggerUnfencing } from './unfencing.ts';

export function checkConfiguration(work: Work): void {
  const { cluster } = work;
  const byName = primitivesByName(cluster.resources);
  for (const node of cluster.nodes) {
    if (!node.isMaintenance && !isAvailable(node)) continue;
    for (const history of node.state?.history ?? []) {
      if (history.ops.length === 0) continue;
      for (const resource of byName.get(history.resource) ?? []) {
        checkHistory(work, resource, node, history);
      }
    }
  }
}

/** By id and by the name of a history; the later in the tree first. */
function primitivesByName(
  resources: readonly ClusterResource[],
): ReadonlyMap<string, readonly ClusterResource[]> {
  const found = new Map<string, ClusterResource[]>();
  for (const part of everyPart(resources)) {
    if (part.variant !== 'primitive') continue;
    const names = new Set([part.id, part.historyName ?? part.id]);
    for (const name of names) {
      const list = found.get(name) ?? [];
      list.unshift(part);
      found.set(name, list);
    }
  }
  return found;
}

function checkHistory(
  work: Work,
  resource: ClusterResource,
  node: ClusterNode,
  history: ResourceHistory,
): void {
  if (resource.isRemoved) {
    const top = topOf(resource);
    if (top.variant === 'clone' && !top.isUnique) return;
    deleteHistory(work, resource, node);
    return;
  }
  const isActive = resource.active.includes(node);
  if (hasOtherAgent(work, resource, node, history)) {
    if (isActive) {
      request(work, { resource, task: 'stop', node, isOptional: false });
      resource.isStartPending = true;
    }
    deleteHistory(work, resource, node);
  }
  if (!isActive) return;
  const entries = inOrder(history.ops);
  const { start, stop } = startAndStop(entries);
  if (start < stop) return;
  for (const entry of entries.slice(Math.max(0, start))) checkEntry(work, resource, node, entry);
}

function hasOtherAgent(
  work: Work,
  resource: ClusterResource,
  node: ClusterNode,
  { agent }: ResourceHistory,
): boolean {
  let differs = false;
  for (const part of ['type', 'class', 'provider'] as const) {
    if ((resource.agent?.[part] ?? '') === agent[part]) continue;
    triggerUnfencing(work, resource, node, 'Device definition changed');
    differs = true;
  }
  return differs;
}

/** B1.12.3. */
export function deleteHistory(work: Work, resource: ClusterResource, node: ClusterNode): void {
  if (resource.isFailed || node.isUnclean || !node.isOnline) return;
  request(work, { resource, task: 'delete', node, isOptional: false });
  order(work, sideOf(resource, 'stop'), sideOf(resource, 'delete'), ORD);
  order(work, sideOf(resource, 'delete'), sideOf(resource, 'start'), ORD);
}

const CHECKED: ReadonlySet<string> = new Set(['monitor', 'start', 'promote', 'migrate_from']);

function checkEntry(
  work: Work,
  resource: ClusterResource,
  node: ClusterNode,
  entry: HistoryEntry,
): void {
  const recurs = entry.intervalMs > 0;
  if (recurs && (resource.isMaintenance || node.isMaintenance)) {
    cancelChanged(work, resource, node, entry);
    return;
  }
  if (!recurs && !CHECKED.has(entry.task)) return;
  if (isReachedByHost(work.cluster, resource)) {
    work.checkLater.push(() => {
      if (hasChanged(work, resource, node, entry)) {
        clearIfFailed(work, resource, node, 'action definition changed');
      }
    });
    return;
  }
  if (hasChanged(work, resource, node, entry)) {
    clearIfFailed(work, resource, node, 'action definition changed');
  }
}

function clearIfFailed(
  work: Work,
  resource: ClusterResource,
  node: ClusterNode,
  reason: string,
): void {
  if (rawFailCount(resource, node).count !== 0) clearFailCount(work, resource, node, reason);
}

function cancelChanged(
  work: Work,
  resource: ClusterResource,
  node: ClusterNode,
  { task, intervalMs, callId }: HistoryEntry,
): void {
  const action = cancel(work, resource, node, { task, intervalMs, callId });
  order(work, sideOf(resource, 'stop'), actionSide(action), ORD);
}

/** B3.6. */
function hasChanged(
  work: Work,
  resource: ClusterResource,
  node: ClusterNode,
  entry: HistoryEntry,
): boolean {
  const { cluster } = work;
  const operations = resource.primitive?.operations ?? [];
  const isGone =
    entry.intervalMs > 0 &&
    findOperation(operations, entry.task, entry.intervalMs, false) === undefined;
  if (isGone) {
    if (cluster.options.cancelsRemoved) cancelChanged(work, resource, node, entry);
    return true;
  }
  const comparison = compareDigests(cluster, resource, node, entry);
  if (comparison === 'match') return false;
  if (hasSameSecureDigest(cluster, resource, node, entry)) return false;
  if (comparison === 'restart') {
    forceRestart(work, resource, entry);
    return true;
  }
  if (entry.intervalMs > 0) resend(work, resource, node, entry);
  else if (entry.opRestartDigest !== undefined) {
    triggerUnfencing(work, resource, undefined, 'Device parameters changed (reload)');
    reload(work, resource, node);
  } else forceRestart(work, resource, entry);
  return true;
}

function resend(
  work: Work,
  resource: ClusterResource,
  node: ClusterNode,
  { task, intervalMs }: HistoryEntry,
): void {
  const action = request(work, { resource, task, intervalMs, node, isOptional: true });
  action.isResent = true;
  triggerUnfencing(work, resource, node, 'Device parameters changed (reschedule)');
}

function forceRestart(
  work: Work,
  resource: ClusterResource,
  { task, intervalMs }: HistoryEntry,
): void {
  const asStart = intervalMs === 0 && ['monitor', 'migrate_from', 'promote'].includes(task);
  const name = asStart ? 'start' : task;
  const action = request(work, {
    resource,
    task: name,
    intervalMs,
    key: keyOf(resource, name, intervalMs),
    node: undefined,
    isOptional: false,
  });
  action.reason = 'resource definition change';
  triggerUnfencing(work, resource, undefined, 'Device parameters changed');
}

/** B3.7. */
function reload(work: Work, resource: ClusterResource, node: ClusterNode): void {
  if (!resource.isManaged || resource.isFailed) return;
  if (resource.isStartPending) {
    request(work, { resource, task: 'stop', node, isOptional: false });
    return;
  }
  resource.isReloading = true;
  const action = request(work, { resource, task: 'reload-agent', node, isOptional: false });
  action.reason = 'resource definition change';
  order(work, actionSide(action), sideOf(resource, 'stop'), ORD | CANCELS);
  order(work, actionSide(action), sideOf(resource, 'demote'), ORD | CANCELS);
}
