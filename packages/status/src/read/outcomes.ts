/** What a success and a failure do to the role that is being read (A2.7.9, A2.7.10). */
import { MINUS_INFINITY } from '@holdfast/base';
import type { HistoryEntry } from '@holdfast/cib';
import { type AnyRole, type ClusterResource, rankOf } from '../model/resource.ts';
import { addScore, forbidEverywhere } from './allowed.ts';
import { failedMigrateFrom, failedMigrateTo, succeededMigrateTo } from './migrations.ts';
import { isHarder, type OnFail } from './on-fail.ts';
import { activeRole, isProbe, NOT_RUNNING, type Reading } from './reading.ts';
import { topOf } from './traits.ts';

export function applySuccess(
  reading: Reading,
  entry: HistoryEntry,
  rc: number,
  isMasked: boolean,
): void {
  const { resource } = reading;
  if (rc === 5 || isMasked) {
    resource.role = 'Stopped';
    return;
  }
  if (rc === NOT_RUNNING) {
    forgive(reading);
    return;
  }
  switch (entry.task) {
    case 'monitor':
      if (reading.failure?.operationKey === entry.operationKey) forgive(reading);
      atLeastActive(resource);
      return;
    case 'demote':
      resource.role = 'Unpromoted';
      if (reading.onFail === 'demote') forgive(reading);
      return;
    case 'migrate_to':
      succeededMigrateTo(reading, entry);
      return;
    case 'start':
    case 'migrate_from':
    case 'stop':
    case 'promote':
      resource.role = ROLE_AFTER[entry.task];
      forgive(reading);
      return;
    default:
      atLeastActive(resource);
  }
}

const ROLE_AFTER: Readonly<Record<'start' | 'migrate_from' | 'stop' | 'promote', AnyRole>> = {
  start: 'Started',
  migrate_from: 'Started',
  stop: 'Stopped',
  promote: 'Promoted',
};

function atLeastActive(resource: ClusterResource): void {
  if (rankOf(resource.role) < rankOf('Started')) resource.role = activeRole(resource);
}

/** Earlier failures are past, unless an operator must see to them. */
function forgive(reading: Reading): void {
  switch (reading.onFail) {
    case 'stop':
    case 'ban':
    case 'standby':
    case 'fence':
      return;
    case 'reset-remote':
      if (reading.resource.reconnectMs > 0) return;
      break;
    case 'ignore':
    case 'demote':
    case 'restart':
    case 'restart-container':
    case 'block':
      break;
  }
  reading.onFail = 'ignore';
  reading.resource.nextRole = 'Unknown';
}

export function applyFailure(
  reading: Reading,
  entry: HistoryEntry,
  onFail: OnFail,
  rc: number,
): void {
  const { cluster, resource, node } = reading;
  reading.failure = entry;
  if (isHarder(onFail, reading.onFail)) reading.onFail = onFail;
  switch (entry.task) {
    case 'stop':
      addScore(resource, node, MINUS_INFINITY);
      break;
    case 'migrate_to':
      failedMigrateTo(reading, entry);
      break;
    case 'migrate_from':
      failedMigrateFrom(reading, entry);
      break;
    case 'promote':
      resource.role = 'Promoted';
      break;
    case 'demote':
      afterFailedDemote(resource, onFail, rc);
      break;
    default:
      break;
  }
  if (isProbe(entry) && rc === 5) resource.role = 'Stopped';
  else atLeastActive(resource);
  const after = roleAfterFailure(resource, entry, onFail);
  if (after !== 'Started' && rankOf(resource.nextRole) < rankOf(after)) resource.nextRole = after;
  if (after === 'Stopped')
    forbidEverywhere(cluster, resource.isUnique ? resource : topOf(resource));
}

function afterFailedDemote(resource: ClusterResource, onFail: OnFail, rc: number): void {
  if (onFail === 'block') {
    resource.role = 'Promoted';
    resource.nextRole = 'Stopped';
    return;
  }
  resource.role = rc === NOT_RUNNING ? 'Stopped' : 'Unpromoted';
}

export function roleAfterFailure(
  { reconnectMs }: ClusterResource,
  { task }: HistoryEntry,
  onFail: OnFail,
): AnyRole {
  if (onFail === 'stop' || (onFail === 'reset-remote' && reconnectMs > 0)) return 'Stopped';
  return task === 'promote' ? 'Unpromoted' : 'Started';
}
