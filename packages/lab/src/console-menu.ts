/** The menus of APC's older consoles: by numbers from screen to screen, and YES before anything happens. */
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

const FIRMWARE = 'v3.9.2';
const PROMPT = '> ';
const HINT = '     <ESC>- Back, <ENTER>- Refresh, <CTRL-L>- Event Log';

/** Where one is. */
type Screen =
  | { readonly kind: 'main' }
  | { readonly kind: 'devices' }
  | { readonly kind: 'management' }
  | { readonly kind: 'outlets' }
  | { readonly kind: 'outlet' | 'control'; readonly outlet: number }
  | { readonly kind: 'sure'; readonly outlet: number; readonly command: Command }
  | { readonly kind: 'done'; readonly outlet: number };

const CONTROLS: readonly (readonly [string, Command])[] = [
  ['Immediate On', 'on'],
  ['Immediate Off', 'off'],
  ['Immediate Reboot', 'reboot'],
];

type Turn = {
  readonly screen: Screen;
  readonly text?: readonly string[];
  readonly leaves?: boolean;
};

export function menuConsole(): ConsoleMachine {
  let screen: Screen = { kind: 'main' };
  return {
    type: (typed, view) => {
      const turn = next(screen, typed, view);
      screen = turn.screen;
      if (turn.leaves === true) return { text: 'Logging out.\r\n', leaves: true };
      return show(screen, view, turn.text ?? []);
    },
  };
}

function next(screen: Screen, typed: Typed, view: ConsoleView): Turn {
  switch (typed.kind) {
    case 'login':
      return { screen: { kind: 'main' }, text: banner(view, FIRMWARE) };
    case 'escape':
      return { screen: above(screen) };
    case 'interrupt':
      return { screen: { kind: 'main' } };
    case 'line':
      return chosen(screen, typed.line.trim(), view);
  }
}

function above(screen: Screen): Screen {
  switch (screen.kind) {
    case 'main':
    case 'devices':
      return { kind: 'main' };
    case 'management':
      return { kind: 'devices' };
    case 'outlets':
      return { kind: 'management' };
    case 'outlet':
      return { kind: 'outlets' };
    case 'control':
    case 'sure':
    case 'done':
      return { kind: 'outlet', outlet: screen.outlet };
  }
}

function chosen(screen: Screen, word: string, view: ConsoleView): Turn {
  switch (screen.kind) {
    case 'main':
      if (word === '4') return { screen, leaves: true };
      return { screen: word === '1' ? { kind: 'devices' } : screen };
    case 'devices':
      return { screen: word === '2' ? { kind: 'management' } : screen };
    case 'management':
      return { screen: word === '1' ? { kind: 'outlets' } : screen };
    case 'outlets': {
      const outlet = view.outlets.find(({ number }) => String(number) === word);
      return { screen: outlet === undefined ? screen : { kind: 'outlet', outlet: outlet.number } };
    }
    case 'outlet':
      return { screen: word === '1' ? { ...screen, kind: 'control' } : screen };
    case 'control': {
      const command = CONTROLS[Number(word) - 1]?.[1];
      return { screen: command === undefined ? screen : { ...screen, kind: 'sure', command } };
    }
    case 'sure':
      return answered(screen, word, view);
    case 'done':
      return { screen: { kind: 'control', outlet: screen.outlet } };
  }
}

function answered(
  { outlet, command }: Extract<Screen, { kind: 'sure' }>,
  word: string,
  view: ConsoleView,
): Turn {
  if (word !== 'YES') return { screen: { kind: 'control', outlet } };
  const said = view.order(outlet, command)
    ? 'Command successfully issued.'
    : 'Command failed: the outlet does not take it.';
  return { screen: { kind: 'done', outlet }, text: ['', said] };
}

function show(screen: Screen, view: ConsoleView, before: readonly string[]): Reply {
  switch (screen.kind) {
    case 'main':
      return menu(before, 'Control Console', ['Device Manager', 'Network', 'System', 'Logout']);
    case 'devices':
      return menu(before, 'Device Manager', ['Phase Management', 'Outlet Management']);
    case 'management':
      return menu(before, 'Outlet Management', [
        'Outlet Control/Configuration',
        'Outlet Restriction',
      ]);
    case 'outlets':
      return menu(before, 'Outlet Control/Configuration', view.outlets.map(row));
    case 'outlet':
      return menu(before, nameOf(screen.outlet, view), ['Control Outlet', 'Configure Outlet']);
    case 'control':
      return menu(
        before,
        'Control Outlet',
        CONTROLS.map(([label]) => label),
      );
    case 'sure':
      return say(
        [...before, '', `     Outlet ${screen.outlet} will be switched ${screen.command}.`, ''],
        "     Enter 'YES' to continue or <ENTER> to cancel : ",
      );
    case 'done':
      return say([...before, ''], '     Press <ENTER> to continue...');
  }
}

function menu(before: readonly string[], title: string, lines: readonly string[]): Reply {
  const head = `------- ${title} `.padEnd(79, '-');
  const rows = lines.map((line, index) => `${String(index + 1).padStart(6)}- ${line}`);
  return say([...before, '', head, '', ...rows, '', HINT, ''], PROMPT);
}

function row({ name, power, isPending }: Shown): string {
  return `${name.padEnd(24)} ${power === 'on' ? 'ON' : 'OFF'}${isPending ? '*' : ''}`;
}

function nameOf(outlet: number, view: ConsoleView): string {
  return view.outlets.find(({ number }) => number === outlet)?.name ?? `Outlet ${outlet}`;
}
