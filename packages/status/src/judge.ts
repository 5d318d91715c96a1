/** What one recorded operation says, before it is put into the row of all (A2.7.1 to A2.7.6). */
import type { EpochMs } from '@holdfast/base';
import type { HistoryEntry } from '@holdfast/cib';

/** What the reading of one history depends on besides the history. */
export type Surroundings = {
  readonly now: EpochMs;
  readonly failureTimeoutMs: number;
  /** Fail count, and the same with expired failures left out. */
  readonly failCount: number;
  readonly effectiveFailCount: number;
  readonly isManaged: boolean;
  /** Inside a bundle, a missing agent is no reason to look away. */
  readonly isInBundle: boolean;
  readonly isNodeSound: boolean;
  readonly canFenceNode: boolean;
  /** Role of an active instance that is not promoted. */
  readonly activeRole: 'Started' | 'Unpromoted';
  readonly onFail: (task: string, intervalMs: number) => OnFail;
};

/** From the mildest to the hardest; of several failures the hardest counts. */
export const ON_FAIL = [
  'ignore',
  'demote',
  'restart',
  'reset-remote',
  'restart-container',
  'ban',
  'block',
  'stop',
  'standby',
  'fence',
] as const;
export type OnFail = (typeof ON_FAIL)[number];

export type Judgement =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'pending' }
  /** Success; `rc` is the agent's, or the expected one where the result is masked. */
  | {
      readonly kind: 'done';
      readonly rc: number;
      readonly isMasked: boolean;
      readonly isIgnored: boolean;
    }
  | { readonly kind: 'failed'; readonly status: number; readonly onFail: OnFail };

export type Verdict = {
  readonly judgement: Judgement;
  /** What the result alone says of the role, before it is judged. */
  readonly seenRole: 'Stopped' | 'Promoted' | 'Unknown' | undefined;
  /** It was found stopped as it should be: earlier failures are past. */
  readonly forgives: boolean;
  /** The stop failed, and nobody can fence: nothing may be done any more. */
  readonly blocks: boolean;
};

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
const DONE = 0;
const UNSUPPORTED = 3;
const ERROR = 4;
const HARD_ERROR = 5;
const FATAL_ERROR = 6;
const NOT_INSTALLED = 7;

const NOTHING: Verdict = {
  judgement: { kind: 'nothing' },
  seenRole: undefined,
  forgives: false,
  blocks: false,
};

export function isProbe({ task, intervalMs }: HistoryEntry): boolean {
  return task === 'monitor' && intervalMs === 0;
}

/** A probe that could not even ask, because the agent is not there or refuses its parameters. */
export function isMaskedProbe(entry: HistoryEntry): boolean {
  return isProbe(entry) && (entry.rc === 5 || entry.rc === 2 || entry.opStatus === NOT_INSTALLED);
}

export function judge(entry: HistoryEntry, around: Surroundings): Verdict {
  if (!isReadable(entry)) return NOTHING;
  const isMasked = isMaskedProbe(entry) && !around.isInBundle;
  const isOld = hasExpired(entry, around);
  const isStale = isOld && entry.rc !== entry.targetRc;
  if (isStale && isMasked) return { ...NOTHING, seenRole: 'Unknown' };
  if (isStale && (entry.intervalMs === 0 || around.isNodeSound)) return NOTHING;
  const remapped = remap(entry, { around, isMasked, isOld });
  return {
    seenRole: remapped.seenRole,
    forgives: remapped.forgives,
    blocks: remapped.isHard && !isOld && isHopelessStop(entry, around),
    judgement: isMasked
      ? { kind: 'done', rc: entry.targetRc, isMasked, isIgnored: false }
      : judgementOf(entry, remapped, around),
  };
}

function isHopelessStop({ task }: HistoryEntry, { canFenceNode }: Surroundings): boolean {
  return task === 'stop' && !canFenceNode;
}

function isReadable({ task, opStatus, rc }: HistoryEntry): boolean {
  const isStatus = opStatus >= -1 && opStatus <= 11 && opStatus !== 1;
  return TASKS.has(task) && isStatus && rc >= 0 && rc <= 255;
}

