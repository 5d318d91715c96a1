/** Lengths of time and points in it. Machines know only these; nobody here reads a clock. */
import { assert } from './assert.ts';
import type { Brand } from './brand.ts';

/** A length of time in milliseconds. */
export type Milliseconds = Brand<number, 'Milliseconds'>;

/** A point on one node's monotonic clock, in milliseconds. Never compare two nodes' instants. */
export type Instant = Brand<number, 'Instant'>;

/** A point in wall-clock time, in ms since 1970. For people and histories; never for deadlines. */
export type EpochMs = Brand<number, 'EpochMs'>;

export function milliseconds(value: number): Milliseconds {
  assert(Number.isFinite(value), 'a length of time is a finite number');
  return value as Milliseconds;
}

export function instant(value: number): Instant {
  return value as Instant;
}

export function epochMs(value: number): EpochMs {
  return value as EpochMs;
}

export function after(start: Instant, wait: Milliseconds): Instant {
  return (start + wait) as Instant;
}

/** The earliest of the instants that exist; undefined where none does. */
export function earliest(...instants: readonly (Instant | undefined)[]): Instant | undefined {
  let soonest: Instant | undefined;
  for (const at of instants) {
    if (at !== undefined && (soonest === undefined || at < soonest)) soonest = at;
  }
  return soonest;
}
