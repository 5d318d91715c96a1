/**
 * The words and numbers a CIB is written in, read as leniently as the reference reads them: what runs
 * today must mean the same tomorrow. `verify` is strict, and says so where leniency was needed.
 */
import {
  INFINITY,
  type Milliseconds,
  milliseconds,
  MINUS_INFINITY,
  score,
  type Score,
} from '@holdfast/base';

export type Role = 'Stopped' | 'Started' | 'Unpromoted' | 'Promoted';

/** `true yes on y 1` and `false no off n 0`, in any case; undefined for anything else (A0.6). */
export function parseBoolean(text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  if (/^(true|yes|on|y|1)$/i.test(text)) return true;
  if (/^(false|no|off|n|0)$/i.test(text)) return false;
  return undefined;
}

/** In any case, and by the old words Master and Slave (A0.3); undefined for anything else. */
export function parseRole(text: string | undefined): Role | undefined {
  switch ((text ?? '').toLowerCase()) {
    case 'stopped':
      return 'Stopped';
    case 'started':
      return 'Started';
    case 'unpromoted':
    case 'slave':
      return 'Unpromoted';
    case 'promoted':
    case 'master':
      return 'Promoted';
    default:
      return undefined;
  }
}

/** INFINITY, -INFINITY, or the whole number the text begins with (A0.4); undefined where it begins with none. */
export function readScore(text: string | undefined): Score | undefined {
  if (text === undefined) return undefined;
  if (text === 'INFINITY' || text === '+INFINITY') return INFINITY;
  if (text === '-INFINITY') return MINUS_INFINITY;
  const prefix = integerPrefix(text);
  return prefix === undefined ? undefined : score(prefix);
}

/** The whole number `text` begins with, blanks before it allowed. */
export function integerPrefix(text: string): number | undefined {
  const match = /^\s*([+-]?\d+)/.exec(text);
  if (match === null) return undefined;
  const value = Number(match[1]);
  return Math.min(Number.MAX_SAFE_INTEGER, Math.max(Number.MIN_SAFE_INTEGER, value));
}

const UNITS_MS: readonly (readonly [prefix: string, ms: number])[] = [
  ['ms', 1],
  ['us', 0.001],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
];

const ISO_UNITS_SECONDS: Readonly<Record<string, number>> = {
  Y: 365 * 86_400,
  W: 7 * 86_400,
  D: 86_400,
  H: 3600,
  S: 1,
};

/** A length of time (A0.8): a number is seconds; of a unit only its first letters count. Undefined where it is none. */
export function readDuration(text: string | undefined): Milliseconds | undefined {
  if (text === undefined) return undefined;
  const trimmed = text.trim();
  if (/^P/i.test(trimmed)) return readIsoDuration(trimmed.slice(1).toUpperCase());
  const match = /^\+?(\d{1,15})[\d.]*\s*([a-z]*)/i.exec(trimmed);
  if (match === null) return undefined;
  const unit = (match[2] ?? '').toLowerCase();
  const found = unit === '' ? 1000 : UNITS_MS.find(([prefix]) => unit.startsWith(prefix))?.[1];
  return found === undefined ? undefined : milliseconds(Math.floor(Number(match[1]) * found));
}

/** Behind the `P`; the `T` only decides whether M means months or minutes. */
function readIsoDuration(text: string): Milliseconds | undefined {
  if (!/^(\d+[YMWD])*(T?(\d+[HMSYWD])*)$/.test(text) || !/\d/.test(text)) return undefined;
  const [date = '', time = ''] = text.split('T');
  let seconds = 0;
  for (const [part, month] of [
    [date, 30 * 86_400],
    [time, 60],
  ] as const) {
    for (const [, count, unit = ''] of part.matchAll(/(\d+)([A-Z])/g)) {
      seconds += Number(count) * (unit === 'M' ? month : (ISO_UNITS_SECONDS[unit] ?? 0));
    }
  }
  return milliseconds(seconds * 1000);
}
