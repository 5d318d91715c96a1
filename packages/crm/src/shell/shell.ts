/** One run of the shell: where it talks, whom it asks, and what it remembers between lines. */
import { ok, fail, type Result } from '@holdfast/base';
import {
  connect,
  type Client,
  IpcError,
  type MethodName,
  type Methods,
  type RpcFault,
} from '@holdfast/ipc';
import type { XmlElement } from '@holdfast/cib';

/** How long the daemon may take to answer, in ms; a change waits for every member's disk. */
const ANSWER_MS_MAX = 30_000;
/** Fencing waits for a device, perhaps for several, one after another. */
const FENCE_MS_MAX = 10 * 60_000;
const SLOW_METHODS: ReadonlySet<MethodName> = new Set<MethodName>([
  'fence.request',
  'fence.drill',
  'cluster.stop',
]);

export type Io = {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Asks a human; undefined where there is none to ask. */
  readonly confirm: ((question: string) => Promise<boolean>) | undefined;
  readonly readFile: (path: string) => Promise<string>;
  /** `-` is standard input. */
  readonly readBytes: (path: string) => Promise<Uint8Array>;
  /** Written for the owner only: it may hold secrets. */
  readonly writeFile: (path: string, text: string) => Promise<void>;
  /** Puts `text` in the place of a file that is there: whole or not at all, with its old rights. */
  readonly replaceFile: (path: string, text: string) => Promise<void>;
  /** Does a host name lead to an address here? */
  readonly resolves: (name: string) => Promise<boolean>;
  /** Wall-clock, in ms since 1970. */
  readonly now: () => number;
};

export type ShellOptions = {
  readonly socket: string;
  readonly root: string;
  readonly user: string;
  readonly isForced: boolean;
  readonly isJson: boolean;
};

/** A configuration being changed: what it was read as, and what it is to be. */
export type ConfigureDraft = {
  /** The version it was read at. */
  base: string;
  before: XmlElement;
  cib: XmlElement;
};

export type Shell = {
  readonly io: Io;
  readonly options: ShellOptions;
  client: Client | undefined;
  /** What `configure` has not committed yet. */
  draft: ConfigureDraft | undefined;
  /** Comment lines that wait for the object they belong to. */
  comments: string[];
  /** `options manage-children`: does a change of a collection reach what is inside? */
  managesChildren: boolean;
};

export type ExitCode = number;

export const DONE: ExitCode = 0;
export const FAILED: ExitCode = 1;
export const USAGE: ExitCode = 64;
export const UNSAFE: ExitCode = 107;

export function openShell(io: Io, options: ShellOptions): Shell {
  return { io, options, client: undefined, draft: undefined, comments: [], managesChildren: true };
}

export function closeShell(shell: Shell): void {
  shell.client?.close();
  shell.client = undefined;
}

/** Asks the daemon; connects first where nobody did yet. */
export async function ask<Name extends MethodName>(
  shell: Shell,
  method: Name,
  params: Methods[Name]['params'],
): Promise<Result<Methods[Name]['result'], RpcFault>> {
  if (shell.client === undefined) {
    const client = await reach(shell);
    if (!client.ok) return client;
    shell.client = client.value;
  }
  const limitMs = SLOW_METHODS.has(method) ? FENCE_MS_MAX : ANSWER_MS_MAX;
  return shell.client.call(method, params, limitMs);
}

async function reach(shell: Shell): Promise<Result<Client, RpcFault>> {
  try {
    return ok(await connect(shell.options.socket, ANSWER_MS_MAX));
  } catch (cause) {
    if (cause instanceof IpcError) return fail(cause.fault);
    throw cause;
  }
}

export function refuse(shell: Shell, text: string, code: ExitCode = FAILED): ExitCode {
  shell.io.err(`ERROR: ${text}\n`);
  return code;
}

export function warn(shell: Shell, text: string): void {
  shell.io.err(`WARNING: ${text}\n`);
}

export function inform(shell: Shell, text: string): void {
  shell.io.err(`INFO: ${text}\n`);
}

/** A fault of the daemon, with all it has to say, and the exit code scripts know it by. */
export function report(shell: Shell, fault: RpcFault): ExitCode {
  shell.io.err(`ERROR: ${fault.message}\n`);
  for (const detail of fault.details ?? []) shell.io.err(`ERROR:   ${detail}\n`);
  return EXIT_CODES[fault.code];
}

const EXIT_CODES: Readonly<Record<RpcFault['code'], ExitCode>> = {
  invalid: FAILED,
  stale: 103,
  'no-quorum': 106,
  'unknown-node': 105,
  'unknown-resource': 105,
  'unknown-agent': FAILED,
  'unknown-method': 76,
  'not-ready': 75,
  timeout: 124,
  unsafe: UNSAFE,
  forbidden: 77,
  unsupported: 3,
  failed: FAILED,
  unreachable: 102,
  garbled: 76,
};

/** Does a human agree? `--force` agrees beforehand; with neither the answer is no. */
export async function isAgreed(shell: Shell, question: string): Promise<boolean> {
  if (shell.options.isForced) return true;
  return shell.io.confirm === undefined ? false : shell.io.confirm(question);
}
