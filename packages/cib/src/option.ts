/** One option of the configuration: its name, its type, and what is written where nothing is. */
import { parseDuration, parseScore } from '@holdfast/base';
import { integerPrefix, parseBoolean, readDuration, readScore } from './literals.ts';

export type OptionType = 'boolean' | 'duration' | 'integer' | 'score' | 'text' | readonly string[];

export type Option = {
  readonly name: string;
  readonly aliases: readonly string[];
  /** Name and aliases; where several are written, the first of these counts. */
  readonly spellings: readonly string[];
  readonly type: OptionType;
  /** As it would be written; empty for none. */
  readonly fallback: string;
  readonly meaning: string;
};

export function option(name: string, type: OptionType, fallback: string, meaning: string): Option {
  return { name, type, fallback, meaning, aliases: [], spellings: [name] };
}

/** Newer names (`fencing-…`) count before the usual one, older ones behind it. */
export function aliased(aliases: readonly string[], of: Option): Option {
  const newer = aliases.filter((alias) => alias.startsWith('fencing-'));
  const older = aliases.filter((alias) => !alias.startsWith('fencing-'));
  return { ...of, aliases, spellings: [...newer, of.name, ...older] };
}

/** The option called `name`, by its name or an alias; `-` and `_` are the same in old names. */
export function findOption(table: readonly Option[], name: string): Option | undefined {
  const dashed = name.replaceAll('_', '-');
  return table.find(
    (each) => each.name === name || each.name === dashed || each.aliases.includes(name),
  );
}

/** Is `value` of the option's type, read as leniently as the cluster reads it? */
export function isUsable({ type }: Option, value: string): boolean {
  switch (type) {
    case 'text':
      return true;
    case 'boolean':
      return parseBoolean(value) !== undefined;
    case 'duration':
      return readDuration(value) !== undefined;
    case 'integer':
      return integerPrefix(value) !== undefined;
    case 'score':
      return readScore(value) !== undefined;
    default:
      return isOneOf(type, value);
  }
}

/** What the value should have been, strictly; undefined where it is right. */
export function expectation({ type }: Option, value: string): string | undefined {
  if (value === '#default') return undefined;
  switch (type) {
    case 'text':
      return undefined;
    case 'boolean':
      return parseBoolean(value) === undefined ? 'true or false' : undefined;
    case 'duration':
      return parseDuration(value).ok ? undefined : 'a length of time such as 20s or 2min';
    case 'integer':
      return /^-?\d+$/.test(value) ? undefined : 'a whole number';
    case 'score':
      return parseScore(value).ok ? undefined : 'a number, INFINITY or -INFINITY';
    default:
      return isOneOf(type, value) ? undefined : `one of ${type.join(', ')}`;
  }
}

function isOneOf(words: readonly string[], value: string): boolean {
  return words.some((word) => word.toLowerCase() === value.toLowerCase());
}
