/** Failures so long ago that they are forgotten, and failures of parameters that changed since (A2.7.3). */
import type { HistoryEntry } from '@holdfast/cib';
import { noteRecheck, pairKey } from '../model/cluster.ts';
import { digestsFor } from './digests.ts';
import { effectiveFailCount, rawFailCount } from './fail-counts.ts';
import { isReachedByHost } from './parameters.ts';
import { isProbe, type Reading } from './reading.ts';

const NOT_INSTALLED = 7;

/** Does it count no more? Asks for the fail count to be cleared where that is due. */
export function hasExpired(reading: Reading, entry: HistoryEntry): boolean {
  if (entry.opStatus === NOT_INSTALLED) return false;
  let isExpired = isPastTimeout(reading, entry);
  let reason: string | undefined;
  if (isExpired) {
    const { cluster, resource, node } = reading;
    if (rawFailCount(resource, node).count !== 0) {
      if (effectiveFailCount(cluster, resource, node) === 0) reason = 'it expired';
      else isExpired = false;
    } else if (isLastFailure(entry) && resource.reconnectMs > 0) {
      reason = 'reconnect interval is set';
    }
  }
  if (!isExpired && isLastFailure(entry) && hasChanged(reading, entry)) {
    reason = 'resource parameters have changed';
  }
  if (reason !== undefined) clear(reading, reason, entry);
  const isDefinite = isProbe(entry) && [0, 7, 8, 190, 191].includes(entry.rc);
  return isExpired && !isDefinite;
}

function isLastFailure({ id }: HistoryEntry): boolean {
  return id.endsWith('_last_failure_0');
}

function clear({ cluster, resource, node }: Reading, reason: string, entry: HistoryEntry): void {
  cluster.clearing.add(pairKey(resource, node));
  cluster.findings.clearFailCount(resource, node, reason, entry);
}

function isPastTimeout({ cluster, resource }: Reading, entry: HistoryEntry): boolean {
  const timeout = Math.round(resource.failureTimeoutMs / 1000);
  if (timeout <= 0 || entry.lastRcChange <= 0) return false;
  if (cluster.now < entry.lastRcChange + timeout) {
    noteRecheck(cluster, entry.lastRcChange + timeout + 1);
    return false;
  }
  const isUnfenced = resource.remoteNode?.isFenced === false;
  const waits = resource.reconnectMs > 0 && cluster.options.isFencing && entry.intervalMs > 0;
  return !(waits && isUnfenced);
}

function hasChanged({ cluster, resource, node }: Reading, entry: HistoryEntry): boolean {
  if (entry.task !== 'start' && entry.task !== 'monitor') return false;
  if (isReachedByHost(cluster, resource)) return false;
  const digests = digestsFor(cluster, resource, node, entry);
  if (digests.restart !== undefined && digests.restart !== entry.opRestartDigest) return true;
  return entry.opDigest !== undefined && digests.all !== entry.opDigest;
}
