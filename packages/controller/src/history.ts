/**
 * Operation results as history (C4): which entry a result is filed under, what counts as a failure,
 * what a failure adds to the fail count. Pure; every member applies it to the same results.
 */
import {
  type AgentName,
  addScores,
  formatScore,
  INFINITY,
  parseScore,
  score,
} from '@holdfast/base';
import type { HistoryEntry, ResourceHistory } from '@holdfast/cib';
import type { OpResult } from '@holdfast/executor';
import type { ResourceAction } from '@holdfast/transition';

/** C0.2. */
const OP_STATUS: Readonly<Record<OpResult['status'], number>> = {
  done: 0,
  cancelled: 1,
  'timed-out': 2,
  unsupported: 3,
  error: 4,
  'hard-error': 5,
  'not-installed': 7,
};

export const PENDING_STATUS = -1;
const PENDING_RC = 193;

/** Degraded results count as what they degrade (C6.5.7). */
export function effectiveRc(rc: number): number {
  if (rc === 190) return 0;
  if (rc === 191) return 8;
  return rc;
}

/** C4.3.3, with degraded results mapped first. */
export function isFailure(entry: HistoryEntry): boolean {
  if (entry.opStatus === PENDING_STATUS || entry.opStatus === 1) return false;
  if ([2, 3, 4, 8, 9, 10, 11].includes(entry.opStatus)) return true;
  return effectiveRc(entry.rc) !== entry.targetRc;
}

/** The record that an operation is under way: a new DC must know of it (C6.7.1). */
export function pendingEntry(action: ResourceAction, transitionKey: string): HistoryEntry {
  return {
    ...blankEntry(action, transitionKey),
    callId: -1,
    rc: PENDING_RC,
    opStatus: PENDING_STATUS,
    exitReason: '',
    lastRcChange: 0,
    lastRun: undefined,
    execMs: 0,
    queueMs: 0,
  };
}

export type Finished = {
  readonly callId: number;
  readonly result: OpResult;
  readonly queueMs: number;
  readonly transitionKey: string;
};

export function finishedEntry(action: ResourceAction, finished: Finished): HistoryEntry {
  const { result } = finished;
  const entry: HistoryEntry = {
    ...blankEntry(action, finished.transitionKey),
    callId: finished.callId,
    rc: result.rc,
    opStatus: OP_STATUS[result.status],
    exitReason: '',
    lastRcChange: Math.floor(result.startedAt / 1000),
    lastRun: Math.floor(result.startedAt / 1000),
    execMs: Math.round(result.execMs),
    queueMs: Math.round(finished.queueMs),
  };
  return isFailure(entry) ? { ...entry, exitReason: result.reason } : entry;
}

function blankEntry(
  action: ResourceAction,
  transitionKey: string,
): Omit<
  HistoryEntry,
  'callId' | 'rc' | 'opStatus' | 'exitReason' | 'lastRcChange' | 'lastRun' | 'execMs' | 'queueMs'
> {
  const key = `${action.resource}_${action.task}_${action.intervalMs}`;
  return {
    id: action.intervalMs > 0 ? key : `${action.resource}_last_0`,
    task: action.task,
    intervalMs: action.intervalMs,
    operationKey: key,
    targetRc: action.targetRc,
    transitionKey,
    opDigest: action.opDigest,
    opForceRestart: undefined,
    opRestartDigest: undefined,
    opSecureParams: undefined,
    opSecureDigest: undefined,
    onNode: action.node,
    migrateSource: undefined,
    migrateTarget: undefined,
  };
}

/** C4.4: the ids a result is written under. */
function filedUnder(entry: HistoryEntry, resource: string): readonly string[] {
  if (entry.task === 'migrate_to' || entry.task === 'migrate_from') {
    return [`${resource}_${entry.task}_0`];
  }
  if (!isFailure(entry)) return [entry.id];
  const failure = `${resource}_last_failure_0`;
  return entry.intervalMs > 0 ? [failure] : [failure, `${resource}_last_0`];
}

/** `history` with one more result. The order of entries is the order in which ids first appeared. */
export function fileEntry(
  history: readonly ResourceHistory[],
  resource: string,
  agent: AgentName,
  entry: HistoryEntry,
): readonly ResourceHistory[] {
  if (entry.task === 'notify') return history;
  const found = history.find((each) => each.resource === resource);
  let ops = found?.ops ?? [];
  for (const id of filedUnder(entry, resource)) {
    const filed = { ...entry, id };
    ops = ops.some((op) => op.id === id)
      ? ops.map((op) => (op.id === id ? filed : op))
      : [...ops, filed];
  }
  const updated: ResourceHistory = { resource, agent, container: found?.container, ops };
  return found === undefined
    ? [...history, updated]
    : history.map((each) => (each === found ? updated : each));
}

/** A cancelled recurring operation leaves the history (C4.6). */
export function dropRecurring(
  history: readonly ResourceHistory[],
  resource: string,
  operationKey: string,
): readonly ResourceHistory[] {
  return history.map((each) =>
    each.resource === resource
      ? { ...each, ops: each.ops.filter((op) => op.id !== operationKey) }
      : each,
  );
}

export function dropResource(
  history: readonly ResourceHistory[],
  resource: string | null,
): readonly ResourceHistory[] {
  return resource === null
    ? []
    : history.filter((each) => baseName(each.resource) !== baseName(resource));
}

/** `db:1` → `db`. */
export function baseName(resource: string): string {
  return resource.replace(/:\d+$/, '');
}

/** C4.8.2: what a failure does to the node's transient attributes; nothing for what is not counted. */
export function countFailure(
  attributes: Readonly<Record<string, string>>,
  entry: HistoryEntry,
  resource: string,
  startFailureIsFatal: boolean,
): Readonly<Record<string, string>> {
  if (!isFailure(entry)) return attributes;
  const counted =
    entry.intervalMs > 0 || ['start', 'stop', 'promote', 'demote'].includes(entry.task);
  if (!counted) return attributes;
  const suffix = `${baseName(resource)}#${entry.task}_${entry.intervalMs}`;
  const fatal = entry.task === 'stop' || (entry.task === 'start' && startFailureIsFatal);
  const before = parseScore(attributes[`fail-count-${suffix}`] ?? '0');
  const next = fatal ? INFINITY : addScores(before.ok ? before.value : score(0), score(1));
  return {
    ...attributes,
    [`fail-count-${suffix}`]: formatScore(next),
    [`last-failure-${suffix}`]: String(entry.lastRcChange),
  };
}

/** Attributes without the fail counts of `resource` (null: of every resource). */
export function forgetFailures(
  attributes: Readonly<Record<string, string>>,
  resource: string | null,
): Readonly<Record<string, string>> {
  const kept = Object.entries(attributes).filter(([name]) => {
    const match = /^(?:fail-count|last-failure)-(.+?)#/.exec(name);
    return match === null || (resource !== null && match[1] !== baseName(resource));
  });
  return Object.fromEntries(kept);
}
