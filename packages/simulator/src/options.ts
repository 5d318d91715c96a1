/** The command line of `npm run sim`. */
import { fail, nearest, ok, type Result } from '@holdfast/base';
import { type Plant, PLANTS } from './plan.ts';

export type Options = {
  readonly from: number;
  readonly count: number;
  readonly nodeCount: number | undefined;
  readonly ticks: number | undefined;
  readonly plant: Plant | undefined;
  /** Only cuts of the link of a pair, so many in each world. */
  readonly cuts: number | undefined;
  readonly isJson: boolean;
  readonly isStory: boolean;
  /** Do not stop at the first seed that fails. */
  readonly isKeepGoing: boolean;
  readonly isHelp: boolean;
  readonly workers: number;
};

export const USAGE = `npm run sim -- [--seed N | --seeds COUNT [--from N]] [--nodes 2..5] [--ticks M] [--cuts C]
               [--plant NAME] [--json] [--story] [--workers N]

  --seed N       one seed; --seeds COUNT: so many, from 1 or from --from N
  --nodes N      that many nodes in every cluster, instead of a drawn number
  --ticks M      length of the period of faults in virtual seconds, instead of a drawn one
  --cuts C       pairs only, and nothing but C cuts of their link, with devices of every speed
  --plant NAME   a wrong world, to see the checkers object: ${PLANTS.join(', ')}
  --json         a JSON object as the last line
  --story        the whole history of the seed (of the failing one, with --seeds)
  --keep-going   name every seed that fails, not only the first
  --workers N    threads to use; 2 unless set`;

const NUMBERS = [
  '--seed',
  '--seeds',
  '--from',
  '--nodes',
  '--ticks',
  '--cuts',
  '--workers',
] as const;
const FLAGS = ['--json', '--story', '--keep-going', '--help'];

/** The words as they were read, before anything is made of them. */
type Words = {
  readonly numbers: Map<string, number>;
  readonly flags: Set<string>;
  plant: Plant | undefined;
};

export function readOptions(words: readonly string[]): Result<Options, string> {
  const read: Words = { numbers: new Map(), flags: new Set(), plant: undefined };
  for (let index = 0; index < words.length;) {
    const taken = takeWord(read, words[index] ?? '', words[index + 1]);
    if (!taken.ok) return taken;
    index += taken.value;
  }
  const { numbers, flags, plant } = read;
  const seed = numbers.get('--seed');
  return ok({
    from: seed ?? numbers.get('--from') ?? 1,
    count: seed === undefined ? (numbers.get('--seeds') ?? 20) : 1,
    nodeCount: numbers.get('--nodes'),
    ticks: numbers.get('--ticks'),
    cuts: numbers.get('--cuts'),
    plant,
    isJson: flags.has('--json'),
    isStory: flags.has('--story'),
    isKeepGoing: flags.has('--keep-going'),
    isHelp: flags.has('--help'),
    workers: numbers.get('--workers') ?? 2,
  });
}

/** Reads one option; how many words it took. */
function takeWord(read: Words, word: string, value: string | undefined): Result<number, string> {
  if (isNumberOption(word)) {
    const number = readNumber(word, value);
    if (!number.ok) return number;
    read.numbers.set(word, number.value);
    return ok(2);
  }
  if (word === '--plant') {
    read.plant = PLANTS.find((each) => each === value);
    if (read.plant !== undefined) return ok(2);
    return fail(`--plant ${value ?? ''}: expected one of ${PLANTS.join(', ')}`);
  }
  if (FLAGS.includes(word)) {
    read.flags.add(word);
    return ok(1);
  }
  const near = nearest(word, [...NUMBERS, '--plant', ...FLAGS]);
  return fail(`unknown option ${word}${near === undefined ? '' : `; did you mean ${near}?`}`);
}

function isNumberOption(word: string): boolean {
  return NUMBERS.some((name) => name === word);
}

function readNumber(name: string, text: string | undefined): Result<number, string> {
  if (text === undefined || !/^\d{1,9}$/.test(text)) {
    return fail(`${name} ${text ?? ''}: expected a whole number`);
  }
  const value = Number(text);
  if (name === '--nodes' && (value < 2 || value > 5))
    return fail(`--nodes ${text}: expected 2 to 5`);
  if (name === '--workers' && (value < 1 || value > 16))
    return fail(`--workers ${text}: expected 1 to 16`);
  if (name === '--seeds' && value < 1) return fail(`--seeds ${text}: expected at least 1`);
  return ok(value);
}
