/**
 * Collections of young objects happen on the ring's thread alone. By default V8 shares them with helper
 * threads, for which a thread with real-time priority then waits, and they have none: on a busy host
 * that is milliseconds, for a token that takes a tenth of one. (Only this flag is looked up at every
 * collection; those for old objects must not be changed in a running process.)
 */
import { setFlagsFromString } from 'node:v8';

/** For this process from now on. */
export function collectOnOwnThread(): void {
  setFlagsFromString('--no-parallel-scavenge');
}

/** MB of young objects before a collection: messages die young, and collections are counted in them. */
export const YOUNG_MB = 64;
