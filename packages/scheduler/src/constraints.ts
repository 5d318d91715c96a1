/** Stage 2: constraints as plain tables of pairs, sets expanded (A4.4, B4). */
import { type EpochMs, INFINITY, type Score, ZERO } from '@holdfast/base';
import {
  type Cib,
  type ColocationConstraint,
  type LocationConstraint,
  matches,
  type OrderConstraint,
  type ResourceSet,
} from '@holdfast/cib';
import { type NodeReading, parseScoreText } from '@holdfast/status';
import type { Unit } from './units.ts';

export type Colocation = {
  readonly id: string;
  readonly dependent: string;
  readonly primary: string;
  readonly score: Score;
};

export type Ordering = {
  readonly id: string;
  readonly first: string;
  readonly firstTask: string;
  readonly then: string;
  readonly thenTask: string;
  /** Mandatory: `then` may not run without `first`. Optional: only if both happen. */
  readonly isMandatory: boolean;
  readonly isSymmetrical: boolean;
};

export type Constraints = {
  readonly colocations: readonly Colocation[];
  readonly orderings: readonly Ordering[];
  readonly locations: readonly LocationConstraint[];
};

/** By tag: what carries it. */
export type Tags = ReadonlyMap<string, readonly string[]>;

export function readConstraintTables(cib: Cib, units: readonly Unit[]): Constraints {
  const colocations: Colocation[] = [];
  const orderings: Ordering[] = [];
  const locations: LocationConstraint[] = [];
  for (const constraint of cib.configuration.constraints) {
    switch (constraint.kind) {
      case 'location':
        locations.push(constraint);
        break;
      case 'colocation':
        colocations.push(...colocationsOf(constraint));
        break;
      case 'order':
        orderings.push(...orderingsOf(constraint));
        break;
      case 'ticket':
        break;
    }
  }
  return {
    colocations: [...colocations, ...groupColocations(units)],
    orderings: [...orderings, ...groupOrderings(units)],
    locations,
  };
}

function colocationsOf({ id, score, what }: ColocationConstraint): readonly Colocation[] {
  if (what.kind === 'pair')
    return [{ id, score, dependent: what.dependent, primary: what.primary }];
  const inside = what.sets.flatMap((set) => insideSet(id, set, set.score ?? score));
  const between = what.sets
    .slice(1)
    .flatMap((later, index) => betweenSets(id, score, what.sets[index], later));
  return [...inside, ...between].filter((each) => each.score !== ZERO);
}

/** Members of one set: each goes where the one before it is; apart: each from all before it (A4.2.12). */
function insideSet(id: string, set: ResourceSet, score: Score): readonly Colocation[] {
  if (score >= 0) {
    const isTurned = set.ordering !== undefined && set.ordering !== 'group';
    return pairsOf(set).map(([before, after]) =>
      isTurned
        ? { id, score, dependent: before, primary: after }
        : { id, score, dependent: after, primary: before },
    );
  }
  if (!set.sequential) return [];
  return set.resources.flatMap((dependent, index) =>
    set.resources.slice(0, index).map((primary) => ({ id, score, dependent, primary })),
  );
}

/** The earlier set goes where the later one is. */
function betweenSets(
  id: string,
  score: Score,
  earlier: ResourceSet | undefined,
  later: ResourceSet,
): readonly Colocation[] {
  if (earlier === undefined) return [];
  const dependents = earlier.sequential ? earlier.resources.slice(0, 1) : earlier.resources;
  const primaries = later.sequential ? later.resources.slice(-1) : later.resources;
  return dependents.flatMap((dependent) =>
    primaries.map((primary) => ({ id, score, dependent, primary })),
  );
}

function orderingsOf({ id, orderKind, symmetrical, what }: OrderConstraint): readonly Ordering[] {
  const common = {
    id,
    isMandatory: orderKind === 'Mandatory',
    isSymmetrical: symmetrical ?? orderKind !== 'Serialize',
  };
  if (what.kind === 'pair') {
    const { first, firstAction, then, thenAction } = what;
    return [{ ...common, first, firstTask: firstAction, then, thenTask: thenAction }];
  }
  return setOrder(what.sets).map(([first, then]) => ({
    ...common,
    first,
    firstTask: 'start',
    then,
    thenTask: 'start',
  }));
}

function pairsOf(set: ResourceSet): readonly (readonly [string, string])[] {
  if (!set.sequential) return [];
  return set.resources
    .slice(1)
    .map((resource, index) => [set.resources[index] ?? resource, resource] as const);
}

function setOrder(sets: readonly ResourceSet[]): readonly (readonly [string, string])[] {
  const inside = sets.flatMap(pairsOf);
  const between = sets.slice(1).flatMap((set, index) => {
    const before = sets[index]?.resources ?? [];
    return set.resources.flatMap((then) => before.map((first) => [first, then] as const));
  });
  return [...inside, ...between];
}

