/** What a machine is made of: a group of processes that power starts and kills, or a file that says it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { killMarked, MARK, markedProcesses } from './processes.ts';

export type LoadConfig = {
  /** Program and arguments; without one, `stateFile` says whether the machine runs. */
  readonly command?: readonly string[];
  /** Added to the lab's own environment. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly directory?: string;
  /** Folders whose content is gone with the power, as that of /run is. */
  readonly forgets?: readonly string[];
  /** Holds `on` or `off` and a line's end, for whoever drives a machine of another kind. */
  readonly stateFile?: string;
};

export type Load = {
  /** Starts it; answers with the pid of its group's leader, 0 where there is none. */
  start(): number;
  /** Resolves when nothing of it is left. */
  cut(): Promise<void>;
  /** Whether it still runs from before, when a lab comes back. */
  isLeftOver(): boolean;
};

export type LoadParts = {
  readonly config: LoadConfig;
  readonly mark: string;
  /** Where the command's own output goes. */
  readonly logPath: string;
  /** The command ended by itself. */
  readonly onExit: (how: string) => void;
};

export function makeLoad(parts: LoadParts): Load {
  const { command, stateFile } = parts.config;
  if (command !== undefined) return new ProcessLoad(parts);
  return stateLoad(stateFile);
}

function stateLoad(path: string | undefined): Load {
  const write = (power: 'on' | 'off'): void => {
    if (path === undefined) return;
    writeFileSync(`${path}.new`, `${power}\n`);
    renameSync(`${path}.new`, path);
  };
  return {
    start: () => {
      write('on');
      return 0;
    },
    cut: () => {
      write('off');
      return Promise.resolve();
    },
    isLeftOver: () => {
      try {
        return path !== undefined && readFileSync(path, 'utf8').trim() === 'on';
      } catch {
        return false;
      }
    },
  };
}

/** The leader of a process group; what is marked but has left the group belongs to it too. */
class ProcessLoad implements Load {
  readonly #parts: LoadParts;
  #leader: ChildProcess | undefined;

  constructor(parts: LoadParts) {
    this.#parts = parts;
  }

  isLeftOver(): boolean {
    return markedProcesses(this.#parts.mark).length > 0;
  }

  start(): number {
    const { config, logPath, mark, onExit } = this.#parts;
    const [program = '', ...rest] = config.command ?? [];
    for (const folder of config.forgets ?? []) rmSync(folder, { recursive: true, force: true });
    const output = openSync(logPath, 'a');
    const child = spawn(program, rest, {
      detached: true,
      stdio: ['ignore', output, output],
      env: { ...process.env, ...config.environment, [MARK]: mark },
      ...(config.directory === undefined ? {} : { cwd: config.directory }),
    });
    closeSync(output);
    this.#leader = child;
    child.on('error', (cause) => {
      onExit(`could not be started: ${cause.message}`);
    });
    child.on('exit', (code, signal) => {
      if (signal !== 'SIGKILL') onExit(signal ?? `exit code ${code ?? 'unknown'}`);
    });
    return child.pid ?? 0;
  }

  async cut(): Promise<void> {
    const leader = this.#leader;
    // The group first and at once: what is marked but has left the group follows within the look.
    if (leader?.pid !== undefined && leader.exitCode === null && leader.signalCode === null) {
      try {
        process.kill(-leader.pid, 'SIGKILL');
      } catch {
        // Gone between the question and the signal.
      }
    }
    await killMarked(this.#parts.mark);
  }
}
