/** What a simulated BMC is told: who may do what, by which suites, how many at once. */
import { type CipherSuite, LEVEL, type Privilege, SECRET_BYTES, suiteById } from '@holdfast/ipmi';
import * as field from './fields.ts';

export type BmcUser = {
  readonly name: string;
  readonly password: string;
  readonly privilege: Privilege;
  /** How many sessions this user may have; undefined: as many as the BMC has. */
  readonly sessions?: number;
};

export type BmcConfig = {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly users: readonly BmcUser[];
  /** K[G]; undefined: every user's own key takes its place. */
  readonly kg: string | undefined;
  readonly suites: readonly CipherSuite[];
  readonly sessions: number;
  /** A session that is silent for so long is closed. */
  readonly idleMs: number;
};

const NAME_BYTES_MAX = 16;
const SESSIONS_MAX = 64;
const DEFAULT_SUITES = [3, 17];
/** As in the specification, §6.12.15. */
const DEFAULT_IDLE_MS = 60_000;
const DEFAULT_USERS: readonly BmcUser[] = [
  { name: 'admin', password: 'secret', privilege: 'administrator' },
];

export const BMC_FIELDS: Readonly<Record<string, field.FieldSpec>> = {
  users: { check: users, default: DEFAULT_USERS },
  kg: { check: secret, default: undefined },
  suites: { check: suites, default: DEFAULT_SUITES },
  sessions: { check: field.between(1, SESSIONS_MAX), default: 4 },
  idleMs: { check: field.between(1, 3_600_000), default: DEFAULT_IDLE_MS },
};

/** `fields` has passed `BMC_FIELDS`. */
export function bmcConfig(
  place: Pick<BmcConfig, 'name' | 'address' | 'port'>,
  fields: field.Fields,
): BmcConfig {
  const ids = fields['suites'] as readonly number[];
  const kg = fields['kg'];
  return {
    name: place.name,
    address: place.address,
    port: place.port,
    users: fields['users'] as readonly BmcUser[],
    kg: typeof kg === 'string' ? kg : undefined,
    suites: ids.map(suiteById).filter((suite) => suite !== undefined),
    sessions: Number(fields['sessions']),
    idleMs: Number(fields['idleMs']),
  };
}

function suites(value: unknown): string | undefined {
  const isRight =
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((id) => typeof id === 'number' && suiteById(id) !== undefined);
  return isRight ? undefined : 'a list of cipher suites out of 1, 2, 3, 6, 7, 8, 15, 16, 17';
}

function secret(value: unknown): string | undefined {
  return isWithin(value, SECRET_BYTES) ? undefined : `a text of at most ${SECRET_BYTES} bytes`;
}

function users(value: unknown): string | undefined {
  const isRight = Array.isArray(value) && value.length > 0 && value.every(isUser);
  return isRight
    ? undefined
    : `a list of users: name (at most ${NAME_BYTES_MAX} bytes), password (at most ${SECRET_BYTES}), privilege (${Object.keys(LEVEL).join(', ')}), and perhaps sessions`;
}

function isUser(value: unknown): boolean {
  if (!field.isFields(value)) return false;
  const { name, password, privilege, sessions } = value;
  return (
    isWithin(name, NAME_BYTES_MAX) &&
    isWithin(password, SECRET_BYTES) &&
    typeof privilege === 'string' &&
    Object.hasOwn(LEVEL, privilege) &&
    (sessions === undefined || field.between(1, SESSIONS_MAX)(sessions) === undefined)
  );
}

function isWithin(value: unknown, bytesMax: number): boolean {
  return typeof value === 'string' && Buffer.byteLength(value) <= bytesMax;
}
