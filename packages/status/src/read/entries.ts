/** One recorded operation: what it says of the role, and whether it failed (A2.7). */
import { MINUS_INFINITY } from '@holdfast/base';
import type { HistoryEntry } from '@holdfast/cib';
import { rankOf } from '../model/resource.ts';
import { addScore } from './allowed.ts';
import { applyFailure, applySuccess } from './outcomes.ts';
import { hasExpired } from './expiry.ts';
import { isHarder, onFailOf } from './on-fail.ts';
import { activeRole, bannedPart, isProbe, type Reading } from './reading.ts';
import { remap } from './remap.ts';
import { ban, block } from './active.ts';
import { bundleOf } from './traits.ts';
import { canFence } from './fencing.ts';

const TASKS: ReadonlySet<string> = new Set([
  'monitor',
  'start',
  'stop',
  'promote',
  'demote',
  'migrate_to',
  'migrate_from',
  'asyncmon',
]);
const PENDING = -1;
const DONE = 0;
const HARD_ERROR = 5;
const FATAL_ERROR = 6;
const NOT_INSTALLED = 7;
const NOT_CONNECTED = 8;

/** A probe that could not even ask (A2.7.2). */
export function isMasked(entry: HistoryEntry): boolean {
  return isProbe(entry) && (entry.rc === 5 || entry.rc === 2 || entry.opStatus === NOT_INSTALLED);
}

export function applyEntry(reading: Reading, entry: HistoryEntry): void {
  if (!isReadable(entry)) return;
  const { resource, node, cluster } = reading;
  const isExpired = hasExpired(reading, entry);
  const masks = isMasked(entry) && bundleOf(resource) === undefined;
  const { status, rc, isHard } = remap(reading, entry, { isExpired, masks });
  if (isHard && !isExpired && entry.task === 'stop' && !canFence(cluster, node)) block(resource);
  if (isExpired && skipExpired(reading, entry, { masks, rc })) return;
  if (masks) {
    resource.masked.set(node, entry);
    applySuccess(reading, entry, entry.targetRc, true);
    addScore(bannedPart(resource), node, MINUS_INFINITY);
    return;
  }
  applyStatus(reading, entry, status, rc);
}

function isReadable({ id, task, opStatus, rc }: HistoryEntry): boolean {
  const isStatus = opStatus >= -1 && opStatus <= 11 && opStatus !== 1;
  return id !== '' && TASKS.has(task) && isStatus && rc >= 0 && rc <= 255;
}

/** A2.7.6: true where there is nothing more to say of it. */
function skipExpired(
  { cluster, resource, node }: Reading,
  entry: HistoryEntry,
  { masks, rc }: { readonly masks: boolean; readonly rc: number },
): boolean {
  if (masks && entry.rc !== entry.targetRc) {
    if (rankOf(resource.role) <= rankOf('Stopped')) resource.role = 'Unknown';
    return true;
  }
  if (rc === entry.targetRc) return false;
  if (entry.intervalMs === 0) return true;
  if (!node.isOnline || node.isUnclean) return false;
  cluster.expired.add(entry);
  return true;
}

/** A2.7.8. */
function applyStatus(reading: Reading, entry: HistoryEntry, status: number, rc: number): void {
  const { cluster, resource, node } = reading;
  if (status === PENDING) {
    applyPending(reading, entry);
    return;
  }
  if (status === DONE) {
    applySuccess(reading, entry, rc, false);
    return;
  }
  const onFail = onFailOf(cluster, resource, entry.task, entry.intervalMs);
  if (status === NOT_INSTALLED) {
    addScore(bannedPart(resource), node, MINUS_INFINITY);
    applyFailure(reading, entry, onFail === 'ignore' ? 'ban' : onFail, rc);
    return;
  }
  if (status === NOT_CONNECTED && node.connection?.isManaged === true) {
    node.connection.isFailed = true;
    node.connection.mustStop = true;
  }
  const isCarrierStop = onFail === 'restart-container' && entry.task === 'stop';
  if (onFail === 'ignore' || isCarrierStop) {
    applySuccess(reading, entry, entry.targetRc, false);
    resource.isFailureIgnored = true;
    if (isCarrierStop && !isHarder(reading.onFail, 'restart')) reading.onFail = 'restart-container';
    return;
  }
  applyFailure(reading, entry, onFail, rc);
  if (status === HARD_ERROR) ban(cluster, bannedPart(resource), node);
  if (status === FATAL_ERROR) ban(cluster, bannedPart(resource), undefined);
}

function applyPending(reading: Reading, entry: HistoryEntry): void {
  const { cluster, resource, node, failure } = reading;
  const isOld =
    failure?.task === entry.task &&
    failure.intervalMs === entry.intervalMs &&
    entry.lastRcChange > 0 &&
    failure.lastRcChange >= entry.lastRcChange;
  if (isOld) return;
  if (entry.task === 'start') {
    resource.isStartPending = true;
    resource.role = activeRole(resource);
  } else if (entry.task === 'promote') {
    resource.role = 'Promoted';
  } else if (entry.task === 'migrate_to' && node.isUnclean) {
    const target = cluster.nodeByName.get((entry.migrateTarget ?? '').toLowerCase());
    if (target !== undefined) cluster.findings.stop(resource, target);
  }
  if (resource.pending === undefined && !isProbe(entry)) {
    resource.pending = entry;
    resource.pendingNode = node;
  }
}
