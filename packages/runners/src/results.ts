/** From how a process ended to what the operation's history says (C1.6). */
import { epochMs, milliseconds } from '@holdfast/base';
import type { OpResult } from '@holdfast/executor';
import type { Ended } from './child.ts';

export const RC = {
  ok: 0,
  error: 1,
  unimplemented: 3,
  noPrivilege: 4,
  notInstalled: 5,
  notConfigured: 6,
  notRunning: 7,
} as const;

const KNOWN: ReadonlySet<number> = new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 190, 191]);
const MAY_NOT: ReadonlySet<string> = new Set(['EACCES', 'EPERM']);
const PREFIX = 'ocf-exit-reason:';

/** How an exit code of the agent's class reads in OCF's numbers. */
export type CodeReader = (code: number) => number;

export const ocfCode: CodeReader = (code) => (KNOWN.has(code) ? code : RC.error);

/** LSB status: 1, 2 and 3 are all "not running" (C1.6.1). */
export const lsbStatusCode: CodeReader = (code) => {
  if (code === 0) return RC.ok;
  if (code <= 3) return RC.notRunning;
  if (code === 150) return RC.notInstalled;
  return code === 151 ? RC.noPrivilege : RC.error;
};

export const lsbCode: CodeReader = (code) => (code <= 7 ? code : RC.error);

export function resultOf(ended: Ended, read: CodeReader): OpResult {
  const { how, stdout, stderr } = ended;
  const base = {
    output: stderr === '' ? stdout : stderr,
    startedAt: epochMs(ended.startedAt),
    execMs: milliseconds(Math.round(ended.execMs)),
  };
  switch (how.kind) {
    case 'exited':
      return { ...base, rc: read(how.code), status: 'done', reason: exitReason(stderr) };
    case 'signalled':
      return {
        ...base,
        rc: RC.error,
        status: 'error',
        reason: `the agent was ended by ${how.signal}`,
      };
    case 'killed':
      return { ...base, rc: RC.error, status: 'error', reason: 'the agent was killed' };
    case 'not-started': {
      const rc = MAY_NOT.has(how.errno) ? RC.noPrivilege : RC.notInstalled;
      return { ...base, rc, status: 'done', reason: `the agent could not be run: ${how.errno}` };
    }
  }
}

/** The rest of the line behind the last `ocf-exit-reason:` in what the agent said (C1.5.4). */
export function exitReason(stderr: string): string {
  const at = stderr.lastIndexOf(PREFIX);
  return at < 0 ? '' : (stderr.slice(at + PREFIX.length).split('\n', 1)[0] ?? '').trim();
}

/** A result without a run: known at once. */
export function answered(rc: number, status: OpResult['status'], reason: string): OpResult {
  const startedAt = epochMs(Date.now());
  return { rc, status, reason, output: '', startedAt, execMs: milliseconds(0) };
}

export function notInstalled(reason: string): OpResult {
  return answered(RC.notInstalled, 'not-installed', reason);
}