/** Members of a group go together and one after another. */
function groupOrderings(units: readonly Unit[]): readonly Ordering[] {
  return neighbours(units).map(([before, after]) => ({
    id: `group ${after.group ?? ''}`,
    first: before.id,
    firstTask: 'start',
    then: after.id,
    thenTask: 'start',
    isMandatory: true,
    isSymmetrical: true,
  }));
}

function groupColocations(units: readonly Unit[]): readonly Colocation[] {
  return neighbours(units).map(([before, after]) => ({
    id: `group ${after.group ?? ''}`,
    score: INFINITY,
    dependent: after.id,
    primary: before.id,
  }));
}

function neighbours(units: readonly Unit[]): readonly (readonly [Unit, Unit])[] {
  const last = new Map<string, Unit>();
  const pairs: (readonly [Unit, Unit])[] = [];
  for (const unit of units) {
    if (unit.group === undefined) continue;
    const before = last.get(unit.group);
    if (before !== undefined) pairs.push([before, unit]);
    last.set(unit.group, unit);
  }
  return pairs;
}

/** Does a constraint that names `name` mean this unit? */
export function means(name: string, unit: Unit, tags: Tags): boolean {
  if (name === unit.id || name === unit.historyId || unit.parents.includes(name)) return true;
  return (tags.get(name) ?? []).some(
    (id) => id === unit.id || id === unit.historyId || unit.parents.includes(id),
  );
}

/**
 * Does a constraint about places that names `name` count for this unit? A group goes as one: what names
 * it counts once, for its first or its last member (A4.2.10, A4.6.12).
 */
export function meansInPlacing(
  name: string,
  unit: Unit,
  tags: Tags,
  end: 'first' | 'last',
): boolean {
  const isEnd = end === 'first' ? unit.isFirst : unit.isLast;
  return [name, ...(tags.get(name) ?? [])].some(
    (id) => id === unit.id || id === unit.historyId || (isEnd && unit.parents.includes(id)),
  );
}

/** What a location constraint gives a unit on a node; undefined: it says nothing about it. */
export function locationScore(
  constraint: LocationConstraint,
  unit: Unit,
  node: NodeReading,
  { tags, now }: { readonly tags: Tags; readonly now: EpochMs },
): Score | undefined {
  const about = aboutUnit(constraint, unit, tags);
  if (about === undefined) return undefined;
  const given = scoreOnNode(constraint, node, about.setScore, now);
  if (given === undefined || about.isWhole) return given;
  // The group is let in where it is listed; the score itself counts once, for its first member.
  return ZERO;
}

type About = { readonly isWhole: boolean; readonly setScore: Score | undefined };

function aboutUnit({ what }: LocationConstraint, unit: Unit, tags: Tags): About | undefined {
  const byName = (id: string, setScore: Score | undefined): About | undefined =>
    means(id, unit, tags)
      ? { isWhole: meansInPlacing(id, unit, tags, 'first'), setScore }
      : undefined;
  switch (what.kind) {
    case 'resource':
      return byName(what.id, undefined);
    case 'sets':
      return what.sets
        .flatMap((set) => set.resources.map((id) => byName(id, set.score)))
        .find((found) => found !== undefined);
    case 'pattern':
      return matchesPattern(what.pattern, unit.parents.at(-1) ?? unit.historyId)
        ? { isWhole: unit.isFirst, setScore: undefined }
        : undefined;
  }
}

function scoreOnNode(
  { node: named, role, rules, score }: LocationConstraint,
  node: NodeReading,
  setScore: Score | undefined,
  now: EpochMs,
): Score | undefined {
  if (!isAnyRole(role)) return undefined;
  const [rule] = rules;
  if (rule === undefined) return named === node.name ? (setScore ?? score ?? ZERO) : undefined;
  if (!isAnyRole(rule.role) || !matches(rule, { nodeAttributes: node.attributes, now }))
    return undefined;
  if (rule.scoreAttribute === undefined) return setScore ?? parseScoreText(rule.score);
  const text = node.attributes.get(rule.scoreAttribute);
  return text === undefined ? undefined : parseScoreText(text);
}

/** Constraints for promoted instances say nothing about where something is merely started (A4.2.10). */
function isAnyRole(role: string | undefined): boolean {
  return role === undefined || ['Started', 'Unpromoted', 'Slave'].includes(role);
}

/** Searched in the id; `!` in front turns it round (A4.2.7). */
function matchesPattern(pattern: string, id: string): boolean {
  const isInverted = pattern.startsWith('!');
  try {
    return new RegExp(isInverted ? pattern.slice(1) : pattern).test(id) !== isInverted;
  } catch {
    return false;
  }
}
