/** Reads what people write: every field is known, has the right kind, and a fault names place, value and way out. */
import { fail, nearest, ok, type Result } from '@holdfast/base';

export type Fields = Readonly<Record<string, unknown>>;

/** Undefined: the value is right; else what it must be. */
export type Check = (value: unknown) => string | undefined;

export type FieldSpec = { readonly check: Check; readonly default?: unknown };

/** A field without a default must be there. */
export function readFields(
  value: unknown,
  place: string,
  specs: Readonly<Record<string, FieldSpec>>,
): Result<Fields, string> {
  if (!isFields(value)) return fail(`${place} must be an object in braces`);
  for (const name of Object.keys(value)) {
    if (Object.hasOwn(specs, name)) continue;
    const meant = nearest(name, Object.keys(specs));
    const hint =
      meant === undefined
        ? `it may have ${Object.keys(specs).join(', ')}`
        : `did you mean ${meant}?`;
    return fail(`${place} has an unknown field ${name}; ${hint}`);
  }
  const read: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(specs)) {
    const given = value[name];
    if (given === undefined && 'default' in spec) {
      if (spec.default !== undefined) read[name] = spec.default;
      continue;
    }
    const wrong = spec.check(given);
    if (wrong === undefined) {
      read[name] = given;
      continue;
    }
    const said = given === undefined ? 'is missing' : `is ${JSON.stringify(given)}`;
    return fail(`${place}: ${name} ${said}, and must be ${wrong}`);
  }
  return ok(read);
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text that was checked; nothing where it is none. */
export function word(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export const text: Check = (value) =>
  typeof value === 'string' && value !== '' ? undefined : 'a text that is not empty';

/** A name that can be part of a file's name. */
export const name: Check = (value) =>
  typeof value === 'string' && /^[\w.-]{1,64}$/.test(value)
    ? undefined
    : 'a name of letters, digits, dots and dashes';

export const flag: Check = (value) => (typeof value === 'boolean' ? undefined : 'true or false');

export const port: Check = between(1, 65_535);

export function between(least: number, most: number): Check {
  return (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most
      ? undefined
      : `a whole number from ${least} to ${most}`;
}

export function oneOf(...words: readonly string[]): Check {
  return (value) =>
    typeof value === 'string' && words.includes(value) ? undefined : `one of ${words.join(', ')}`;
}

export const texts: Check = (value) =>
  Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'string')
    ? undefined
    : 'a list of texts that is not empty';

export const textTable: Check = (value) =>
  isFields(value) && Object.values(value).every((each) => typeof each === 'string')
    ? undefined
    : 'an object of texts';

export const list: Check = (value) => (Array.isArray(value) ? undefined : 'a list');

export const anything: Check = () => undefined;
