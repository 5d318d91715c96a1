/**
 * What is on record of fences: pending ones, how they ended, how often they failed in a row, and
 * which ways to fence were proven when. Ended fences and proofs outlive restarts.
 */
import { assert, type Milliseconds, milliseconds, type NodeName } from '@holdfast/base';
import type { Attempts, FenceEntry, FenceProof } from './commands.ts';
import type { Replica } from './replica.ts';

/** Ended fences that are remembered; where there are more, the older half goes. */
const FENCES_MAX = 500;
/** Ways to fence that are remembered: more than any cluster has. */
const PROOFS_MAX = 1024;

export function beginFence(state: Replica, entry: FenceEntry): void {
  assert(entry.state === 'pending', 'a fence begins pending');
  state.fences = trimmed([...state.fences.filter(({ id }) => id !== entry.id), entry]);
}

function trimmed(fences: readonly FenceEntry[]): readonly FenceEntry[] {
  const ended = fences.filter((each) => each.state !== 'pending');
  if (ended.length <= FENCES_MAX) return fences;
  const dropped = new Set(ended.slice(0, ended.length - FENCES_MAX / 2));
  return fences.filter((each) => !dropped.has(each));
}

export function endFences(
  state: Replica,
  ids: readonly string[],
  end: Pick<FenceEntry, 'state' | 'detail' | 'devices' | 'endedAtMs'>,
): void {
  changePending(state, ids, (each) => ({ ...each, ...end, progress: null }));
}

/** Changes those of `ids` that are pending. */
export function changePending(
  state: Replica,
  ids: readonly string[],
  change: (entry: FenceEntry) => FenceEntry,
): void {
  state.fences = state.fences.map((each) =>
    each.state === 'pending' && ids.includes(each.id) ? change(each) : each,
  );
}

export function pendingFences(state: Replica): readonly FenceEntry[] {
  return state.fences.filter((each) => each.state === 'pending');
}

/** Pauses between tries of a fence that keeps failing. */
const RETRY_FIRST_MS = 500;
const RETRY_MAX_MS = 10_000;

/** The pause after so many failures in a row: ever longer, up to a limit. */
export function pauseAfter(failures: number): Milliseconds {
  return milliseconds(Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** Math.min(failures - 1, 10)));
}

/** One more failed fence of a target; it is given up after `most`, or at once where it is hopeless. */
export function countAttempt(
  state: Replica,
  target: NodeName,
  failed: { readonly reason: string; readonly isHopeless: boolean; readonly atMs: number },
  most: number,
): Attempts {
  const failures = (state.attempts.get(target)?.failures ?? 0) + 1;
  const isGivenUp = failed.isHopeless || failures >= Math.max(1, most);
  const nextAtMs = isGivenUp ? null : failed.atMs + pauseAfter(failures);
  const attempts: Attempts = { failures, reason: failed.reason, nextAtMs };
  state.attempts.set(target, attempts);
  return attempts;
}

export function recordProof(state: Replica, proof: FenceProof): void {
  const before = state.proofs.find((each) => keyOf(each) === keyOf(proof));
  const goodAtMs = proof.isGood ? proof.atMs : (before?.goodAtMs ?? null);
  const others = state.proofs.filter((each) => each !== before);
  state.proofs = inOrder([...others, { ...proof, goodAtMs }]);
}

function keyOf({ target, device, executor }: FenceProof): string {
  return `${target} ${device} ${executor}`;
}

function inOrder(proofs: readonly FenceProof[]): readonly FenceProof[] {
  return [...proofs].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)).slice(0, PROOFS_MAX);
}

export type FenceRecords = Pick<Replica, 'fences' | 'proofs'>;

/** What `theirs` does not have: fences that have ended or are `own`, and newer proofs. */
export function missingFrom(
  theirs: FenceRecords,
  mine: FenceRecords,
  own: NodeName | undefined,
): FenceRecords {
  const known = new Set(theirs.fences.map(({ id }) => id));
  const isTold = ({ state, origin }: FenceEntry): boolean => state !== 'pending' || origin === own;
  return {
    fences: mine.fences.filter((each) => isTold(each) && !known.has(each.id)),
    proofs: mine.proofs.filter((proof) => {
      const other = theirs.proofs.find((each) => keyOf(each) === keyOf(proof));
      return other === undefined || other.atMs < proof.atMs;
    }),
  };
}

/** Takes over what the member called `from` remembers: what has ended, and what it is still at. */
export function mergeRecords(state: Replica, news: FenceRecords, from: NodeName): void {
  const { fences, proofs } = missingFrom(state, news, from);
  const all = [...state.fences, ...fences];
  const pending = all.filter((each) => each.state === 'pending');
  const ended = all.filter((each) => each.state !== 'pending');
  ended.sort(
    (a, b) => (a.endedAtMs ?? 0) - (b.endedAtMs ?? 0) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  );
  state.fences = trimmed([...ended, ...pending]);
  const newer = new Set(proofs.map(keyOf));
  state.proofs = inOrder([...state.proofs.filter((each) => !newer.has(keyOf(each))), ...proofs]);
}

/** The file that outlives restarts. */
export function formatRecord({ fences, proofs }: FenceRecords): string {
  const ended = fences.filter(({ state }) => state !== 'pending');
  return `${JSON.stringify({ version: 1, fences: ended, proofs })}\n`;
}

/** A record that cannot be read is none: what it tells is for people, and no decision needs it. */
export function readRecord(text: string | undefined): FenceRecords {
  const read = parse(text ?? '');
  if (typeof read !== 'object' || read === null) return { fences: [], proofs: [] };
  const { fences, proofs } = read as Readonly<Record<string, unknown>>;
  return {
    fences: listOf(fences)
      .filter(isEntry)
      .filter(({ state }) => state !== 'pending'),
    proofs: listOf(proofs).filter(isProof),
  };
}

/** Fields that are text in every entry; whoever wrote these wrote the rest. */
const ENTRY_WORDS = ['id', 'target', 'life', 'action', 'state', 'origin', 'originLife', 'detail'];
const PROOF_WORDS = ['target', 'device', 'executor', 'kind', 'words'];

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isEntry(value: unknown): value is FenceEntry {
  return hasWords(value, ENTRY_WORDS);
}

function isProof(value: unknown): value is FenceProof {
  return hasWords(value, PROOF_WORDS);
}

function hasWords(value: unknown, words: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Readonly<Record<string, unknown>>;
  return words.every((word) => typeof fields[word] === 'string');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
