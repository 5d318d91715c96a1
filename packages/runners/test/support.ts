/** A node's folder with agents in it, and runners whose ends can be waited for. */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type AgentName,
  type CallId,
  callId,
  milliseconds,
  nodeName,
  type Note,
  resourceId,
} from '@holdfast/base';
import type { Operation, OpResult } from '@holdfast/executor';
import type { DeviceRun } from '@holdfast/fencer';
import { createRunners, type FenceEnd, type Runners } from '@holdfast/runners';

/** The project's folder, from dist-test. */
export const PROJECT = join(dirname(fileURLToPath(import.meta.url)), '../../..');

export const TEST_PLUGIN = fileURLToPath(new URL('./test-plugin.js', import.meta.url));

export type Harness = {
  readonly root: string;
  readonly runners: Runners;
  readonly notes: Note[];
  readonly op: (agent: string, task: string, more?: Partial<Operation>) => Operation;
  readonly run: (op: Operation) => Promise<OpResult>;
  /** Runs, and kills after so many ms. */
  readonly runAndKill: (op: Operation, afterMs: number) => Promise<OpResult>;
  readonly fence: (run: Partial<DeviceRun>) => Promise<FenceEnd>;
  readonly close: () => Promise<void>;
};

export type Agents = {
  readonly ocf?: Readonly<Record<string, string>>;
  readonly fence?: Readonly<Record<string, string>>;
  readonly init?: Readonly<Record<string, string>>;
  readonly plugins?: readonly string[];
  readonly ocfPaths?: readonly string[];
};

export function harness(agents: Agents = {}): Harness {
  const root = mkdtempSync(join(tmpdir(), 'holdfast-runners-'));
  for (const [name, text] of Object.entries(agents.ocf ?? {}))
    script(join(root, 'ocf', name), text);
  for (const [name, text] of Object.entries(agents.fence ?? {}))
    script(join(root, 'sbin', name), text);
  for (const [name, text] of Object.entries(agents.init ?? {}))
    script(join(root, 'etc/init.d', name), text);
  const ends = new Map<CallId, (result: OpResult) => void>();
  const fenceEnds = new Map<CallId, (end: FenceEnd) => void>();
  const notes: Note[] = [];
  const runners = createRunners({
    root,
    ocfPaths: agents.ocfPaths ?? [join(root, 'ocf')],
    fencePaths: [join(root, 'sbin')],
    plugins: agents.plugins ?? [],
    log: (note) => notes.push(note),
    onExit: (call, result) => {
      take(ends, call)(result);
    },
    onFenceExit: (call, end) => {
      take(fenceEnds, call)(end);
    },
  });
  let lastCall = 0;
  const next = (): CallId => {
    lastCall += 1;
    return callId(lastCall);
  };
  const begin = (op: Operation): { call: CallId; end: Promise<OpResult> } => {
    const call = next();
    const end = new Promise<OpResult>((resolve) => ends.set(call, resolve));
    runners.run(call, op);
    return { call, end };
  };
  return {
    root,
    runners,
    notes,
    op: operation,
    run: (op) => begin(op).end,
    runAndKill: async (op, afterMs) => {
      const { call, end } = begin(op);
      setTimeout(() => {
        runners.kill(call);
      }, afterMs);
      return end;
    },
    fence: (run) => {
      const call = next();
      const end = new Promise<FenceEnd>((resolve) => fenceEnds.set(call, resolve));
      runners.runFence(call, { ...DEVICE_RUN, ...run });
      return end;
    },
    close: async () => {
      await runners.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

const DEVICE_RUN: DeviceRun = {
  device: 'fence-a',
  agent: 'fence_test',
  action: 'off',
  target: nodeName('haone'),
  plug: '3',
  parameters: { plug: '3', ip: '127.0.0.1' },
  timeoutMs: milliseconds(20_000),
};

/** An end that nobody waits for is told twice, or for a call never made: both are wrong. */
function take<End>(ends: Map<CallId, (end: End) => void>, call: CallId): (end: End) => void {
  const end = ends.get(call);
  if (end === undefined) throw new Error(`call ${call} ended, but nobody waits for it`);
  ends.delete(call);
  return end;
}

function operation(agent: string, task: string, more: Partial<Operation> = {}): Operation {
  return {
    resource: resourceId('web'),
    agent: agentName(agent),
    task,
    intervalMs: milliseconds(0),
    timeoutMs: milliseconds(20_000),
    startDelayMs: milliseconds(0),
    parameters: {},
    userData: 'key',
    ...more,
  };
}

function agentName(text: string): AgentName {
  const [standard = '', second = '', third] = text.split(':');
  if (third === undefined) return { class: standard, provider: '', type: second };
  return { class: standard, provider: second, type: third };
}

export function script(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
}

/** A process's group; undefined where it is dead. */
export function groupOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? undefined : Number(group);
  } catch {
    return undefined;
  }
}

export function pidsIn(path: string): readonly number[] {
  return readFileSync(path, 'utf8').trim().split(/\s+/).map(Number);
}
