/** From all recorded operations of a resource on a node to what is the case there (A2.6, A2.7). */
import type { HistoryEntry, Role } from '@holdfast/cib';
import {
  isMaskedProbe,
  type Judgement,
  judge,
  ON_FAIL,
  type OnFail,
  type Surroundings,
} from './judge.ts';

export type HistoryReading = {
  /** `Unknown`: nobody has looked. */
  readonly role: Role | 'Unknown';
  /** What the hardest failure that was not made good asks for; `ignore`: nothing is wrong. */
  readonly onFail: OnFail;
  readonly failure: HistoryEntry | undefined;
  readonly isBlocked: boolean;
  /** Something failed that the configuration says to overlook. */
  readonly hasIgnored: boolean;
  /** The operation under way. */
  readonly pending: HistoryEntry | undefined;
  /** A probe that could not ask: the resource cannot run there. */
  readonly masked: HistoryEntry | undefined;
  /** The node it is moving to, or came from, while a live migration is under way. */
  readonly migration: HistoryEntry | undefined;
};

type Draft = { -readonly [Key in keyof HistoryReading]: HistoryReading[Key] };

const RANK: Readonly<Record<Role | 'Unknown', number>> = {
  Unknown: 0,
  Stopped: 1,
  Started: 2,
  Unpromoted: 3,
  Promoted: 4,
};

export function readHistory(ops: readonly HistoryEntry[], around: Surroundings): HistoryReading {
  const draft: Draft = {
    role: 'Unknown',
    onFail: 'ignore',
    failure: undefined,
    isBlocked: false,
    hasIgnored: false,
    pending: undefined,
    masked: undefined,
    migration: undefined,
  };
  for (const entry of inOrder(ops)) apply(draft, entry, around);
  return draft;
}

/** Oldest first: by call, among equal calls by time; what is under way by its transition (A2.6.4). */
export function inOrder(ops: readonly HistoryEntry[]): readonly HistoryEntry[] {
  return [...ops].reverse().sort(compareAge);
}

function compareAge(a: HistoryEntry, b: HistoryEntry): number {
  if (a.id === b.id || (a.callId < 0 && b.callId < 0)) return 0;
  if (a.callId >= 0 && b.callId >= 0) {
    return a.callId - b.callId || a.lastRcChange - b.lastRcChange;
  }
  return compareTransitions(a, b);
}

/** Exactly one of them is under way: it is the newer one, unless its transition is an older one. */
function compareTransitions(a: HistoryEntry, b: HistoryEntry): number {
  const [left, right] = [transitionOf(a), transitionOf(b)];
  if (left.by !== right.by || left.number === right.number) return a.callId < 0 ? 1 : -1;
  if (left.number < 0) return 1;
  return right.number < 0 ? -1 : left.number - right.number;
}

function transitionOf({ transitionKey }: HistoryEntry): {
  readonly number: number;
  readonly by: string;
} {
  const [, transition = '-1', , by = ''] = transitionKey.split(':');
  return { number: Number(transition), by };
}

function apply(draft: Draft, entry: HistoryEntry, around: Surroundings): void {
  const { judgement, seenRole, forgives, blocks } = judge(entry, around);
  if (forgives) draft.onFail = 'ignore';
  if (seenRole === 'Unknown') {
    if (RANK[draft.role] <= RANK.Stopped) draft.role = 'Unknown';
    return;
  }
  if (seenRole !== undefined) draft.role = seenRole;
  if (blocks) draft.isBlocked = true;
  if (isMaskedProbe(entry) && !around.isInBundle) draft.masked = entry;
  applyJudgement(draft, entry, judgement, around);
}

function applyJudgement(
  draft: Draft,
  entry: HistoryEntry,
  judgement: Judgement,
  around: Surroundings,
): void {
  switch (judgement.kind) {
    case 'nothing':
      return;
    case 'pending':
      applyPending(draft, entry, around);
      return;
    case 'done':
      if (judgement.isIgnored) draft.hasIgnored = true;
      if (judgement.isMasked || judgement.rc === 5) draft.role = 'Stopped';
      else applyDone(draft, entry, judgement.rc, around);
      return;
    case 'failed':
      applyFailure(draft, entry, judgement.onFail, around);
  }
}

function atLeastActive(draft: Draft, { activeRole }: Surroundings): void {
  if (RANK[draft.role] < RANK.Started) draft.role = activeRole;
}

function applyPending(draft: Draft, entry: HistoryEntry, around: Surroundings): void {
  const { failure } = draft;
  const isOvertaken =
    failure?.operationKey === entry.operationKey &&
    failure.lastRcChange > 0 &&
    entry.lastRcChange > 0 &&
    failure.lastRcChange >= entry.lastRcChange;
  if (isOvertaken) return;
  if (entry.task === 'start') draft.role = around.activeRole;
  if (entry.task === 'promote') draft.role = 'Promoted';
  if (!(entry.task === 'monitor' && entry.intervalMs === 0)) draft.pending ??= entry;
}

/** What success makes of earlier failures: those that still ask for something hard stay (A2.7.9). */
function forgive(draft: Draft): void {
  if (['stop', 'ban', 'standby', 'fence'].includes(draft.onFail)) return;
  draft.onFail = 'ignore';
}

function applyDone(draft: Draft, entry: HistoryEntry, rc: number, around: Surroundings): void {
  if (rc === 7) {
    forgive(draft);
    return;
  }
  switch (entry.task) {
    case 'monitor':
      if (draft.failure?.operationKey === entry.operationKey) forgive(draft);
      atLeastActive(draft, around);
      return;
    case 'start':
    case 'migrate_from':
      draft.role = around.activeRole;
      forgive(draft);
      return;
    case 'stop':
      draft.role = 'Stopped';
      forgive(draft);
      return;
    case 'promote':
      draft.role = 'Promoted';
      forgive(draft);
      return;
    case 'demote':
      draft.role = 'Unpromoted';
      if (draft.onFail === 'demote') forgive(draft);
      return;
    case 'migrate_to':
      draft.role = 'Started';
      draft.migration = entry;
      return;
    default:
      atLeastActive(draft, around);
  }
}

function applyFailure(
  draft: Draft,
  entry: HistoryEntry,
  onFail: OnFail,
  around: Surroundings,
): void {
  draft.failure = entry;
  if (ON_FAIL.indexOf(onFail) > ON_FAIL.indexOf(draft.onFail)) draft.onFail = onFail;
  switch (entry.task) {
    case 'migrate_to':
    case 'migrate_from':
      draft.role = 'Started';
      if (entry.task === 'migrate_to') draft.migration = entry;
      break;
    case 'promote':
      draft.role = 'Promoted';
      break;
    case 'demote':
      draft.role = onFail === 'block' ? 'Promoted' : entry.rc === 7 ? 'Stopped' : 'Unpromoted';
      break;
    default:
      break;
  }
  if (entry.task === 'monitor' && entry.intervalMs === 0 && entry.rc === 5) draft.role = 'Stopped';
  else atLeastActive(draft, around);
}
