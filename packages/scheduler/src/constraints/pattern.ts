/**
 * Extended regular expressions (POSIX) for `rsc-pattern`, searched in time that is bounded by the
 * length of the pattern times the length of the text: no pattern can make a decision late.
 */

type Test = (code: number) => boolean;

/** One step of a compiled pattern; places are indices into the program. */
type Step =
  | { readonly kind: 'character'; readonly test: Test }
  | { kind: 'fork'; first: number; second: number }
  | { readonly kind: 'mark'; readonly slot: number }
  | { readonly kind: 'edge'; readonly edge: 'start' | 'end' }
  | { readonly kind: 'found' };

/** A piece of program; places in it count from its own beginning. */
type Piece = readonly Step[];

export type Pattern = { readonly program: Piece; readonly groups: number };

/** Steps of a program; repetitions are written out. */
const STEPS_MAX = 2000;
const DEPTH_MAX = 50;

type Reader = { readonly text: string; at: number; groups: number; depth: number };

class Unreadable extends Error {}

/** Undefined where the text is no expression, or one that is too long. */
export function compilePattern(text: string): Pattern | undefined {
  const reader: Reader = { text, at: 0, groups: 0, depth: 0 };
  try {
    const piece = alternatives(reader);
    if (reader.at < text.length) return undefined;
    return { program: bounded([...piece, { kind: 'found' }]), groups: reader.groups };
  } catch (cause) {
    if (cause instanceof Unreadable) return undefined;
    throw cause;
  }
}

function bounded(piece: Piece): Piece {
  if (piece.length > STEPS_MAX) throw new Unreadable('too long');
  return piece;
}

/** The pieces one after the other, their places moved to where they now stand. */
function inOrder(...pieces: readonly Piece[]): Piece {
  const whole: Step[] = [];
  for (const piece of pieces) {
    const from = whole.length;
    for (const step of piece) {
      const isFork = step.kind === 'fork';
      whole.push(isFork ? { ...step, first: step.first + from, second: step.second + from } : step);
    }
    bounded(whole);
  }
  return whole;
}

function fork(first: number, second: number): Piece {
  return [{ kind: 'fork', first, second }];
}

function jump(distance: number): Piece {
  return fork(distance, distance);
}

function alternatives(reader: Reader): Piece {
  const one = sequence(reader);
  if (reader.text[reader.at] !== '|') return one;
  reader.at += 1;
  const other = alternatives(reader);
  return inOrder(fork(1, one.length + 2), one, jump(other.length + 1), other);
}

function sequence(reader: Reader): Piece {
  const pieces: Piece[] = [];
  let length = 0;
  while (reader.at < reader.text.length && !'|)'.includes(reader.text[reader.at] ?? '')) {
    const piece = repeated(reader, single(reader));
    length += piece.length;
    if (length > STEPS_MAX) throw new Unreadable('too long');
    pieces.push(piece);
  }
  return inOrder(...pieces);
}

function repeated(reader: Reader, piece: Piece): Piece {
  let result = piece;
  for (;;) {
    const amount = readAmount(reader);
    if (amount === undefined) return result;
    result = times(result, amount.least, amount.most);
  }
}

const AMOUNT = /\{(\d{1,4})(,(\d{0,4}))?\}/y;

function readAmount(
  reader: Reader,
): { readonly least: number; readonly most: number | undefined } | undefined {
  const sign = reader.text[reader.at];
  if (sign === '*' || sign === '+' || sign === '?') {
    reader.at += 1;
    return { least: sign === '+' ? 1 : 0, most: sign === '?' ? 1 : undefined };
  }
  if (sign !== '{') return undefined;
  AMOUNT.lastIndex = reader.at;
  const match = AMOUNT.exec(reader.text);
  if (match === null) throw new Unreadable('a brace');
  reader.at += match[0].length;
  const least = Number(match[1]);
  if (match[2] === undefined) return { least, most: least };
  const most = match[3] === '' ? undefined : Number(match[3]);
  if (most !== undefined && most < least) throw new Unreadable('amounts the wrong way round');
  return { least, most };
}

