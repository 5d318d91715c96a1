/** The command line of `npm run sim`. */
import { fail, nearest, ok, type Result } from '@holdfast/base';
import { type Plant, PLANTS } from './plan.ts';

export type Options = {
  readonly from: number;
  readonly count: number;
  readonly nodeCount: number | undefined;
  readonly ticks: number | undefined;
  readonly plant: Plant | undefined;
  readonly isJson: boolean;
  readonly isStory: boolean;
  /** Do not stop at the first seed that fails. */
  readonly isKeepGoing: boolean;
  readonly isHelp: boolean;
  readonly workers: number;
};

export const USAGE = `npm run sim -- [--seed N | --seeds COUNT [--from N]] [--nodes 2..5] [--ticks M]
               [--plant NAME] [--json] [--story] [--workers N]

  --seed N       one seed; --seeds COUNT: so many, from 1 or from --from N
  --nodes N      that many nodes in every cluster, instead of a drawn number
  --ticks M      length of the period of faults in virtual seconds, instead of a drawn one
  --plant NAME   a wrong world, to see the checkers object: ${PLANTS.join(', ')}
  --json         a JSON object as the last line
  --story        the whole history of the seed (of the failing one, with --seeds)
  --keep-going   name every seed that fails, not only the first
  --workers N    threads to use; 2 unless set`;

const NUMBERS = ['--seed', '--seeds', '--from', '--nodes', '--ticks', '--workers'] as const;
const WORDS = [...NUMBERS, '--plant', '--json', '--story', '--keep-going', '--help'];

export function readOptions(words: readonly string[]): Result<Options, string> {
  const numbers = new Map<string, number>();
  const flags = new Set<string>();
  let plant: Plant | undefined;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    const value = words[index + 1];
    if (isNumberOption(word)) {
      const read = readNumber(word, value);
      if (!read.ok) return read;
      numbers.set(word, read.value);
      index += 1;
    } else if (word === '--plant') {
      plant = PLANTS.find((each) => each === value);
      if (plant === undefined)
        return fail(`--plant ${value ?? ''}: expected one of ${PLANTS.join(', ')}`);
      index += 1;
    } else if (WORDS.includes(word)) {
      flags.add(word);
    } else {
      const near = nearest(word, WORDS);
      return fail(`unknown option ${word}${near === undefined ? '' : `; did you mean ${near}?`}`);
    }
  }
  return ok(optionsOf(numbers, flags, plant));
}

function optionsOf(
  numbers: ReadonlyMap<string, number>,
  flags: ReadonlySet<string>,
  plant: Plant | undefined,
): Options {
  const seed = numbers.get('--seed');
  return {
    from: seed ?? numbers.get('--from') ?? 1,
    count: seed === undefined ? (numbers.get('--seeds') ?? 20) : 1,
    nodeCount: numbers.get('--nodes'),
    ticks: numbers.get('--ticks'),
    plant,
    isJson: flags.has('--json'),
    isStory: flags.has('--story'),
    isKeepGoing: flags.has('--keep-going'),
    isHelp: flags.has('--help'),
    workers: numbers.get('--workers') ?? 2,
  };
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
