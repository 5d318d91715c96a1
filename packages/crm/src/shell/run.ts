/** Lines to commands: levels, navigation, help, and what counts as a failure. */
import { hint } from '../language/cursor.ts';
import { logicalLines, splitWords } from '../language/words.ts';
import type { Command, Level } from '../levels/level.ts';
import { DONE, type ExitCode, FAILED, refuse, type Shell, USAGE } from './shell.ts';

/** A level is loaded when somebody goes there: `crm status` must not wait for the rest. */
const LEVELS: Readonly<Record<string, () => Promise<Level>>> = {
  configure: async () => (await import('../levels/configure.ts')).level,
  node: async () => (await import('../levels/node.ts')).level,
  resource: async () => (await import('../levels/resource.ts')).level,
  cluster: async () => (await import('../levels/cluster.ts')).cluster,
  corosync: async () => (await import('../levels/corosync.ts')).level,
  quorum: async () => (await import('../levels/quorum.ts')).level,
  fence: async () => (await import('../levels/fence.ts')).level,
  ra: async () => (await import('../levels/ra.ts')).level,
};

/** Short words that scripts use for levels. */
const LEVEL_ALIASES: Readonly<Record<string, string>> = {
  cfg: 'configure',
  cf: 'configure',
  rsc: 'resource',
  res: 'resource',
};
const ROOT_ALIASES: Readonly<Record<string, string>> = { st: 'status' };

export type Place = {
  readonly shell: Shell;
  readonly root: Level;
  level: Level;
  isOver: boolean;
};

export async function openPlace(shell: Shell): Promise<Place> {
  const { level } = await import('../levels/root.ts');
  return { shell, root: level, level, isOver: false };
}

/** One command from the command line. Changes are committed when it is over. */
export async function runOnce(place: Place, words: readonly string[]): Promise<ExitCode> {
  const code = await runWords(place, words);
  const left = await leave(place);
  return code === DONE ? left : code;
}

/** A script: good lines are kept, and any failure makes the whole a failure. */
export async function runScript(place: Place, text: string, start: Level): Promise<ExitCode> {
  place.level = start;
  let worst: ExitCode = DONE;
  for (const line of logicalLines(text)) {
    const code = await runLine(place, line);
    if (code !== DONE) worst = FAILED;
    if (place.isOver) break;
  }
  const left = await leave(place);
  return left === DONE ? worst : FAILED;
}

/** The level of this name, or undefined. */
export async function levelNamed(word: string): Promise<Level | undefined> {
  const name = LEVEL_ALIASES[word] ?? unique(word, Object.keys(LEVELS));
  return name === undefined ? undefined : LEVELS[name]?.();
}

export async function runLine(place: Place, line: string): Promise<ExitCode> {
  if (/^\s*$/.test(line)) return DONE;
  const [, comment] = /^\s*#(.*)$/.exec(line) ?? [];
  if (comment !== undefined) {
    if (place.level.name === 'configure') place.shell.comments.push(comment);
    return DONE;
  }
  const words = splitWords(line);
  return words.ok ? runWords(place, words.value) : refuse(place.shell, words.fault);
}

async function runWords(place: Place, words: readonly string[]): Promise<ExitCode> {
  const [first = '', ...rest] = words;
  const navigation = await navigate(place, first, rest);
  if (navigation !== undefined) return navigation;
  const command = findCommand(place.level, first);
  if (command !== undefined) return runCommand(place.shell, command, rest);
  if (place.level === place.root) {
    const below = await levelNamed(first);
    if (below !== undefined) return enter(place, below, rest);
  }
  const known = [
    ...place.level.commands.flatMap(({ names }) => names),
    ...(place.level === place.root ? Object.keys(LEVELS) : []),
  ];
  const where = place.level === place.root ? '' : `${place.level.name} has `;
  return refuse(place.shell, `${where}no command "${first}".${hint(first, known)}`);
}

/** `crm resource start x` runs one command below and comes back; `resource` alone stays there. */
async function enter(place: Place, below: Level, rest: readonly string[]): Promise<ExitCode> {
  place.level = below;
  if (rest.length === 0) return DONE;
  const code = await runWords(place, rest);
  const left = await leave(place);
  return code === DONE ? left : code;
}

/** Leaves the level for the one above; changes of `configure` are committed here. */
async function leave(place: Place): Promise<ExitCode> {
  const { level } = place;
  place.level = place.root;
  return level.leave === undefined ? DONE : level.leave(place.shell);
}

async function navigate(
  place: Place,
  word: string,
  rest: readonly string[],
): Promise<ExitCode | undefined> {
  switch (word) {
    case 'up':
    case 'end':
    case 'cd':
      return leave(place);
    case 'quit':
    case 'exit':
    case 'bye': {
      const code = await leave(place);
      place.isOver = true;
      return code;
    }
    case 'ls':
      place.shell.io.out(`${overview(place.level, place.level === place.root)}\n`);
      return DONE;
    case 'help':
      return help(place, rest);
    default:
      return undefined;
  }
}

function findCommand(level: Level, word: string): Command | undefined {
  const lower = ROOT_ALIASES[word] ?? word.toLowerCase();
  const exact = level.commands.find(({ names }) => names.includes(lower));
  if (exact !== undefined) return exact;
  const name = unique(
    lower,
    level.commands.flatMap(({ names }) => names),
  );
  return level.commands.find(({ names }) => name !== undefined && names.includes(name));
}

/** The one known word that begins so; never a guess between two. */
function unique(word: string, known: readonly string[]): string | undefined {
  if (known.includes(word)) return word;
  const [only, ...more] = word.length < 2 ? [] : known.filter((each) => each.startsWith(word));
  return more.length === 0 ? only : undefined;
}

async function runCommand(
  shell: Shell,
  command: Command,
  words: readonly string[],
): Promise<ExitCode> {
  if (words.includes('--help') || words.includes('-h')) {
    shell.io.out(`${command.usage}\n${command.help}\n`);
    return DONE;
  }
  const [least, most] = command.arity;
  if (words.length < least || words.length > most) {
    return refuse(shell, `usage: ${command.usage}`, USAGE);
  }
  return command.run(shell, words);
}

async function help(place: Place, words: readonly string[]): Promise<ExitCode> {
  const [topic, ...rest] = words;
  if (topic === undefined) {
    place.shell.io.out(`${overview(place.level, place.level === place.root)}\n`);
    return DONE;
  }
  const command = findCommand(place.level, topic);
  if (command !== undefined) return runCommand(place.shell, command, ['--help']);
  const below = await levelNamed(topic);
  if (below === undefined) return refuse(place.shell, `there is no help for "${topic}"`);
  const [name] = rest;
  const inside = name === undefined ? undefined : findCommand(below, name);
  if (inside !== undefined) return runCommand(place.shell, inside, ['--help']);
  place.shell.io.out(`${overview(below, false)}\n`);
  return DONE;
}

function overview(level: Level, isRoot: boolean): string {
  const lines = level.commands.map(
    ({ names, help: text }) => `  ${(names[0] ?? '').padEnd(18)} ${text}`,
  );
  const levels = isRoot ? ['Levels:', `  ${Object.keys(LEVELS).join('  ')}`] : [];
  return ['Commands:', ...lines, ...levels, '  up, quit, ls, help [TOPIC]'].join('\n');
}
