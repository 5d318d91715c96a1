/** Stage 4, second half: what one unit's move means for those ordered behind or before it (B4). */
import { means, type Ordering } from './constraints.ts';
import type { UnitPlan } from './unit-plan.ts';
import type { Situation } from './situation.ts';

/**
 * Until nothing changes any more: whoever must run behind another is stopped with it, and does not
 * start where it does not. A plan can change a few times only, so the rounds come to an end.
 */
export function spread(situation: Situation, plans: readonly UnitPlan[]): void {
  const { orderings } = situation.constraints;
  for (let round = 0; round <= 4 * plans.length; round += 1) {
    const hasChanged = orderings
      .filter(isAboutRunning)
      .map((ordering) => followAll(situation, plans, ordering))
      .some((has) => has);
    if (!hasChanged) return;
  }
}

function isAboutRunning({ isMandatory, firstTask, thenTask }: Ordering): boolean {
  return isMandatory && firstTask === 'start' && thenTask === 'start';
}

function followAll(situation: Situation, plans: readonly UnitPlan[], ordering: Ordering): boolean {
  let hasChanged = false;
  for (const [first, then] of orderedPairs(situation, plans, ordering)) {
    if (!isSameNode(first, then)) continue;
    hasChanged = follow(first, then, ordering.isSymmetrical) || hasChanged;
  }
  return hasChanged;
}

/** Everything an ordering speaks of, pair by pair. */
export function orderedPairs(
  { cib }: Situation,
  plans: readonly UnitPlan[],
  ordering: Ordering,
): readonly (readonly [UnitPlan, UnitPlan])[] {
  const { tags } = cib.configuration;
  const named = (name: string): readonly UnitPlan[] =>
    plans.filter(({ unit }) => means(name, unit, tags));
  const thens = named(ordering.then);
  return named(ordering.first).flatMap((first) =>
    thens.filter((then) => then !== first).map((then) => [first, then] as const),
  );
}

/** Instances of two clones need each other node by node. */
function isSameNode({ unit: first }: UnitPlan, { unit: then }: UnitPlan): boolean {
  return first.onlyOn === undefined || then.onlyOn === undefined || first.onlyOn === then.onlyOn;
}

function follow(first: UnitPlan, then: UnitPlan, isSymmetrical: boolean): boolean {
  const hasDropped = dropStart(first, then);
  if (!isSymmetrical) return hasDropped;
  const hasHeld = holdStop(first, then);
  return stopWith(first, then) || hasHeld || hasDropped;
}

/** Nothing starts behind what neither runs nor starts. */
function dropStart(first: UnitPlan, then: UnitPlan): boolean {
  if (then.start === undefined || first.start !== undefined || first.keeps !== undefined)
    return false;
  if (first.isFrozen && first.isActive && !first.isUnsettled) return false;
  then.start = undefined;
  then.why = first.isUnsettled
    ? waits(then, first)
    : `${then.unit.id} cannot run without ${first.unit.id}`;
  return true;
}

/** Nothing is stopped in front of something about which nothing can be decided yet. */
function holdStop(first: UnitPlan, then: UnitPlan): boolean {
  if (first.stops.length === 0 || !(then.isUnsettled || then.isHeld)) return false;
  first.stops = [];
  first.start = undefined;
  first.isHeld = true;
  first.why = waits(first, then);
  return true;
}

/** What runs behind something that stops is stopped before it, and started again behind it. */
function stopWith(first: UnitPlan, then: UnitPlan): boolean {
  if (then.keeps === undefined || first.isFrozen || first.isHeld) return false;
  const isStopping = first.stops.length > 0 || first.impliedStops.length > 0;
  const isDown = first.keeps === undefined && first.start === undefined;
  if (!isStopping && !isDown) return false;
  then.stops = [then.keeps];
  then.start = first.start === undefined ? undefined : then.keeps;
  then.keeps = undefined;
  then.why = `${then.unit.id} is stopped because ${first.unit.id}, before it, is`;
  return true;
}

function waits({ unit }: UnitPlan, { unit: other }: UnitPlan): string {
  return `${unit.id} waits: nothing is settled about ${other.id}`;
}
