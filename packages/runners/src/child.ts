/** One agent's process: started, listened to, ended; told about once, when it is really gone. */
import { spawn } from 'node:child_process';
import { isGone, killTree, MARK } from './process-tree.ts';

/** What is kept of each stream (C1.5.1); the rest is read and dropped. */
const OUTPUT_MAX = 10 * 1024 * 1024;

/** How long after the end its pipes may stay open: who inherited them is not waited for (C1.5.2). */
const PIPES_MS = 50;

/** How often to look whether the killed are gone: at first, and at most. */
const GONE_FIRST_MS = 5;
const GONE_MAX_MS = 500;

export type Command = {
  readonly path: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
  readonly mark: string;
  /** Text for stdin; undefined: /dev/null. */
  readonly stdin?: string;
};

export type Ended = {
  readonly startedAt: number;
  readonly execMs: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly isTruncated: boolean;
  readonly how:
    | { readonly kind: 'exited'; readonly code: number }
    | { readonly kind: 'signalled'; readonly signal: string }
    /** Killed by us: it says nothing about the resource. */
    | { readonly kind: 'killed' }
    | { readonly kind: 'not-started'; readonly errno: string };
};

export type Child = { readonly kill: () => void };

export function startChild(command: Command, onEnd: (ended: Ended) => void): Child {
  const startedAt = Date.now();
  const from = performance.now();
  const { path, args, env, directory, mark, stdin } = command;
  const child = spawn(path, [...args], {
    cwd: directory,
    env: { ...env, [MARK]: mark },
    stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    detached: false,
  });
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  let isKilled = false;
  let isOver = false;
  const end = (how: Ended['how']): void => {
    if (isOver) return;
    isOver = true;
    child.stdout?.destroy();
    child.stderr?.destroy();
    onEnd({
      startedAt,
      execMs: performance.now() - from,
      stdout: stdout.text(),
      stderr: stderr.text(),
      isTruncated: stdout.isTruncated() || stderr.isTruncated(),
      how,
    });
  };
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(stdin);
  child.once('error', (cause) => {
    end({ kind: 'not-started', errno: 'code' in cause ? String(cause.code) : cause.message });
  });
  child.once('exit', (code, signal) => {
    if (isKilled) return;
    const how: Ended['how'] =
      code === null
        ? { kind: 'signalled', signal: signal ?? 'a signal' }
        : { kind: 'exited', code };
    child.once('close', () => {
      end(how);
    });
    setTimeout(end, PIPES_MS, how);
  });
  const kill = (): void => {
    if (isKilled || isOver) return;
    isKilled = true;
    const isRunning = child.exitCode === null && child.signalCode === null;
    void allGone(isRunning ? child.pid : undefined, mark).then(() => {
      end({ kind: 'killed' });
    });
  };
  return { kill };
}

/** Kills an operation's processes, and comes back when none of them lives. */
export async function allGone(root: number | undefined, mark: string): Promise<void> {
  let victims = killTree(root, mark);
  let pauseMs = GONE_FIRST_MS;
  for (;;) {
    victims = victims.filter((victim) => !isGone(victim));
    if (victims.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    pauseMs = Math.min(GONE_MAX_MS, pauseMs * 2);
  }
}

function collect(stream: NodeJS.ReadableStream | null): {
  readonly text: () => string;
  readonly isTruncated: () => boolean;
} {
  const chunks: Buffer[] = [];
  let length = 0;
  let isTruncated = false;
  stream?.on('data', (chunk: Buffer) => {
    if (length >= OUTPUT_MAX) {
      isTruncated = true;
      return;
    }
    chunks.push(chunk);
    length += chunk.length;
  });
  return {
    text: () => Buffer.concat(chunks).toString('utf8').slice(0, OUTPUT_MAX),
    isTruncated: () => isTruncated,
  };
}
