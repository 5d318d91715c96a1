/** Runs the real `crm` as a process, and the shell inside this one. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { openPlace, type Place, runLine } from '#src/shell/run.js';
import { openShell } from '#src/shell/shell.js';
import type { FakeDaemon } from './fake-daemon.js';

const MAIN = join(import.meta.dirname, '../../dist/main.js');

export type Outcome = { readonly code: number; readonly out: string; readonly err: string };

export async function crm(
  daemon: FakeDaemon,
  words: readonly string[],
  input = '',
): Promise<Outcome> {
  const child = spawn(process.execPath, [MAIN, ...words], {
    env: { ...process.env, HOLDFAST_SOCKET: daemon.path },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const [out, err] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { code: child.exitCode ?? -1, out, err };
}

export type InProcess = {
  readonly place: Place;
  readonly said: { out: string; err: string };
  /** What the shell can read and write, by path. */
  readonly files: Map<string, string>;
  run(line: string): Promise<number>;
};

export async function shellFor(daemon: FakeDaemon, isForced = false): Promise<InProcess> {
  const said = { out: '', err: '' };
  const files = new Map<string, string>();
  const shell = openShell(
    {
      out: (text) => (said.out += text),
      err: (text) => (said.err += text),
      confirm: undefined,
      readFile: (path) => {
        const text = files.get(path);
        return text === undefined
          ? Promise.reject(new Error('no files here'))
          : Promise.resolve(text);
      },
      readBytes: () => Promise.reject(new Error('no files here')),
      writeFile: () => Promise.reject(new Error('no files here')),
      replaceFile: (path, text) => {
        files.set(path, text);
        return Promise.resolve();
      },
      resolves: (name) => Promise.resolve(name === 'localhost'),
      now: () => Date.UTC(2026, 10, 25),
    },
    { socket: daemon.path, root: '/', user: 'root', isForced, isJson: false },
  );
  const place = await openPlace(shell);
  return { place, said, files, run: (line) => runLine(place, line) };
}
