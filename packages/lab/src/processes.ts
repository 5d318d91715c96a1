/**
 * Which processes live on a power outlet, read from /proc. A process belongs to it when it inherited
 * the outlet's mark in its environment, whatever group or session it has moved to since.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** The environment variable that marks everything started by one outlet. */
export const MARK = 'HOLDFAST_LAB_OUTLET';

const POLL_MS_MIN = 2;
const POLL_MS_MAX = 100;

export type Process = {
  readonly pid: number;
  readonly group: number;
  /** In clock ticks since boot: with the pid, it names a process for all time. */
  readonly startedAtTicks: number;
};

/** Every living process (a zombie is dead) whose mark is `mark`, or begins with it and a slash. */
export function markedProcesses(mark: string): Process[] {
  const found: Process[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const pid = Number(name);
    if (!hasMark(pid, mark)) continue;
    const process = readProcess(pid);
    if (process !== undefined) found.push(process);
  }
  return found;
}

/** The living process `pid`, or undefined where there is none or only its zombie. */
export function readProcess(pid: number): Process | undefined {
  let text;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  // The second field is the command in parentheses, and may itself hold blanks and parentheses.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state = 'X'] = fields;
  if (state === 'Z' || state === 'X') return undefined;
  return { pid, group: Number(fields[2]), startedAtTicks: Number(fields[19]) };
}

/** Sends `signal`; false where the process is gone. */
export function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

/**
 * SIGKILLs the groups of everything marked, and what has left its group, until two looks in a row
 * find nobody: a process in the middle of an exec has no readable environment for a moment.
 * Waits for ever where a process cannot die, for then it is not off.
 */
export async function killMarked(mark: string): Promise<void> {
  let emptyLooks = 0;
  let pauseMs = POLL_MS_MIN;
  while (emptyLooks < 2) {
    const alive = markedProcesses(mark);
    emptyLooks = alive.length === 0 ? emptyLooks + 1 : 0;
    for (const group of new Set(alive.map((each) => each.group))) {
      if (alive.some((each) => each.pid === group)) signalProcess(-group, 'SIGKILL');
    }
    for (const { pid } of alive) signalProcess(pid, 'SIGKILL');
    await sleep(pauseMs);
    pauseMs = Math.min(pauseMs * 1.5, POLL_MS_MAX);
  }
}

function hasMark(pid: number, mark: string): boolean {
  let environment;
  try {
    environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    return false;
  }
  return environment
    .split('\0')
    .some((each) => each === `${MARK}=${mark}` || each.startsWith(`${MARK}=${mark}/`));
}
