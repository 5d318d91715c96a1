/** Which processes a demonstration started, on disk, so that a later one can end what a crash left. */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import {
  killMarked,
  markedProcesses,
  type Process,
  readProcess,
  signalProcess,
} from '@holdfast/lab';
import { untilTrue } from './until.ts';

const END_LIMIT_MS = 15_000;

export type Known = Pick<Process, 'pid' | 'startedAtTicks'>;

export type RunRecord = {
  /** Marks every process of the run; drawn anew for each. */
  readonly mark: string;
  readonly demo: Known;
  /** The PDU, which owns the nodes, and the relay, as far as they were started. */
  readonly pdu: Known | null;
  readonly relay: Known | null;
};

export function writeRecord(path: string, record: RunRecord): void {
  writeFileSync(`${path}.new`, `${JSON.stringify(record)}\n`);
  renameSync(`${path}.new`, path);
}

/** That very process, if it still lives: the pid alone may be somebody else's by now. */
export function isAlive(known: Known | null): boolean {
  if (known === null) return false;
  return readProcess(known.pid)?.startedAtTicks === known.startedAtTicks;
}

export function identify(pid: number | undefined): Known | null {
  const found = pid === undefined ? undefined : readProcess(pid);
  return found === undefined ? null : { pid: found.pid, startedAtTicks: found.startedAtTicks };
}

export type Found =
  | { readonly kind: 'nothing' }
  /** A demonstration is going on: it is not ours to end. */
  | { readonly kind: 'busy'; readonly pid: number }
  | { readonly kind: 'left-over'; readonly record: RunRecord };

export function findRun(path: string): Found {
  if (!existsSync(path)) return { kind: 'nothing' };
  const record = readRecord(path);
  if (record === undefined) return { kind: 'nothing' };
  if (isAlive(record.demo) && record.demo.pid !== process.pid) {
    return { kind: 'busy', pid: record.demo.pid };
  }
  return { kind: 'left-over', record };
}

/**
 * Ends everything of a run: the PDU switches its outlets off itself, the relay just ends. What is
 * there afterwards is killed; answers how many that were: none, if all is well.
 */
export async function endRun(path: string, record: RunRecord): Promise<number> {
  const { pdu, relay, mark } = record;
  for (const each of [pdu, relay]) {
    if (each !== null && isAlive(each)) signalProcess(each.pid, 'SIGTERM');
  }
  await untilTrue('they end', END_LIMIT_MS, () => !isAlive(pdu) && !isAlive(relay)).catch(
    () => undefined,
  );
  const left = markedProcesses(mark).length;
  await killMarked(mark);
  rmSync(path, { force: true });
  return left;
}

function readRecord(path: string): RunRecord | undefined {
  try {
    const record = JSON.parse(readFileSync(path, 'utf8')) as Partial<RunRecord>;
    const { mark, demo, pdu = null, relay = null } = record;
    // Without a whole mark, killing by it would reach strangers.
    if (typeof mark !== 'string' || !/^[0-9a-f]{16}$/.test(mark) || demo === undefined) {
      return undefined;
    }
    return { mark, demo, pdu, relay };
  } catch {
    return undefined;
  }
}
