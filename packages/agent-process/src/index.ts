/** What an agent's own `main.ts` is made of: this process as the world of an agent. */
import { spawn } from 'node:child_process';
import * as fs from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import {
  type Agent,
  type FenceAgent,
  fenceMain,
  type Host,
  ocfMain,
  type Shell,
} from '@holdfast/agent';

export const processHost: Host = {
  spawn,
  fs,
  kill: (pid, signal) => process.kill(pid, signal),
  setTimeout,
  clearTimeout,
  now: () => Date.now(),
};

/** The agent as an OCF executable; resolves to its exit code. */
export function runAgent(agent: Agent): Promise<number> {
  return ocfMain(agent, processHost, processShell());
}

/** The agent as a fence executable, parameters on stdin; resolves to its exit code. */
export function runFenceAgent(agent: FenceAgent): Promise<number> {
  return fenceMain(agent, processHost, { ...processShell(), stdin: () => text(process.stdin) });
}

function processShell(): Shell {
  return {
    argv: process.argv.slice(2),
    env: process.env,
    out: (words) => process.stdout.write(words),
    err: (words) => process.stderr.write(words),
  };
}
