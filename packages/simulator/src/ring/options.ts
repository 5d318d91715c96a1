/** The command line of `npm run sim:ring`. */
import { fail, nearest, ok, type Result } from '@holdfast/base';
import { PLANTS } from './plants.ts';

export type RingOptions = {
  readonly from: number;
  readonly count: number;
  readonly nodes: number | undefined;
  readonly plant: string | undefined;
  readonly workers: number;
  readonly isStory: boolean;
  readonly isJson: boolean;
  readonly isHelp: boolean;
};

const NODES_MAX = 64;
const WORKERS_MAX = 16;

export const USAGE = `npm run sim:ring -- [--seed N | --seeds COUNT [--from N]] [--nodes 2..${NODES_MAX}]
                    [--plant NAME] [--workers N] [--story] [--json]

  --seed N       one seed; --seeds COUNT: so many, from 1 or from --from N
  --nodes N      that many nodes in every ring, instead of a drawn number from 2 to 9
  --plant NAME   a ring that breaks one rule, to see the checks object:
                 ${Object.keys(PLANTS).join(', ')}
  --workers N    threads to use; 2 unless set
  --story        with --seed: everything that happened
  --json         a JSON object as the last line`;

/** Options that take a number, and its limits. */
const NUMBERS: Readonly<Record<string, readonly [number, number]>> = {
  '--seed': [0, 999_999_999],
  '--seeds': [1, 999_999_999],
  '--from': [0, 999_999_999],
  '--nodes': [2, NODES_MAX],
  '--workers': [1, WORKERS_MAX],
};
const FLAGS = ['--story', '--json', '--help'];

export function readRingOptions(words: readonly string[]): Result<RingOptions, string> {
  const numbers = new Map<string, number>();
  const flags = new Set<string>();
  let plant: string | undefined;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (FLAGS.includes(word)) {
      flags.add(word);
      continue;
    }
    index += 1;
    const value = words[index] ?? '';
    if (word === '--plant') {
      if (PLANTS[value] === undefined)
        return fail(`--plant ${value}: expected one of ${Object.keys(PLANTS).join(', ')}`);
      plant = value;
      continue;
    }
    const number = readNumber(word, value);
    if (!number.ok) return number;
    numbers.set(word, number.value);
  }
  return ok(optionsOf(numbers, flags, plant));
}

function optionsOf(
  numbers: ReadonlyMap<string, number>,
  flags: ReadonlySet<string>,
  plant: string | undefined,
): RingOptions {
  const seed = numbers.get('--seed');
  return {
    from: seed ?? numbers.get('--from') ?? 1,
    count: seed === undefined ? (numbers.get('--seeds') ?? 200) : 1,
    nodes: numbers.get('--nodes'),
    plant,
    workers: numbers.get('--workers') ?? 2,
    isStory: flags.has('--story'),
    isJson: flags.has('--json'),
    isHelp: flags.has('--help'),
  };
}

function readNumber(word: string, value: string): Result<number, string> {
  const limits = NUMBERS[word];
  if (limits === undefined) {
    const near = nearest(word, [...Object.keys(NUMBERS), '--plant', ...FLAGS]);
    return fail(`unknown option ${word}${near === undefined ? '' : `; did you mean ${near}?`}`);
  }
  const [least, most] = limits;
  const number = /^\d{1,9}$/.test(value) ? Number(value) : -1;
  if (number >= least && number <= most) return ok(number);
  return fail(`${word} ${value}: expected a whole number from ${least} to ${most}`);
}
