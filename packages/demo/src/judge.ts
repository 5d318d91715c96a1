/** The judge: reads from journals and records whether the promises held. Pure. */
import type { JournalEntry } from './journal.ts';
import { BEAT_MS } from './journal.ts';

/** One life of the service: from its first word until it was certainly over. */
export type Instance = {
  readonly node: string;
  readonly pid: number;
  readonly startedAt: number;
  /** When it was certainly over; undefined: nobody has proven it, so it may run for ever. */
  readonly endedAt: number | undefined;
  readonly lastSeenAt: number;
};

/** Something that ends instances without their own word: power off, or a kill of that very process. */
export type Proof =
  | { readonly kind: 'power-off'; readonly node: string; readonly at: number }
  | { readonly kind: 'killed'; readonly pid: number; readonly at: number };

export type Overlap = {
  readonly first: Instance;
  readonly second: Instance;
  readonly byMs: number;
};

/**
 * The instances in order of their start. An instance that said `stop` ended there; another one at
 * the first proof after its last word. A word it spoke after such a proof moves its end: the proof
 * was none.
 */
export function instancesIn(
  journal: readonly JournalEntry[],
  proofs: readonly Proof[],
): Instance[] {
  const lives = new Map<string, JournalEntry[]>();
  for (const entry of journal) {
    if (entry.kind === 'refused') continue;
    const key = `${entry.node} ${entry.pid}`;
    const life = lives.get(key);
    if (life === undefined) lives.set(key, [entry]);
    else life.push(entry);
  }
  return [...lives.values()]
    .map((life) => instanceOf(life, proofs))
    .filter((instance) => instance !== undefined)
    .sort((a, b) => a.startedAt - b.startedAt);
}

function instanceOf(life: readonly JournalEntry[], proofs: readonly Proof[]): Instance | undefined {
  const [first] = life;
  const last = life.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const { node, pid, at: startedAt } = first;
  const lastSeenAt = last.at;
  const over = proofs
    .filter((proof) => (proof.kind === 'killed' ? proof.pid === pid : proof.node === node))
    .map((proof) => proof.at)
    .filter((at) => at >= lastSeenAt);
  const endedAt = last.kind === 'stop' ? lastSeenAt : over.sort((a, b) => a - b)[0];
  return { node, pid, startedAt, endedAt, lastSeenAt };
}

/** Every pair of which the second began before the first was certainly over. */
export function overlapsIn(instances: readonly Instance[]): Overlap[] {
  const found: Overlap[] = [];
  instances.forEach((second, index) => {
    for (const first of instances.slice(0, index)) {
      const end = first.endedAt ?? Infinity;
      if (end <= second.startedAt) continue;
      const until = Math.min(end, second.endedAt ?? second.lastSeenAt + BEAT_MS);
      found.push({ first, second, byMs: until - second.startedAt });
    }
  });
  return found;
}

/** Instances that found the service's address taken: two were up at once, whatever else is said. */
export function refusalsIn(journal: readonly JournalEntry[]): JournalEntry[] {
  return journal.filter((entry) => entry.kind === 'refused');
}

/** One question of the client: begun, answered or not, and when that was known. */
export type Sample = { readonly from: number; readonly to: number; readonly isServed: boolean };

/**
 * The longest time between two answers within the window, in ms: from the last answer before the
 * hole to the first one after it. A hole that reaches the window's end counts up to there.
 */
export function longestOutageMs(samples: readonly Sample[], from: number, to: number): number {
  let longest = 0;
  let servedAt = from;
  let isBroken = false;
  for (const sample of samples) {
    if (sample.to < from || sample.to > to) continue;
    if (!sample.isServed) {
      isBroken = true;
      continue;
    }
    if (isBroken) longest = Math.max(longest, sample.to - servedAt);
    servedAt = sample.to;
    isBroken = false;
  }
  return isBroken ? Math.max(longest, to - servedAt) : longest;
}
