/** The service's journal: every instance on every node appends to one file what it does and when. */

export type JournalEntry = {
  /** `beat`: still alive. `refused`: the service's address was taken by somebody else. */
  readonly kind: 'start' | 'serving' | 'beat' | 'stop' | 'refused';
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly pid: number;
  readonly node: string;
};

/** How often an instance says that it lives, in ms. */
export const BEAT_MS = 25;

const KINDS: readonly string[] = ['start', 'serving', 'beat', 'stop', 'refused'];

/** Reads whole lines; a line that is being written (the last, without its end) is left for later. */
export function parseJournal(text: string): JournalEntry[] {
  const end = text.lastIndexOf('\n');
  if (end === -1) return [];
  return text
    .slice(0, end)
    .split('\n')
    .map((line) => readEntry(line))
    .filter((entry) => entry !== undefined);
}

function readEntry(line: string): JournalEntry | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { kind, at, pid, node } = value as Record<string, unknown>;
  if (typeof kind !== 'string' || !KINDS.includes(kind)) return undefined;
  if (typeof at !== 'number' || typeof pid !== 'number' || typeof node !== 'string')
    return undefined;
  return { kind: kind as JournalEntry['kind'], at, pid, node };
}