function times(piece: Piece, least: number, most: number | undefined): Piece {
  if (piece.length * Math.max(least, most ?? 1) > STEPS_MAX) throw new Unreadable('too long');
  const needed = Array.from({ length: least }, () => piece);
  if (most === undefined) {
    return inOrder(...needed, inOrder(fork(1, piece.length + 2), piece, jump(-piece.length - 1)));
  }
  let rest: Piece = [];
  for (let count = least; count < most; count += 1) {
    rest = inOrder(fork(1, piece.length + rest.length + 1), piece, rest);
  }
  return inOrder(...needed, rest);
}

function single(reader: Reader): Piece {
  const character = reader.text[reader.at] ?? '';
  reader.at += 1;
  switch (character) {
    case '(':
      return group(reader);
    case '^':
      return [{ kind: 'edge', edge: 'start' }];
    case '$':
      return [{ kind: 'edge', edge: 'end' }];
    case '.':
      return [{ kind: 'character', test: () => true }];
    case '[':
      return [{ kind: 'character', test: bracket(reader) }];
    case '\\':
      return [{ kind: 'character', test: escaped(reader) }];
    case '*':
    case '+':
    case '?':
    case '{':
      throw new Unreadable('nothing to repeat');
    default:
      return [{ kind: 'character', test: exactly(character) }];
  }
}

function group(reader: Reader): Piece {
  reader.groups += 1;
  reader.depth += 1;
  if (reader.depth > DEPTH_MAX) throw new Unreadable('too deep');
  const slot = reader.groups * 2;
  const inside = alternatives(reader);
  if (reader.text[reader.at] !== ')') throw new Unreadable('a parenthesis');
  reader.at += 1;
  reader.depth -= 1;
  return inOrder([{ kind: 'mark', slot }], inside, [{ kind: 'mark', slot: slot + 1 }]);
}

function exactly(character: string): Test {
  const wanted = character.charCodeAt(0);
  return (code) => code === wanted;
}

function matching(expression: RegExp): Test {
  return (code) => expression.test(String.fromCharCode(code));
}

const ESCAPES: ReadonlyMap<string, Test> = new Map([
  ['w', matching(/\w/)],
  ['W', matching(/\W/)],
  ['s', matching(/\s/)],
  ['S', matching(/\S/)],
]);

function escaped(reader: Reader): Test {
  const character = reader.text[reader.at];
  if (character === undefined) throw new Unreadable('a backslash at the end');
  reader.at += 1;
  return ESCAPES.get(character) ?? exactly(character);
}

const CLASSES: ReadonlyMap<string, Test> = new Map([
  ['alpha', matching(/[a-z]/i)],
  ['digit', matching(/\d/)],
  ['alnum', matching(/[a-z\d]/i)],
  ['upper', matching(/[A-Z]/)],
  ['lower', matching(/[a-z]/)],
  ['space', matching(/\s/)],
  ['blank', matching(/[ \t]/)],
  ['punct', matching(/[!-/:-@[-`{-~]/)],
  ['xdigit', matching(/[\da-f]/i)],
]);

const CLASS = /\[:(\w+):\]/y;

/** What stands in brackets; a `]` right at the beginning is a character like others. */
function bracket(reader: Reader): Test {
  const { text } = reader;
  const isNegated = text[reader.at] === '^';
  if (isNegated) reader.at += 1;
  const tests: Test[] = [];
  const start = reader.at;
  while (text[reader.at] !== ']' || reader.at === start) {
    if (reader.at >= text.length) throw new Unreadable('a bracket');
    tests.push(bracketPart(reader));
  }
  reader.at += 1;
  return (code) => tests.some((test) => test(code)) !== isNegated;
}

function bracketPart(reader: Reader): Test {
  const { text } = reader;
  CLASS.lastIndex = reader.at;
  const named = CLASS.exec(text);
  if (named !== null) {
    const test = CLASSES.get(named[1] ?? '');
    if (test === undefined) throw new Unreadable('a class');
    reader.at += named[0].length;
    return test;
  }
  const from = text.charCodeAt(reader.at);
  const isRange = text[reader.at + 1] === '-' && (text[reader.at + 2] ?? ']') !== ']';
  const to = isRange ? text.charCodeAt(reader.at + 2) : from;
  if (to < from) throw new Unreadable('a range the wrong way round');
  reader.at += isRange ? 3 : 1;
  return (code) => code >= from && code <= to;
}
