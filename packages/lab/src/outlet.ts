/**
 * One outlet with a computer on it: power on starts a command as the leader of a process group,
 * power off kills that group and everything else the command left behind, and is off only then.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command, EventLog, Source } from './event-log.ts';
import { killMarked, MARK, markedProcesses } from './processes.ts';

/** How long a reboot leaves the computer without power. */
const REBOOT_PAUSE_MS = 200;

export type OutletConfig = {
  readonly name: string;
  /** Program and arguments. */
  readonly command: readonly string[];
  /** Added to the PDU's own environment. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly directory?: string;
  /** Folders whose content is gone with the power, as that of /run is. */
  readonly forgets?: readonly string[];
};

export type OutletParts = {
  readonly number: number;
  readonly config: OutletConfig;
  /** The PDU's mark; the outlet's is `<mark>/<name>`. */
  readonly mark: string;
  /** Where the command's own output goes. */
  readonly logPath: string;
  readonly log: EventLog;
  /** The power is another one now: tell the MIB and the state file. */
  readonly onChange: () => void;
};

/** A life: the command's process is its own until `switch('off')` or the end. */
export class Outlet {
  readonly #parts: OutletParts;
  #power: 'on' | 'off' = 'off';
  #leader: ChildProcess | undefined;
  #pid: number | undefined;
  #queue: Promise<void> = Promise.resolve();

  constructor(parts: OutletParts) {
    this.#parts = parts;
  }

  get number(): number {
    return this.#parts.number;
  }

  get name(): string {
    return this.#parts.config.name;
  }

  /** `off` only when no process is left. */
  get power(): 'on' | 'off' {
    return this.#power;
  }

  get mark(): string {
    return `${this.#parts.mark}/${this.name}`;
  }

  /** The pid, and the process group, of the command that was started last; undefined when off. */
  get pid(): number | undefined {
    return this.#power === 'on' ? this.#pid : undefined;
  }

  /** Does `command` after all earlier ones; resolves when it is really done. */
  switch(command: Command, by: Source): Promise<void> {
    const done = this.#queue.then(() => this.#carryOut(command, by));
    this.#queue = done.catch(() => undefined);
    return done;
  }

  /** A PDU that comes back finds its computers running, or starts them: the outlet remembers "on". */
  restore(pid: number | undefined, by: Source): void {
    if (markedProcesses(this.mark).length === 0) {
      this.#start(by);
      return;
    }
    this.#pid = pid;
    this.#power = 'on';
    this.#parts.onChange();
  }

  async #carryOut(command: Command, by: Source): Promise<void> {
    if (command !== 'on') await this.#cut(by);
    if (command === 'reboot') await sleep(REBOOT_PAUSE_MS);
    if (command !== 'off' && this.#power === 'off') this.#start(by);
  }

  async #cut(by: Source): Promise<void> {
    if (this.#power === 'off') return;
    this.#parts.log.add({ kind: 'cutting', outlet: this.number }, by);
    const leader = this.#leader;
    // The group first and at once: what is marked but has left the group follows within the look.
    if (leader?.pid !== undefined && leader.exitCode === null && leader.signalCode === null) {
      try {
        process.kill(-leader.pid, 'SIGKILL');
      } catch {
        // Gone between the question and the signal.
      }
    }
    await killMarked(this.mark);
    this.#power = 'off';
    this.#parts.log.add({ kind: 'off', outlet: this.number }, by);
    this.#parts.onChange();
  }

  #start(by: Source): void {
    const { config, log, logPath } = this.#parts;
    const [program = '', ...rest] = config.command;
    for (const folder of config.forgets ?? []) rmSync(folder, { recursive: true, force: true });
    const output = openSync(logPath, 'a');
    const child = spawn(program, rest, {
      detached: true,
      stdio: ['ignore', output, output],
      env: { ...process.env, ...config.environment, [MARK]: this.mark },
      ...(config.directory === undefined ? {} : { cwd: config.directory }),
    });
    closeSync(output);
    this.#leader = child;
    this.#pid = child.pid;
    this.#power = 'on';
    const ended = (how: string): void => {
      log.add({ kind: 'exited', outlet: this.number, how }, { kind: 'hand' });
    };
    child.on('error', (cause) => {
      ended(`could not be started: ${cause.message}`);
    });
    child.on('exit', (code, signal) => {
      if (signal !== 'SIGKILL') ended(signal ?? `exit code ${code ?? 'unknown'}`);
    });
    log.add({ kind: 'on', outlet: this.number, pid: child.pid ?? 0 }, by);
    this.#parts.onChange();
  }
}
