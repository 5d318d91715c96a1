/** From exit code and status as recorded to what they mean here (A2.7.4). */
import type { HistoryEntry } from '@holdfast/cib';
import { isProbe, NOT_RUNNING, type Reading } from './reading.ts';
import { bundleOf } from './traits.ts';

const DONE = 0;
const UNSUPPORTED = 3;
const ERROR = 4;
const HARD_ERROR = 5;
const FATAL_ERROR = 6;

/** 190 and 191 are 0 and 8 with a complaint. */
const DEGRADED: ReadonlyMap<number, number> = new Map([
  [190, 0],
  [191, 8],
]);

export type Remapped = {
  readonly status: number;
  readonly rc: number;
  /** No retry on this node will help. */
  readonly isHard: boolean;
};

type Circumstances = { readonly isExpired: boolean; readonly masks: boolean };

export function remap(
  reading: Reading,
  entry: HistoryEntry,
  { isExpired, masks }: Circumstances,
): Remapped {
  const wasFine = entry.opStatus === DONE && entry.rc === NOT_RUNNING;
  const isQuiet = masks && bundleOf(reading.resource) === undefined && !wasFine;
  const rc = isQuiet ? NOT_RUNNING : (DEGRADED.get(entry.rc) ?? entry.rc);
  const status = isQuiet ? DONE : entry.opStatus;
  const base = { rc, isHard: false };
  if (status === 10 || status === 11) return { ...base, status: HARD_ERROR };
  if (status !== DONE && status !== ERROR) return { ...base, status };
  const isExpected = entry.targetRc >= 0 && rc === entry.targetRc;
  return byCode(reading, entry, {
    rc,
    status: isExpected ? DONE : ERROR,
    isExpired,
    isExpected,
  });
}

type Found = {
  readonly rc: number;
  readonly status: number;
  readonly isExpired: boolean;
  readonly isExpected: boolean;
};

/** Exit codes that tell in which role it was found. */
function byCode(reading: Reading, entry: HistoryEntry, found: Found): Remapped {
  const { rc, status, isExpired, isExpected } = found;
  const { resource } = reading;
  const isLook = isProbe(entry);
  const plain = { rc, status, isHard: false };
  switch (rc) {
    case 0:
      return isLook && entry.targetRc === NOT_RUNNING ? { ...plain, status: DONE } : plain;
    case NOT_RUNNING:
      if (!isLook && !isExpected && resource.isManaged) return plain;
      resource.role = 'Stopped';
      reading.onFail = 'ignore';
      resource.nextRole = 'Unknown';
      return { ...plain, status: DONE };
    case 8:
      if (!isExpired || isExpected) resource.role = 'Promoted';
      return isLook && !isExpected ? { ...plain, status: DONE } : plain;
    case 9:
      if (!isExpired) resource.role = 'Promoted';
      return { ...plain, status: ERROR };
    default:
      return byError(entry, plain);
  }
}

/** Exit codes that tell whether another try can help. */
function byError({ intervalMs }: HistoryEntry, plain: Remapped): Remapped {
  switch (plain.rc) {
    case 6:
      return { ...plain, status: FATAL_ERROR };
    case 3:
      if (intervalMs > 0) return { ...plain, status: UNSUPPORTED };
      return { ...plain, status: HARD_ERROR, isHard: true };
    case 2:
    case 4:
    case 5:
      return { ...plain, status: HARD_ERROR, isHard: true };
    default:
      return plain.status === DONE ? { ...plain, status: ERROR } : plain;
  }
}
