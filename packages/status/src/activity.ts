/** Stage 1: from the history of a resource on a node to what is the case there (A2.7, A2.8). */
import type { HistoryEntry, ResourceHistory } from '@holdfast/cib';

export type Activity = {
  /** `unknown`: nobody has looked. `busy`: an operation is under way, its end decides. */
  readonly standing: 'unknown' | 'stopped' | 'active' | 'busy';
  /** It runs (or may run) and must be recovered. */
  readonly hasFailed: boolean;
  /** A stop failed: only the death of the node is sure. */
  readonly isStuck: boolean;
  readonly why: string;
  /** Recurring operations that were begun since the last start, by interval, with their digest. */
  readonly recurring: ReadonlyMap<string, HistoryEntry>;
  readonly startDigest: string | undefined;
};

const UNKNOWN: Activity = {
  standing: 'unknown',
  hasFailed: false,
  isStuck: false,
  why: 'nobody has looked',
  recurring: new Map(),
  startDigest: undefined,
};

type Draft = { -readonly [Key in keyof Activity]: Activity[Key] } & {
  recurring: Map<string, HistoryEntry>;
};

export function readActivity(history: ResourceHistory | undefined): Activity {
  if (history === undefined || history.ops.length === 0) return UNKNOWN;
  const draft: Draft = { ...UNKNOWN, recurring: new Map() };
  const ops = [...history.ops].sort(byCall);
  for (const entry of ops) apply(draft, entry);
  return draft;
}

/** In the order in which they were done; what is under way comes last. */
function byCall(a: HistoryEntry, b: HistoryEntry): number {
  const rank = ({ callId, opStatus }: HistoryEntry): number =>
    opStatus === -1 ? Number.MAX_SAFE_INTEGER : callId;
  return rank(a) - rank(b);
}

function apply(draft: Draft, entry: HistoryEntry): void {
  if (entry.opStatus === 1) return;
  if (entry.opStatus === -1) {
    draft.standing = 'busy';
    draft.why = `${entry.operationKey} is under way`;
    return;
  }
  const rc = entry.rc === 190 ? 0 : entry.rc;
  const isBad = entry.opStatus > 1;
  switch (entry.task) {
    case 'start':
      applyStart(draft, entry, isBad || rc !== 0);
      return;
    case 'stop':
      applyStop(draft, entry, isBad || rc !== 0);
      return;
    case 'monitor':
      applyMonitor(draft, entry, rc, isBad);
      return;
    default:
      return;
  }
}

function applyStart(draft: Draft, entry: HistoryEntry, isBad: boolean): void {
  draft.standing = 'active';
  draft.hasFailed = isBad;
  draft.isStuck = false;
  draft.recurring.clear();
  draft.startDigest = entry.opDigest;
  draft.why = isBad ? `its start failed (${said(entry)})` : 'it was started';
}

function applyStop(draft: Draft, entry: HistoryEntry, isBad: boolean): void {
  draft.standing = isBad ? 'active' : 'stopped';
  draft.hasFailed = isBad;
  draft.isStuck = isBad;
  draft.recurring.clear();
  draft.why = isBad ? `its stop failed (${said(entry)})` : 'it was stopped';
}

function applyMonitor(draft: Draft, entry: HistoryEntry, rc: number, isBad: boolean): void {
  const isRecurring = entry.intervalMs > 0;
  if (isBad || (rc !== 0 && rc !== 7)) {
    draft.standing = 'active';
    draft.hasFailed = true;
    draft.why = `its monitor failed (${said(entry)})`;
    return;
  }
  if (rc === 7) {
    draft.hasFailed = isRecurring;
    draft.standing = isRecurring ? 'active' : 'stopped';
    draft.why = isRecurring ? 'its monitor found it stopped' : 'a probe found it stopped';
    return;
  }
  if (isRecurring) draft.recurring.set(`${entry.task}/${entry.intervalMs}`, entry);
  else {
    if (draft.standing !== 'active') draft.why = 'a probe found it running';
    draft.hasFailed = false;
  }
  draft.standing = 'active';
}

function said(entry: HistoryEntry): string {
  return entry.exitReason === '' ? `exit code ${entry.rc}` : entry.exitReason;
}
