/** Durations as operators write them: `20`, `20s`, `1500ms`, `2min`, `1h`, `PT1M30S`. */
import { fail, ok, type Result } from './result.ts';
import { type Milliseconds, milliseconds } from './time.ts';

export type DurationFault = { readonly kind: 'not-a-duration'; readonly text: string };

const UNIT_MS: Readonly<Record<string, number>> = {
  '': 1000,
  s: 1000,
  sec: 1000,
  ms: 1,
  msec: 1,
  us: 0.001,
  usec: 0.001,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  hr: 3_600_000,
};

const ISO = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/** A number without a unit is seconds, as everywhere in Pacemaker's configuration. */
export function parseDuration(text: string): Result<Milliseconds, DurationFault> {
  const trimmed = text.trim();
  const plain = /^(\d{1,12}(?:\.\d+)?)\s*([a-z]*)$/i.exec(trimmed);
  if (plain !== null) {
    const unit = UNIT_MS[(plain[2] ?? '').toLowerCase()];
    if (unit !== undefined) return ok(milliseconds(Math.floor(Number(plain[1]) * unit)));
  }
  const iso = ISO.exec(trimmed);
  if (iso !== null && trimmed.length > 1 && !trimmed.endsWith('T')) {
    const [days = 0, hours = 0, minutes = 0, seconds = 0] = iso
      .slice(1)
      .map(Number)
      .map((n) => (Number.isNaN(n) ? 0 : n));
    const total = ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
    return ok(milliseconds(Math.floor(total * 1000)));
  }
  return fail({ kind: 'not-a-duration', text });
}

/** `1500` → `1.5s`, `90000` → `1m30s`, `800` → `800ms`: short, for people. */
export function formatDuration(length: Milliseconds): string {
  if (length < 1000) return `${Math.round(length)}ms`;
  if (length < 60_000) return `${Number((length / 1000).toFixed(2))}s`;
  const totalSeconds = Math.round(length / 1000);
  const hours = Math.floor(totalSeconds / 3600);
  const minutes = Math.floor((totalSeconds % 3600) / 60);
  const seconds = totalSeconds % 60;
  return `${hours > 0 ? `${hours}h` : ''}${minutes > 0 ? `${minutes}m` : ''}${seconds > 0 ? `${seconds}s` : ''}`;
}
