/** What an action may do to the world. The runner gives it; an agent written against it runs in both forms. */
import type { Result, Severity } from '@holdfast/base';

export type RunOptions = {
  readonly directory?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** In ms; the command is killed then. Without one, the operation's own timeout is the limit. */
  readonly timeoutMs?: number;
};

/** A command that ended. `failure` says why it could not be started or was not let finish. */
export type Ran = {
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly failure: string | undefined;
};

export type LaunchOptions = {
  readonly directory?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly uid?: number;
  readonly gid?: number;
};

/** One process as the kernel sees it. `startTime` in clock ticks since boot: with the pid, never reused. */
export type ProcessInfo = {
  readonly pid: number;
  readonly startTime: string;
  /** Dead, but not yet collected by its parent. */
  readonly isZombie: boolean;
};

export type World = {
  /** Runs a command to its end. No shell: the words are the arguments. */
  readonly run: (command: readonly string[], options?: RunOptions) => Promise<Ran>;
  /** Starts a process that outlives the operation; answers with its pid. */
  readonly launch: (
    command: readonly string[],
    options?: LaunchOptions,
  ) => Promise<Result<number, string>>;
  readonly files: {
    /** Undefined where there is no such file; rejects on any other trouble. */
    readonly read: (path: string) => Promise<string | undefined>;
    /** Whole or not at all; makes the folders above it. */
    readonly write: (path: string, text: string) => Promise<void>;
    /** No complaint where there is nothing to remove. */
    readonly remove: (path: string) => Promise<void>;
  };
  readonly processes: {
    /** Undefined where there is no such process. */
    readonly info: (pid: number) => Promise<ProcessInfo | undefined>;
    /** False where there is no such process any more; rejects where it is not ours to signal. */
    readonly signal: (pid: number, signal: string) => Promise<boolean>;
  };
  readonly sleep: (ms: number) => Promise<void>;
  /** Wall clock, ms since 1970. */
  readonly now: () => number;
  readonly log: (severity: Severity, text: string) => void;
  /** Where run-time state may be kept; it is empty after a boot. */
  readonly stateFolder: string;
};
