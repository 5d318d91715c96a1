/** A place in a list of words, and the questions every parser of the language asks there. */
import { nearest } from '@holdfast/base';

/** What a parser throws where the words make no sense; `parseObject` turns it into a fault. */
export class Refused extends Error {}

export type Cursor = { readonly words: readonly string[]; at: number };

export function cursor(words: readonly string[]): Cursor {
  return { words, at: 0 };
}

export function peek({ words, at }: Cursor): string | undefined {
  return words[at];
}

export function isAtEnd({ words, at }: Cursor): boolean {
  return at >= words.length;
}

/** The next word, whatever it is; refused at the end of the line. */
export function take(place: Cursor, expected: string): string {
  const word = peek(place);
  if (word === undefined) throw new Refused(`expected ${expected} at the end of the line`);
  place.at += 1;
  return word;
}

/** Is one of these keywords next? Keywords are read in any case. */
export function isNext(place: Cursor, ...keywords: readonly string[]): boolean {
  const word = peek(place)?.toLowerCase();
  return word !== undefined && keywords.includes(word);
}

/** Takes the keyword if it is next. */
export function takeIf(place: Cursor, ...keywords: readonly string[]): boolean {
  if (!isNext(place, ...keywords)) return false;
  place.at += 1;
  return true;
}

/** The value behind `key=` if that is next; keys are read in any case. */
export function takeOption(place: Cursor, ...keys: readonly string[]): string | undefined {
  const word = peek(place);
  const cut = word?.indexOf('=') ?? -1;
  if (word === undefined || cut <= 0) return undefined;
  if (!keys.includes(word.slice(0, cut).toLowerCase())) return undefined;
  place.at += 1;
  return word.slice(cut + 1);
}

/** The text before the colon if the next word ends in one (`100:`, `Mandatory:`). */
export function takeLabel(place: Cursor): string | undefined {
  const word = peek(place);
  if (word === undefined || word.length < 2 || !word.endsWith(':')) return undefined;
  place.at += 1;
  return word.slice(0, -1);
}

/** An id as XML and every tool accepts it. */
export function takeId(place: Cursor, what: string): string {
  const word = take(place, what);
  if (!isId(word)) throw new Refused(`expected ${what}, found "${word}"`);
  return word;
}

export function isId(word: string): boolean {
  return /^[\p{L}_][\p{L}\p{N}._-]*$/u.test(word);
}

export function mustEnd(place: Cursor): void {
  const word = peek(place);
  if (word !== undefined) throw new Refused(`"${word}" does not belong here`);
}

/** ` Did you mean X?`, or nothing where nothing is near. */
export function hint(word: string, known: Iterable<string>): string {
  const near = nearest(word, known);
  return near === undefined ? '' : ` Did you mean ${near}?`;
}
