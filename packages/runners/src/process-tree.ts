/**
 * Ends everything an operation started. Nodes are process groups, so an operation cannot have one of
 * its own: its processes are found by descent, and by the mark they carry in their environment.
 */
import { readdirSync, readFileSync } from 'node:fs';

/** The environment variable that marks an operation's processes. */
export const MARK = 'HOLDFAST_OP';

/** A process forking faster than this many rounds of stopping is beyond us. */
const ROUNDS_MAX = 50;

type Process = { readonly pid: number; readonly parent: number; readonly startTime: string };

/** Something that was killed; it is gone when no such process lives with this start time. */
export type Victim = Pick<Process, 'pid' | 'startTime'>;

/**
 * Stops all of them first, round by round until there is no new one, so that nothing can fork away;
 * then kills. `root` undefined: only what is marked.
 */
export function killTree(root: number | undefined, mark: string): readonly Victim[] {
  const victims = new Map<number, Victim>();
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const fresh = find(root, mark, victims);
    if (fresh.length === 0) break;
    for (const process of fresh) {
      victims.set(process.pid, process);
      send(process.pid, 'SIGSTOP');
    }
  }
  for (const pid of victims.keys()) send(pid, 'SIGKILL');
  return [...victims.values()];
}

export function isGone({ pid, startTime }: Victim): boolean {
  const found = readProcess(pid);
  return found?.startTime !== startTime;
}

function find(
  root: number | undefined,
  mark: string,
  known: ReadonlyMap<number, Victim>,
): readonly Process[] {
  const all = readAll();
  const family = new Set<number>(root === undefined ? known.keys() : [root, ...known.keys()]);
  for (const each of all) if (isMarked(each.pid, mark)) family.add(each.pid);
  for (let size = -1; size !== family.size;) {
    size = family.size;
    for (const { pid, parent } of all) if (family.has(parent)) family.add(pid);
  }
  return all.filter(({ pid }) => family.has(pid) && !known.has(pid) && pid !== process.pid);
}

function readAll(): readonly Process[] {
  const found: Process[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const process = readProcess(Number(name));
    if (process !== undefined) found.push(process);
  }
  return found;
}

/** Undefined where it is gone, or dead and only waits for its parent to notice. */
function readProcess(pid: number): Process | undefined {
  const stat = readQuietly(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
  return { pid, parent: Number(fields[1]), startTime: fields[19] ?? '' };
}

function isMarked(pid: number, mark: string): boolean {
  const environment = readQuietly(`/proc/${pid}/environ`);
  return environment?.split('\0').includes(`${MARK}=${mark}`) === true;
}

/** Processes come and go while one looks, and some are not ours to look into. */
function readQuietly(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already, or not ours: who waits for it to be gone will see.
  }
}
