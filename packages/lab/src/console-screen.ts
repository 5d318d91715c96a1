/** What both consoles of a PDU share: what they are shown, and what a line typed at them comes to. */
import type { Command } from './command.ts';
import type { Shown } from './bank.ts';

export type ConsoleView = {
  readonly name: string;
  readonly user: string;
  readonly outlets: readonly Shown[];
  /** Gives an order to the device; false where it refuses. */
  readonly order: (outlet: number, command: Command) => boolean;
};

export type Typed =
  /** Somebody has just been let in. */
  | { readonly kind: 'login' }
  | { readonly kind: 'line'; readonly line: string }
  /** Escape: one screen back. */
  | { readonly kind: 'escape' }
  /** Ctrl-C: back to where one came in. */
  | { readonly kind: 'interrupt' };

export type Reply = { readonly text: string; readonly leaves: boolean };

/** A console as a machine: one person's place in it is its state. */
export type ConsoleMachine = { readonly type: (typed: Typed, view: ConsoleView) => Reply };

export const NEW_LINE = '\r\n';

export function say(lines: readonly string[], prompt: string): Reply {
  return { text: [...lines, prompt].join(NEW_LINE), leaves: false };
}

/** The head that tells managers which kind of console this is. */
export function banner({ name, user }: ConsoleView, firmware: string): string[] {
  return [
    '',
    `American Power Conversion               Network Management Card AOS      ${firmware}`,
    `(simulated by Holdfast)                 Rack PDU APP                     ${firmware}`,
    '-'.repeat(79),
    `Name      : ${name}`,
    `User      : ${user}`,
    '',
  ];
}
