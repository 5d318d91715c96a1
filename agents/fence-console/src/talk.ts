/** How one speaks to the two consoles of APC: a command line, and menus that one walks by their words. */
import { fail, ok, type Result } from '@holdfast/base';
import type { DeviceAnswer, PowerState } from '@holdfast/agent';
import type { Talk } from './connection.ts';

/** `switching`: the console marks an order that is still to be carried out; neither on nor off. */
export type Row = {
  readonly outlet: number;
  readonly name: string;
  readonly power: PowerState | 'switching';
};

/** What can be done once one is in. */
export type Dialogue = {
  readonly rows: () => Promise<DeviceAnswer<readonly Row[]>>;
  readonly order: (outlet: number, wanted: PowerState) => Promise<DeviceAnswer<void>>;
  /** Frees the one place there is. */
  readonly leave: () => Promise<void>;
};

const ENTER = '\r';
const ESCAPE = '\x1b';
/** Enough to come out of any depth of menus. */
const ESCAPES_MAX = 8;

/** The console's first words tell which of the two it is. */
export async function greet(talk: Talk, timeoutMs: number): Promise<Result<Dialogue, string>> {
  const first = await talk.until(/(?:^|\n)\s*(?:apc)?> ?$/i, timeoutMs);
  if (!first.ok) return first;
  const hasMenus = /^\s*\d+- .*Device Manager/im.test(first.value);
  return ok(hasMenus ? menus(talk, timeoutMs, first.value) : commandLine(talk, timeoutMs));
}

function commandLine(talk: Talk, timeoutMs: number): Dialogue {
  const ask = async (line: string): Promise<DeviceAnswer<string>> => {
    talk.send(line + ENTER);
    // The echo of the question first: what stands before it answers an older one.
    const echo = line.replace(/[^\w ]/g, '\\$&');
    const said = await talk.until(new RegExp(`${echo}[^]*\\n\\s*(?:apc)?> ?$`, 'i'), timeoutMs);
    if (!said.ok) return said;
    const code = /\b(E\d{3}): *([^\r\n]*)/.exec(said.value);
    if (code === null || /^E00/.test(code[1] ?? '')) return said;
    return fail(`the console refuses ${line}: ${code[0].trim()}`);
  };
  return {
    rows: async () => {
      const said = await ask('olStatus all');
      return said.ok ? ok(rowsIn(said.value, /^\s*(\d+): (.*): *(On|Off)(\*?)\s*$/gim)) : said;
    },
    order: async (outlet, wanted) => {
      const said = await ask(`${wanted === 'on' ? 'olOn' : 'olOff'} ${outlet}`);
      return said.ok ? ok(undefined) : said;
    },
    leave: async () => {
      talk.send(`exit${ENTER}`);
      await talk.until(/Bye/i, timeoutMs);
    },
  };
}

function menus(talk: Talk, timeoutMs: number, firstScreen: string): Dialogue {
  let screen = firstScreen;
  const press = async (keys: string): Promise<DeviceAnswer<void>> => {
    // A number means something only on the screen it is pressed on: no older one may be taken for it.
    talk.clear();
    talk.send(keys);
    const said = await talk.until(/\n> ?$|cancel ?: ?$|to continue\.{3} ?$/i, timeoutMs);
    if (!said.ok) return said;
    screen = said.value;
    return ok(undefined);
  };
  const choose = async (label: RegExp): Promise<DeviceAnswer<void>> => {
    const entry = entries(screen).find(({ words }) => label.test(words));
    if (entry === undefined) return fail(`the menu has no entry ${label.source}`);
    return press(entry.number + ENTER);
  };
  const toTop = async (): Promise<DeviceAnswer<void>> => {
    for (let pressed = 0; !isTop(screen); pressed += 1) {
      if (pressed === ESCAPES_MAX) return fail('the way back to the first menu was not found');
      const back = await press(ESCAPE);
      if (!back.ok) return back;
    }
    return ok(undefined);
  };
  const toOutlets = (): Promise<DeviceAnswer<void>> =>
    walkToOutlets({ toTop, choose, seen: () => screen });
  return {
    rows: async () => {
      const there = await toOutlets();
      return there.ok ? ok(rowsIn(screen, OUTLET_ROW)) : there;
    },
    order: async (outlet, wanted) => {
      const there = await toOutlets();
      if (!there.ok) return there;
      const word = wanted === 'on' ? /^Immediate On/i : /^Immediate Off/i;
      return walk([
        () => press(`${outlet}${ENTER}`),
        () => (hasEntry(screen, word) ? ok(undefined) : choose(/^Control Outlet/i)),
        () => choose(word),
        () => (/YES/.test(screen) ? press(`YES${ENTER}`) : fail('it does not ask for YES')),
        () =>
          /success/i.test(screen) ? press(ENTER) : fail(`the console says ${lastWords(screen)}`),
      ]);
    },
    leave: async () => {
      const top = await toTop();
      if (!top.ok) return;
      const logout = entries(screen).find(({ words }) => /^Log ?out/i.test(words));
      talk.send((logout?.number ?? '4') + ENTER);
      await talk.until(/Logging out|Bye/i, timeoutMs);
    },
  };
}

const OUTLET_ROW = /^\s*(\d+)- +(.*\S) +(ON|OFF)(\*?)\s*$/gim;

/** A screen that one came to, and the ways on from it. */
type Walker = {
  readonly toTop: () => Promise<DeviceAnswer<void>>;
  readonly choose: (label: RegExp) => Promise<DeviceAnswer<void>>;
  readonly seen: () => string;
};

/** Newer firmware puts one more menu between. */
async function walkToOutlets({ toTop, choose, seen }: Walker): Promise<DeviceAnswer<void>> {
  const there = await walk([
    toTop,
    () => choose(/^Device Manager/i),
    () =>
      rowsIn(seen(), OUTLET_ROW).length > 0
        ? ok(undefined)
        : choose(/^Outlet (?:Management|Control)/i),
    () => (rowsIn(seen(), OUTLET_ROW).length > 0 ? ok(undefined) : choose(/^Outlet Control/i)),
  ]);
  if (!there.ok || rowsIn(seen(), OUTLET_ROW).length > 0) return there;
  return fail('no list of outlets was found in its menus');
}

type Step = () => DeviceAnswer<void> | Promise<DeviceAnswer<void>>;

async function walk(steps: readonly Step[]): Promise<DeviceAnswer<void>> {
  for (const step of steps) {
    const done = await step();
    if (!done.ok) return done;
  }
  return ok(undefined);
}

function entries(screen: string): { readonly number: string; readonly words: string }[] {
  return [...screen.matchAll(/^\s*(\d+)- +(.*\S)\s*$/gm)].map(([, number = '', words = '']) => ({
    number,
    words,
  }));
}

function hasEntry(screen: string, label: RegExp): boolean {
  return entries(screen).some(({ words }) => label.test(words));
}

function isTop(screen: string): boolean {
  return hasEntry(screen, /^Device Manager/i);
}

function rowsIn(text: string, pattern: RegExp): Row[] {
  return [...text.matchAll(pattern)].map(([, outlet, name = '', power = '', mark = '']) => ({
    outlet: Number(outlet),
    name: name.trim(),
    power: mark === '*' ? 'switching' : power.toLowerCase() === 'on' ? 'on' : 'off',
  }));
}

function lastWords(screen: string): string {
  const lines = screen.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '').at(-2) ?? 'nothing';
}
