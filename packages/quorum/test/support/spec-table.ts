/** The specification's scenario table (section 5.7), read as it stands: words to events. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Rules } from './cluster.ts';

const SPECS = ['../../../../../shared/spec', '../../../../docs/spec'].map((folder) =>
  join(import.meta.dirname, folder, 'totem-quorum.md'),
);

export type SpecRow = {
  readonly id: string;
  readonly rules: Rules;
  /** Events of `cluster`, from nobody up to the state that `result` is about. */
  readonly events: readonly string[];
  readonly words: string;
  readonly result: string;
};

/** Every row, in order; undefined where the specification is neither beside the checkout nor in it. */
export function specRows(): readonly SpecRow[] | undefined {
  const spec = SPECS.find((path) => existsSync(path));
  if (spec === undefined) return undefined;
  return readFileSync(spec, 'utf8')
    .split('\n')
    .filter((line) => /^\| S\d+ \|/.test(line))
    .map(readRow);
}

function readRow(line: string): SpecRow {
  const cells = line
    .replaceAll('\\|', '¦')
    .split('|')
    .map((cell) => cell.trim().replaceAll('¦', '|'));
  const [, id = '', configuration = '', words = '', result = ''] = cells;
  const rules = rulesOf(configuration);
  let groups: string[] = [];
  const events: string[] = [];
  for (const phrase of words.split(/ → /)) {
    for (const event of eventsOf(phrase, rules.nodes, groups)) {
      events.push(event);
      groups = groupsAfter(groups, event);
    }
  }
  return { id, rules, events, words, result };
}

/** `lms, wfa, atb, 5 nodes` and its like. */
function rulesOf(text: string): Rules {
  const has = (word: string): boolean => new RegExp(`\\b${word}\\b`).test(text);
  const list = /atb list "([\d ]+)"/.exec(text)?.[1]?.split(' ').map(Number);
  const votes = /quorum_votes ([\d,]+)/.exec(text)?.[1]?.split(',').map(Number);
  const unequal = /node 1 has 2 votes/.test(text) ? [2, 1, 1] : votes;
  const device = /qdevice (?:default )?votes (\d)/.exec(text)?.[1];
  const nodes = Number(/(\d) nodes/.exec(text)?.[1] ?? votes?.length ?? 2);
  const expected = /expected_votes (\d)/.exec(text)?.[1];
  const isOff = text.includes('ATB disabled');
  return {
    nodes,
    twoNode: has('two_node'),
    ...(text.includes('wfa 0')
      ? { wfa: false }
      : has('wfa') && !isOff && !text.includes('no wfa')
        ? { wfa: true }
        : {}),
    lms: has('lms') && device === undefined,
    ...(has('atb') && !isOff
      ? { atb: list ?? (text.includes('atb highest') ? 'highest' : 'lowest') }
      : {}),
    ...(unequal === undefined ? {} : { votes: unequal }),
    ...(expected === undefined ? {} : { expected: Number(expected) }),
    ...(device === undefined ? {} : { device: Number(device) }),
    // Without votes of its own in the file a device is expected from the start (T5.40).
    ...(text.includes('default votes') ? { expected: 2 * nodes - 1 } : {}),
  };
}

const ALL = (nodes: number): string => Array.from({ length: nodes }, (_, i) => i + 1).join(',');

/** One phrase of the table; what is in brackets or bold is its writer's remark. */
function eventsOf(phrase: string, nodes: number, groups: readonly string[]): string[] {
  const text = phrase
    .replaceAll(/\*\*[^*]*\*\*/g, '')
    .replaceAll(/\(.*?\)/g, '')
    .trim();
  // Its client on node 1 is asked again about every new ring, as long as it is there.
  if (phrase.includes('no qdevice daemon')) return [`up ${text.slice(0, 1)}`, 'ack 1'];
  const known = PHRASES.find(([pattern]) => pattern.test(text));
  if (known === undefined) {
    return text.split(', ').flatMap((part) => simpleEvents(part, nodes, groups));
  }
  return [...known[1]];
}

const PHRASES: readonly (readonly [RegExp, readonly string[]])[] = [
  [
    /^5,4,3 crash, a window after each$/,
    ['up 1,2,3,4,5', 'crash 5', 'window', 'crash 4', 'window', 'crash 3', 'window'],
  ],
  [/^2 crash, 1 restarts alone$/, ['crash 1,2', 'up 1']],
  [/^both crash, 1 restarts alone$/, ['crash 1,2', 'up 1']],
  [/^qdevice ACK on 1$/, ['ack 1']],
  [/^qdevice ACK on 2$/, ['ack 1', 'ack 2']],
  [/^split, qnetd ACKs 1, NACKs 2$/, ['split 1|2', 'ack 1', 'nack 2']],
  [/^heal, ACK both$/, ['split 12', 'ack 1,2']],
  [/^qnetd lost: both cast no$/, ['nack 1', 'nack 2']],
  [
    /^all up\+ACK, 2,3,4 crash one by one, 1 keeps ACK$/,
    ['up 1,2,3,4', 'ack 1,2,3,4', 'crash 2', 'ack 1', 'crash 3', 'ack 1', 'crash 4', 'ack 1'],
  ],
  [/^1 loses qdevice$/, ['none 1']],
];

function simpleEvents(part: string, nodes: number, groups: readonly string[]): string[] {
  const rows: readonly (readonly [RegExp, (words: string) => string[]])[] = [
    [/^all up$/, () => [`up ${ALL(nodes)}`]],
    [/^1-4 up$/, () => ['up 1,2,3,4']],
    [/^1 up alone$/, () => ['up 1']],
    [/^([\d,]+) up$/, (ids) => [`up ${ids}`]],
    [/^([\d,]+) crash$/, (ids) => [`crash ${ids}`]],
    [/^(\d) leaves cleanly$/, (id) => [`leave ${id}`]],
    [/^split$/, () => ['split 1|2']],
    [/^(?:split|regroup) ([\d|]+)$/, (parts) => [`split ${parts}`]],
    [/^heal$/, () => [`split ${sorted(groups.join(''))}`]],
    [/^window$/, () => ['window']],
    [/^`(expected \d)`$/, (order) => [order]],
  ];
  for (const [pattern, events] of rows) {
    const found = pattern.exec(part);
    if (found !== null) return events(found[1] ?? '');
  }
  throw new Error(`the scenario table has a phrase that this test cannot read: "${part}"`);
}

function sorted(ids: string): string {
  return ids.split('').sort().join('');
}

/** Who is with whom after an event: `heal` joins all that run. */
function groupsAfter(groups: readonly string[], event: string): string[] {
  const [verb = '', words = ''] = event.split(' ');
  const ids = words.split(',');
  switch (verb) {
    case 'up': {
      const [first = '', ...rest] = groups;
      return [sorted(`${first}${ids.join('')}`), ...rest];
    }
    case 'crash':
    case 'leave':
      return groups
        .map((group) =>
          group
            .split('')
            .filter((id) => !ids.includes(id))
            .join(''),
        )
        .filter((group) => group !== '');
    case 'split':
      return words.split('|');
    default:
      return [...groups];
  }
}
