/** How one action stands to another that follows it (B4.1): a set of effects, as bits. */
import type { Action } from './action.ts';

export type { Relation } from './action.ts';

/** Plain sequencing. */
export const ORD = 1 << 0;
/** The first required makes the second required. */
export const FIRST_MAKES_THEN = 1 << 1;
/** The second required makes the first required; a second that cannot migrate keeps the first from it. */
export const THEN_MAKES_FIRST = 1 << 2;
/** The same, but only where the second's resource is promoted. */
export const PROMOTED_THEN_MAKES_FIRST = 1 << 3;
/** The first not runnable makes the second not runnable. */
export const BLOCKS = 1 << 4;
/** The first is part of the second's live migration. */
export const MIGRATES = 1 << 5;
/** The first not runnable makes the second a real action again. */
export const ELSE = 1 << 6;
/** FIRST_MAKES_THEN for collectives, on the first's node alone. */
export const FIRST_MAKES_THEN_HERE = 1 << 7;
/** Nothing where the first is not runnable though its resource is active; else BLOCKS. */
export const NESTED_PROBE = 1 << 8;
/** Stop and start of one restart. */
export const RESTART = 1 << 9;
export const SERIAL = 1 << 10;
/** Only where both are on one node. */
export const SAME_NODE = 1 << 11;
/** The second required puts the first into the graph. */
export const THEN_SHOWS_FIRST = 1 << 12;
/** The first required and runnable puts the second into the graph. */
export const FIRST_SHOWS_THEN = 1 << 13;
/** Somebody wrote an order that holds in one direction only. */
export const ASYMMETRIC = 1 << 14;
/** Only towards the node that the second's resource goes to. */
export const TARGET_NODE = 1 << 15;
/** One of several, of which enough must be runnable. */
export const MIN_RUNNABLE = 1 << 16;
/** Only where the first is required and both are on one node. */
export const REQUIRED_SAME_NODE = 1 << 17;
/** Made by the cluster for its guests. */
export const GUEST = 1 << 18;
/** The second required makes the first optional. */
export const CANCELS = 1 << 19;
/** Only where the first does not migrate. */
export const UNLESS_MIGRATING = 1 << 20;

/**
 * `first` before `then`. Nothing where the two are already related by any of these flags (B4.2.1).
 * True: something was added.
 */
export function relate(
  first: Action | undefined,
  then: Action | undefined,
  flags: number,
): boolean {
  if (first === undefined || then === undefined || flags === 0) return false;
  const known = first.related.get(then) ?? 0;
  if ((known & flags) !== 0) return false;
  first.related.set(then, known | flags);
  first.after.push({ action: then, flags });
  then.before.push({ action: first, flags });
  return true;
}
