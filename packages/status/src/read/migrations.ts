/** Live migrations, seen from either end (A2.7.12 to A2.7.14). Every look at the other end is by literal names. */
import type { HistoryEntry, ResourceHistory } from '@holdfast/cib';
import type { Cluster } from '../model/cluster.ts';
import type { ClusterNode } from '../model/node.ts';
import type { ClusterResource } from '../model/resource.ts';
import { recordActive } from './active.ts';
import { compareAge } from './entry-order.ts';
import type { Reading } from './reading.ts';

const PENDING = -1;
const DONE = 0;
const UNKNOWN_RC = 193;
const MOVING: ReadonlySet<string> = new Set(['start', 'stop', 'migrate_to', 'migrate_from']);

type Ends = { readonly source: string; readonly target: string };

/** The other end's histories of the same resource; names as they are written. */
function historiesOn(cluster: Cluster, name: string, resource: string): readonly ResourceHistory[] {
  return cluster.cib.status.nodes
    .filter((state) => state.name === name)
    .flatMap(({ history }) => history.filter((each) => each.resource === resource));
}

/** The only operation for which `test` holds; none where there are several (A2.7.14). */
function onlyEntry(
  histories: readonly ResourceHistory[],
  test: (entry: HistoryEntry) => boolean,
): HistoryEntry | undefined {
  const found = histories.flatMap(({ ops }) => ops.filter(test));
  return found.length === 1 ? found[0] : undefined;
}

function hasNewerMove(histories: readonly ResourceHistory[], than: HistoryEntry): boolean {
  const [only, second] = histories;
  if (only === undefined || second !== undefined) return false;
  return only.ops.some(
    (entry) => entry !== than && MOVING.has(entry.task) && compareAge(entry, than) > 0,
  );
}

function isStoppedMonitor(histories: readonly ResourceHistory[], than: HistoryEntry): boolean {
  const monitor = onlyEntry(histories, ({ task }) => task === 'monitor');
  return monitor?.rc === 7 && monitor.opStatus === DONE && compareAge(monitor, than) > 0;
}

function hasNewerState(histories: readonly ResourceHistory[], than: HistoryEntry): boolean {
  return hasNewerMove(histories, than) || isStoppedMonitor(histories, than);
}

/** No result at all is known there. */
function isUnknownOn(histories: readonly ResourceHistory[]): boolean {
  return !histories.some(({ ops }) => ops.some(({ rc }) => rc !== UNKNOWN_RC));
}

function endsOf({ migrateSource, migrateTarget }: HistoryEntry): Ends | undefined {
  if (migrateSource === undefined || migrateTarget === undefined) return undefined;
  return { source: migrateSource, target: migrateTarget };
}

function mustRestart(resource: ClusterResource): void {
  resource.isFailed = true;
  resource.mustStop = true;
  resource.isMigratable = false;
}

/** A2.7.12. */
export function succeededMigrateTo(reading: Reading, entry: HistoryEntry): void {
  const { cluster, resource, node, history } = reading;
  const ends = endsOf(entry);
  if (ends === undefined || ends.source !== node.name) return;
  const there = historiesOn(cluster, ends.target, history.resource);
  const from = onlyEntry(
    there,
    ({ task, migrateSource }) => task === 'migrate_from' && migrateSource === ends.source,
  );
  const isSourceNewer = hasNewerMove(historiesOn(cluster, ends.source, history.resource), entry);
  if (from !== undefined && isSourceNewer) return;
  const isTargetNewer = hasNewerState(there, from ?? entry);
  if (isSourceNewer && isTargetNewer) return;
  if (from?.rc === 0 && from.opStatus === DONE) {
    resource.role = 'Stopped';
    if (!resource.dangling.includes(node)) resource.dangling.push(node);
    return;
  }
  resource.role = 'Started';
  const target = cluster.nodeByName.get(ends.target.toLowerCase());
  const active = !isTargetNewer && target?.isOnline === true ? target : undefined;
  if (from !== undefined && from.opStatus !== PENDING) {
    if (active !== undefined) recordActive(cluster, resource, active, true);
    else mustRestart(resource);
    return;
  }
  applyUnfinished(reading, { active, target, there, isSourceNewer });
}

function applyUnfinished(
  { cluster, resource, node }: Reading,
  {
    active,
    target,
    there,
    isSourceNewer,
  }: {
    readonly active: ClusterNode | undefined;
    readonly target: ClusterNode | undefined;
    readonly there: readonly ResourceHistory[];
    readonly isSourceNewer: boolean;
  },
): void {
  if (target?.isOnline === true && isUnknownOn(there)) return;
  if (active !== undefined) {
    recordActive(cluster, resource, active, false);
    if (node.isOnline) {
      resource.partialSource = node;
      resource.partialTarget = active;
    }
    return;
  }
  if (!isSourceNewer) mustRestart(resource);
}

/** A2.7.13. */
export function failedMigrateTo(reading: Reading, entry: HistoryEntry): void {
  const { cluster, resource, node, history } = reading;
  const ends = endsOf(entry);
  if (ends === undefined || ends.source !== node.name) return;
  resource.role = 'Started';
  const there = historiesOn(cluster, ends.target, history.resource);
  const from = onlyEntry(there, isSuccessfulFrom(ends));
  const target = cluster.nodeByName.get(ends.target.toLowerCase());
  if (target !== undefined && !isUnknownOn(there) && !hasNewerState(there, from ?? entry)) {
    if (target.isOnline) recordActive(cluster, resource, target, false);
    return;
  }
  const here = historiesOn(cluster, ends.source, history.resource);
  if (!hasNewerMove(here, entry) && !resource.dangling.includes(node)) resource.dangling.push(node);
}

function isSuccessfulFrom({ source }: Ends): (entry: HistoryEntry) => boolean {
  return ({ task, migrateSource, rc, opStatus }) =>
    task === 'migrate_from' && migrateSource === source && rc === 0 && opStatus === DONE;
}

/** A2.7.14. */
export function failedMigrateFrom(reading: Reading, entry: HistoryEntry): void {
  const { cluster, resource, node, history } = reading;
  const ends = endsOf(entry);
  if (ends === undefined || ends.target !== node.name) return;
  resource.role = 'Started';
  const there = historiesOn(cluster, ends.source, history.resource);
  const to = onlyEntry(
    there,
    ({ task, migrateTarget, rc, opStatus }) =>
      task === 'migrate_to' && migrateTarget === ends.target && rc === 0 && opStatus === DONE,
  );
  const source = cluster.nodeByName.get(ends.source.toLowerCase());
  if (source === undefined || isUnknownOn(there) || hasNewerState(there, to ?? entry)) return;
  if (source.isOnline) recordActive(cluster, resource, source, true);
}