function judgementOf(
  { task, intervalMs, targetRc }: HistoryEntry,
  { status, rc }: Remapped,
  around: Surroundings,
): Judgement {
  if (status === -1) return { kind: 'pending' };
  if (status === DONE) return { kind: 'done', rc, isMasked: false, isIgnored: false };
  const onFail = around.onFail(task, intervalMs);
  if (status === NOT_INSTALLED) {
    return { kind: 'failed', status, onFail: onFail === 'ignore' ? 'ban' : onFail };
  }
  if (onFail === 'ignore') return { kind: 'done', rc: targetRc, isMasked: false, isIgnored: true };
  return { kind: 'failed', status, onFail };
}

/** A2.7.3: is it so long ago that it is forgotten? */
function hasExpired(entry: HistoryEntry, around: Surroundings): boolean {
  const { failureTimeoutMs, failCount, effectiveFailCount, now } = around;
  if (entry.opStatus === NOT_INSTALLED || failureTimeoutMs <= 0 || entry.lastRcChange <= 0) {
    return false;
  }
  if (now < entry.lastRcChange * 1000 + failureTimeoutMs) return false;
  if (failCount > 0 && effectiveFailCount > 0) return false;
  return !(isProbe(entry) && [0, 7, 8, 190, 191].includes(entry.rc));
}

type Remapped = Pick<Verdict, 'seenRole' | 'forgives'> & {
  readonly rc: number;
  readonly status: number;
  /** No retry on this node will help. */
  readonly isHard: boolean;
};

type Circumstances = {
  readonly around: Surroundings;
  readonly isMasked: boolean;
  readonly isOld: boolean;
};

/** A2.7.4: from exit code and status to what they mean here. */
function remap(entry: HistoryEntry, circumstances: Circumstances): Remapped {
  const { isMasked } = circumstances;
  const plain = { seenRole: undefined, forgives: false, isHard: false };
  const rc = isMasked ? 7 : (DEGRADED.get(entry.rc) ?? entry.rc);
  const status = isMasked ? DONE : entry.opStatus;
  if (status === 10 || status === 11) return { ...plain, rc, status: HARD_ERROR };
  if (status !== DONE && status !== ERROR) return { ...plain, rc, status };
  const isExpected = entry.targetRc >= 0 && rc === entry.targetRc;
  const base = { ...plain, rc, status: isExpected ? DONE : ERROR };
  return remapFound(entry, base, { ...circumstances, isExpected });
}

/** 190 and 191 are 0 and 8 with a complaint. */
const DEGRADED: ReadonlyMap<number, number> = new Map([
  [190, 0],
  [191, 8],
]);

/** Exit codes that tell in which role it was found. */
function remapFound(
  entry: HistoryEntry,
  base: Remapped,
  { around, isOld, isExpected }: Circumstances & { readonly isExpected: boolean },
): Remapped {
  const isLook = isProbe(entry);
  switch (base.rc) {
    case 0:
      return isLook && entry.targetRc === 7 ? { ...base, status: DONE } : base;
    case 7: {
      const isFine = isLook || isExpected || !around.isManaged;
      return isFine ? { ...base, status: DONE, seenRole: 'Stopped', forgives: true } : base;
    }
    case 8: {
      const seenRole = isOld && !isExpected ? undefined : 'Promoted';
      return { ...base, status: isLook ? DONE : base.status, seenRole };
    }
    case 9:
      return { ...base, status: ERROR, seenRole: isOld ? undefined : 'Promoted' };
    default:
      return remapError(entry, base);
  }
}

/** Exit codes that tell whether another try can help. */
function remapError(entry: HistoryEntry, base: Remapped): Remapped {
  switch (base.rc) {
    case 6:
      return { ...base, status: FATAL_ERROR };
    case 3:
      if (entry.intervalMs > 0) return { ...base, status: UNSUPPORTED };
      return { ...base, status: HARD_ERROR, isHard: true };
    case 2:
    case 4:
    case 5:
      return { ...base, status: HARD_ERROR, isHard: true };
    default:
      return base;
  }
}
