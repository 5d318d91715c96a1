/** A level of the shell: its commands, by name. */
import type { ExitCode, Shell } from '../shell/shell.ts';

export type Command = {
  /** The name first, then the other words it answers to. */
  readonly names: readonly string[];
  readonly usage: string;
  /** What it does, in one sentence. */
  readonly help: string;
  /** Least and most arguments; beyond them the usage is shown. */
  readonly arity: readonly [number, number];
  readonly run: (shell: Shell, words: readonly string[]) => Promise<ExitCode>;
};

export type Level = {
  readonly name: string;
  readonly commands: readonly Command[];
  /** What happens when the level is left: `configure` commits. */
  readonly leave?: (shell: Shell) => Promise<ExitCode>;
};

export const ANY = Number.MAX_SAFE_INTEGER;

export function command(
  names: string,
  usage: string,
  help: string,
  rest: Pick<Command, 'arity' | 'run'>,
): Command {
  return { names: names.split(' '), usage, help, ...rest };
}
