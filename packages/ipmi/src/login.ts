/** What a session is opened with, checked once. */
import { fail, ok, type Result } from '@holdfast/base';
import { utf8 } from './bytes.ts';
import type { IpmiFault, Privilege } from './fault.ts';
import { SECRET_BYTES } from './keys.ts';
import { USERNAME_BYTES_MAX } from './rakp.ts';
import { type CipherSuite, suiteById } from './suites.ts';

export type LoginWords = {
  readonly username: string;
  readonly password: string;
  /** K[G] as bytes; empty or undefined: the BMC has none. */
  readonly kg?: Uint8Array | undefined;
  /** Tried in this order where the BMC refuses one. */
  readonly suites: readonly number[];
  readonly privilege: Privilege;
  /** Whether the BMC looks for a user of that name, or of that name with that privilege. */
  readonly lookup?: 'name' | 'name-and-privilege';
  /** After how long what was not answered is sent again. */
  readonly repeatMs: number;
  /** How long a login may take, waiting for a free session included. */
  readonly loginMs: number;
  readonly commandMs: number;
};

export type Login = Omit<LoginWords, 'suites' | 'kg' | 'lookup'> & {
  readonly suites: readonly CipherSuite[];
  readonly kg: Uint8Array | undefined;
  readonly lookup: 'name' | 'name-and-privilege';
};

export const LEVEL: Readonly<Record<Privilege, number>> = {
  callback: 1,
  user: 2,
  operator: 3,
  administrator: 4,
};

/** A fault names the length that is wrong, never the value. */
export function readLogin(words: LoginWords): Result<Login, IpmiFault> {
  const lengths: readonly (readonly [string, Uint8Array, number])[] = [
    ['username', utf8(words.username), USERNAME_BYTES_MAX],
    ['password', utf8(words.password), SECRET_BYTES],
    ['kg', words.kg ?? new Uint8Array(), SECRET_BYTES],
  ];
  for (const [name, { length }, max] of lengths) {
    if (length > max) return bad(`${name} has ${length} bytes; IPMI 2.0 knows at most ${max}`);
  }
  const suites: CipherSuite[] = [];
  for (const id of words.suites) {
    const suite = suiteById(id);
    if (suite === undefined)
      return bad(`cipher suite ${id} is not spoken here; use 17 or 3, or 1, 2, 6, 7, 8, 15, 16`);
    suites.push(suite);
  }
  if (suites.length === 0) return bad('no cipher suite is given');
  const kg = words.kg === undefined || words.kg.every((byte) => byte === 0) ? undefined : words.kg;
  return ok({ ...words, suites, kg, lookup: words.lookup ?? 'name' });
}

function bad(what: string): Result<never, IpmiFault> {
  return fail({ kind: 'bad-login', what });
}
