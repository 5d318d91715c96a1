/** What one node says about itself: over its socket, in its log, on its disk, through `crm`. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ClusterStatus, connect, socketPath } from '@holdfast/ipc';
import { CRM_MAIN, PROJECT } from './paths.ts';

const ASK_LIMIT_MS = 2000;
const CRM_LIMIT_MS = 60_000;

/** `time`: ms since the epoch. `event`: which kind of news; `msg`: the sentence. */
export type LogEntry = { readonly time: number; readonly event: string; readonly msg: string };

export type Ran = { readonly code: number | null; readonly out: string };

/** Undefined where the daemon does not answer. We work in the project folder, as the daemon does. */
export async function statusOf(root: string): Promise<ClusterStatus | undefined> {
  let client;
  try {
    client = await connect(socketPath({}, { root }), ASK_LIMIT_MS);
  } catch {
    return undefined;
  }
  const status = await client.call('cluster.status', {});
  client.close();
  return status.ok ? status.value : undefined;
}

/** What its log says since `sinceMs`; nothing where there is no log yet. */
export function logOf(root: string, sinceMs: number): LogEntry[] {
  const text = readOrNothing(join(PROJECT, root, 'var/log/holdfast/holdfast.log'));
  return text
    .split('\n')
    .map((line) => readLine(line))
    .filter((entry) => entry !== undefined && entry.time >= sinceMs)
    .filter((entry) => entry !== undefined);
}

/** The configuration as it is on the node's disk. */
export function cibOnDisk(root: string): string {
  return readOrNothing(join(PROJECT, root, 'var/lib/holdfast/cib.xml'));
}

/** Runs the real shell on one node, as an operator would there. */
export function runCrm(root: string, args: readonly string[], input = ''): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CRM_MAIN, ...args], {
      cwd: PROJECT,
      env: { ...process.env, HOLDFAST_ROOT: root },
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: CRM_LIMIT_MS,
      killSignal: 'SIGKILL',
    });
    let out = '';
    const collect = (text: Buffer): void => {
      out += text.toString();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, out });
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

function readLine(line: string): LogEntry | undefined {
  if (line === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { time, event, msg } = value as Record<string, unknown>;
  if (typeof time !== 'number' || typeof event !== 'string') return undefined;
  return { time, event, msg: typeof msg === 'string' ? msg : '' };
}

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
