/**
 * What changes a vote count between two memberships: said in the agreed stream, applied by every
 * member at the same place in it (T5.5, T9.34).
 */

/** What the device says to a node: for its partition, against it, or nothing (any more). */
export type Cast = 'yes' | 'no' | 'none';

/** Checksums of what all members must have alike, by section of the file. */
export type QuorumDigests = Readonly<Record<string, string>>;

export type QuorumOrder =
  | { readonly kind: 'unblock'; readonly ask: string }
  | { readonly kind: 'expect'; readonly ask: string; readonly votes: number }
  /** last_man_standing: the window of this ring is over. */
  | { readonly kind: 'shrink'; readonly ringSeq: number; readonly expectedVotes: number }
  | { readonly kind: 'device'; readonly ringSeq: number; readonly cast: Cast }
  /** The device has not answered in time: this ring waits for it no longer. */
  | { readonly kind: 'device-late'; readonly ringSeq: number }
  | { readonly kind: 'reload'; readonly ask: string }
  /** What one member found when it read its file again; `fault` null: it can be used. */
  | {
      readonly kind: 'reread';
      readonly of: string;
      readonly fault: string | null;
      /** Of the file as a whole. */
      readonly digests: QuorumDigests;
      /** Of what this member runs with once it has taken over what it can. */
      readonly running: QuorumDigests;
    };

/** An order as the wire gave it; undefined: a newer version's, or none at all. */
export function readOrder(value: unknown): QuorumOrder | undefined {
  if (!isRecord(value)) return undefined;
  switch (value['kind']) {
    case 'unblock':
    case 'reload':
      return readAsked(value['kind'], value['ask']);
    case 'expect': {
      const { ask, votes } = value;
      return isText(ask) && isCount(votes) ? { kind: 'expect', ask, votes } : undefined;
    }
    case 'shrink': {
      const { ringSeq, expectedVotes } = value;
      return isCount(ringSeq) && isCount(expectedVotes)
        ? { kind: 'shrink', ringSeq, expectedVotes }
        : undefined;
    }
    case 'device': {
      const { ringSeq, cast } = value;
      return isCount(ringSeq) && isCast(cast) ? { kind: 'device', ringSeq, cast } : undefined;
    }
    case 'device-late': {
      const { ringSeq } = value;
      return isCount(ringSeq) ? { kind: 'device-late', ringSeq } : undefined;
    }
    case 'reread':
      return readReread(value);
    default:
      return undefined;
  }
}

function readAsked(kind: 'unblock' | 'reload', ask: unknown): QuorumOrder | undefined {
  return isText(ask) ? { kind, ask } : undefined;
}

function readReread(value: Record<string, unknown>): QuorumOrder | undefined {
  const { of, fault } = value;
  const digests = readDigests(value['digests']);
  const running = readDigests(value['running']);
  if (!isText(of) || digests === undefined || running === undefined) return undefined;
  return fault === null || isText(fault)
    ? { kind: 'reread', of, fault, digests, running }
    : undefined;
}

function readDigests(value: unknown): QuorumDigests | undefined {
  if (!isRecord(value)) return undefined;
  const known = Object.entries(value).filter((each): each is [string, string] => isText(each[1]));
  return Object.fromEntries(known);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isCast(value: unknown): value is Cast {
  return value === 'yes' || value === 'no' || value === 'none';
}
