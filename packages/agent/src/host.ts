/**
 * The world of agents on Node: the parts of Node come in as arguments (this room imports none), so
 * that executables and the runner's worker build the same world from the same code.
 */
import { fail, ok, type Result, type Severity } from '@holdfast/base';
import type { LaunchOptions, ProcessInfo, Ran, RunOptions, World } from './world.ts';

/** What a command may say; the rest is read and dropped. */
const OUTPUT_MAX = 1024 * 1024;

/** How long after a command's end its pipes may stay open: a child of it that holds them is not waited for. */
const PIPES_MS = 50;

type Stream = {
  setEncoding(encoding: 'utf8'): unknown;
  on(event: 'data', listener: (text: string) => void): unknown;
  destroy(): unknown;
};

type Child = {
  readonly pid?: number | undefined;
  readonly stdout: Stream | null;
  readonly stderr: Stream | null;
  once(event: 'exit', listener: (code: number | null, signal: string | null) => void): unknown;
  once(event: 'error', listener: (cause: Error) => void): unknown;
  once(event: 'close' | 'spawn', listener: () => void): unknown;
  kill(signal: 'SIGKILL'): boolean;
  unref(): void;
};

type SpawnOptions = {
  readonly cwd?: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly stdio: 'ignore' | ['ignore', 'pipe', 'pipe'];
  /** Never: a node is one process group, and its power cut reaches everything in it. */
  readonly detached: false;
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
};

/** The parts of Node that agents need. */
export type Host = {
  readonly spawn: (command: string, args: string[], options: SpawnOptions) => Child;
  readonly fs: {
    readFile(path: string, encoding: 'utf8'): Promise<string>;
    writeFile(path: string, text: string): Promise<void>;
    rename(from: string, to: string): Promise<void>;
    rm(path: string, options: { readonly force: true }): Promise<void>;
    mkdir(path: string, options: { readonly recursive: true }): Promise<unknown>;
  };
  readonly kill: (pid: number, signal: string) => unknown;
  readonly setTimeout: (callback: () => void, ms: number) => NodeJS.Timeout;
  readonly clearTimeout: (timer: NodeJS.Timeout) => void;
  readonly now: () => number;
};

export type WorldOptions = {
  /** The environment of every process started: it carries the operation's mark. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stateFolder: string;
  readonly log: (severity: Severity, text: string) => void;
};

export function hostWorld(host: Host, options: WorldOptions): World {
  return {
    run: (command, more = {}) => run(host, options, command, more),
    launch: (command, more = {}) => launch(host, options, command, more),
    files: {
      read: (path) => unlessMissing(host.fs.readFile(path, 'utf8')),
      write: (path, text) => write(host, path, text),
      remove: (path) => host.fs.rm(path, { force: true }),
    },
    processes: {
      info: (pid) => info(host, pid),
      signal: (pid, signal) => Promise.resolve(sendSignal(host, pid, signal)),
    },
    sleep: (ms) =>
      new Promise((resolve) => {
        host.setTimeout(resolve, ms);
      }),
    now: host.now,
    log: options.log,
    stateFolder: options.stateFolder,
  };
}

function run(
  host: Host,
  { env }: WorldOptions,
  [program = '', ...args]: readonly string[],
  options: RunOptions,
): Promise<Ran> {
  return new Promise((resolve) => {
    const child = host.spawn(program, args, {
      cwd: options.directory,
      env: { ...env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: false,
    });
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    let failure: string | undefined;
    const { timeoutMs } = options;
    const timer =
      timeoutMs === undefined
        ? undefined
        : host.setTimeout(() => {
            failure = `${program} did not finish within ${timeoutMs} ms`;
            child.kill('SIGKILL');
          }, timeoutMs);
    const end = (code: number | undefined): void => {
      if (timer !== undefined) host.clearTimeout(timer);
      child.stdout?.destroy();
      child.stderr?.destroy();
      resolve({ code, stdout: stdout(), stderr: stderr(), failure });
    };
    child.once('error', (cause) => {
      failure ??= `${program} could not be started: ${cause.message}`;
      end(undefined);
    });
    child.once('exit', (code, signal) => {
      if (code === null) failure ??= `${program} was ended by ${signal ?? 'a signal'}`;
      const finish = (): void => {
        end(code ?? undefined);
      };
      child.once('close', finish);
      host.setTimeout(finish, PIPES_MS);
    });
  });
}

function collect(stream: Stream | null): () => string {
  let text = '';
  stream?.setEncoding('utf8');
  stream?.on('data', (more) => {
    if (text.length < OUTPUT_MAX) text += more;
  });
  return () => text;
}

function launch(
  host: Host,
  { env }: WorldOptions,
  [program = '', ...args]: readonly string[],
  options: LaunchOptions,
): Promise<Result<number, string>> {
  return new Promise((resolve) => {
    const child = host.spawn(program, args, {
      cwd: options.directory,
      env: { ...env, ...options.env },
      stdio: 'ignore',
      detached: false,
      uid: options.uid,
      gid: options.gid,
    });
    child.once('error', (cause) => {
      resolve(fail(cause.message));
    });
    child.once('spawn', () => {
      child.unref();
      resolve(child.pid === undefined ? fail('it has no process id') : ok(child.pid));
    });
  });
}

async function write(host: Host, path: string, text: string): Promise<void> {
  const folder = path.slice(0, path.lastIndexOf('/'));
  if (folder !== '') await host.fs.mkdir(folder, { recursive: true });
  await host.fs.writeFile(`${path}.new`, text);
  await host.fs.rename(`${path}.new`, path);
}

async function info(host: Host, pid: number): Promise<ProcessInfo | undefined> {
  const stat = await unlessMissing(host.fs.readFile(`/proc/${pid}/stat`, 'utf8'));
  if (stat === undefined) return undefined;
  // The name in parentheses may hold anything; what counts begins after the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state = ''] = fields;
  return { pid, startTime: fields[19] ?? '', isZombie: state === 'Z' || state === 'X' };
}

function sendSignal(host: Host, pid: number, signal: string): boolean {
  try {
    host.kill(pid, signal);
    return true;
  } catch (cause) {
    if (isErrno(cause, 'ESRCH')) return false;
    throw cause;
  }
}

async function unlessMissing(reading: Promise<string>): Promise<string | undefined> {
  try {
    return await reading;
  } catch (cause) {
    // A process that ends while its entry in /proc is read answers ESRCH.
    if (isErrno(cause, 'ENOENT') || isErrno(cause, 'ESRCH')) return undefined;
    throw cause;
  }
}

function isErrno(cause: unknown, code: string): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === code;
}
