/** The command line of APC's newer consoles: olStatus, olOn, olOff, olReboot, and codes that begin every answer. */
import type { Shown } from './bank.ts';
import {
  banner,
  type ConsoleMachine,
  type ConsoleView,
  type Reply,
  say,
  type Typed,
} from './console-screen.ts';
import type { Command } from './command.ts';

const FIRMWARE = 'v5.1.9';
const PROMPT = 'apc>';
const LIST_MAX = 64;

const ORDERS: Readonly<Record<string, Command>> = { olon: 'on', oloff: 'off', olreboot: 'reboot' };
const LEAVE: readonly string[] = ['exit', 'quit', 'bye', 'logout'];
const WORDS: Readonly<Record<Shown['power'], string>> = { on: 'On', off: 'Off' };

/** It remembers nothing from line to line. */
export function commandConsole(): ConsoleMachine {
  return { type };
}

function type(typed: Typed, view: ConsoleView): Reply {
  switch (typed.kind) {
    case 'login':
      return say([...banner(view, FIRMWARE), 'Type ? for command listing', ''], PROMPT);
    case 'escape':
    case 'interrupt':
      return say([''], PROMPT);
    case 'line':
      return onLine(typed.line, view);
  }
}

function onLine(line: string, view: ConsoleView): Reply {
  const [word = '', ...rest] = line.trim().split(/\s+/);
  const verb = word.toLowerCase();
  if (verb === '') return say([], PROMPT);
  if (LEAVE.includes(verb)) return { text: 'Bye.\r\n', leaves: true };
  if (verb === '?' || verb === 'help') {
    return say(['E000: Success', 'olOff olOn olReboot olStatus exit', ''], PROMPT);
  }
  if (verb === 'olstatus') return status(rest, view);
  const command = ORDERS[verb];
  if (command === undefined) return say(['E101: Command Not Found', ''], PROMPT);
  return order(command, rest, view);
}

function status(args: readonly string[], view: ConsoleView): Reply {
  const outlets = chosen(args, view.outlets);
  if (outlets === undefined) return say(['E102: Parameter Error', ''], PROMPT);
  const lines = outlets.map(({ number, name, power, isPending }) => {
    const pending = isPending ? '*' : '';
    return `${String(number).padStart(2)}: ${name}: ${WORDS[power]}${pending}`;
  });
  return say(['E000: Success', ...lines, ''], PROMPT);
}

function order(command: Command, args: readonly string[], view: ConsoleView): Reply {
  const outlets = chosen(args, view.outlets);
  if (outlets === undefined) return say(['E102: Parameter Error', ''], PROMPT);
  const isDone = outlets.map(({ number }) => view.order(number, command));
  return say([isDone.every(Boolean) ? 'E000: Success' : 'E100: Command Failed', ''], PROMPT);
}

/** `all`, or numbers and names apart by commas; undefined where one is nothing. */
function chosen(args: readonly string[], outlets: readonly Shown[]): Shown[] | undefined {
  const [list, ...more] = args;
  if (list === undefined || more.length > 0) return undefined;
  if (list.toLowerCase() === 'all') return [...outlets];
  const found: Shown[] = [];
  for (const each of list.split(',').slice(0, LIST_MAX)) {
    const outlet = outlets.find(({ number, name }) => String(number) === each || name === each);
    if (outlet === undefined) return undefined;
    found.push(outlet);
  }
  return found;
}
