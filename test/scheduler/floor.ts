/** How much of the recorded cases is matched, by group and level, and what it may not fall below. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CASES, SCHEDULER, SCORER } from './places.ts';

/** Counts by group, then by level; `cases` is how many there are. */
export type Tally = Readonly<Record<string, Readonly<Record<string, number>>>>;

export type Scored = {
  readonly tally: Tally;
  /** Over all cases. */
  readonly total: Readonly<Record<string, number>>;
  /** What the scorer printed. */
  readonly printed: string;
};

type CaseScore = { readonly L: Readonly<Record<string, boolean>>; readonly pass: boolean };
type CaseEntry = { readonly name: string; readonly group: string };

/** Runs the scorer on the built engine; rejects where it does not end well. */
export async function runScorer(): Promise<Scored> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-score-'));
  const file = join(folder, 'scores.json');
  try {
    const printed = await run([SCORER, '--module', SCHEDULER, '--json', file, '--fails', '20']);
    const scores = new Map(
      Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, CaseScore>),
    );
    const entries = JSON.parse(readFileSync(join(CASES, 'manifest.json'), 'utf8')) as CaseEntry[];
    return { ...count(entries, scores), printed };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function run(args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(out);
      else reject(new Error(`the scorer ended with ${code ?? 'a signal'}: ${out.slice(-500)}`));
    });
  });
}

function count(
  entries: readonly CaseEntry[],
  scores: ReadonlyMap<string, CaseScore>,
): Pick<Scored, 'tally' | 'total'> {
  const tally: Record<string, Record<string, number>> = {};
  const total: Record<string, number> = {};
  for (const { name, group } of entries) {
    const score = scores.get(name);
    const own = (tally[group] ??= {});
    for (const place of [own, total]) {
      place['cases'] = (place['cases'] ?? 0) + 1;
      for (const [level, isMet] of Object.entries({ ...score?.L, passed: score?.pass ?? false })) {
        place[level] = (place[level] ?? 0) + (isMet ? 1 : 0);
      }
    }
  }
  return { tally, total };
}

/** One sentence for each count that is lower than it was. */
export function fallen(floor: Tally, now: Tally): readonly string[] {
  return Object.entries(floor).flatMap(([group, levels]) =>
    Object.entries(levels).flatMap(([level, least]) => {
      const count = now[group]?.[level] ?? 0;
      return count < least ? [`${group}: ${level} was ${least}, is ${count}`] : [];
    }),
  );
}

/** The floor, raised where more is matched now; never lowered. */
export function raised(floor: Tally, now: Tally): Tally {
  const result: Record<string, Record<string, number>> = {};
  for (const [group, levels] of Object.entries(now)) {
    const own: Record<string, number> = {};
    for (const [level, count] of Object.entries(levels)) {
      const least = Math.max(count, floor[group]?.[level] ?? 0);
      if (least > 0) own[level] = least;
    }
    result[group] = own;
  }
  return result;
}
