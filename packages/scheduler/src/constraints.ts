/** Stage 2: constraints as plain tables of pairs, sets expanded (A4.4, B4). */
import { INFINITY, type Score, ZERO } from '@holdfast/base';
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
  return what.sets.flatMap((set) =>
    pairsOf(set).map(([primary, dependent]) => ({
      id,
      score: set.score ?? score,
      dependent,
      primary,
    })),
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
export function means(
  name: string,
  unit: Unit,
  tags: ReadonlyMap<string, readonly string[]>,
): boolean {
  if (name === unit.id || name === unit.historyId || unit.parents.includes(name)) return true;
  return (tags.get(name) ?? []).some(
    (id) => id === unit.id || id === unit.historyId || unit.parents.includes(id),
  );
}

/** What a location constraint gives a unit on a node; undefined: it says nothing about it. */
export function locationScore(
  constraint: LocationConstraint,
  node: NodeReading,
): Score | undefined {
  if (constraint.rules.length === 0) {
    return constraint.node === node.name ? (constraint.score ?? ZERO) : undefined;
  }
  const [rule] = constraint.rules;
  if (rule === undefined || !matches(rule, { nodeAttributes: node.attributes })) return undefined;
  const text =
    rule.scoreAttribute === undefined ? rule.score : node.attributes.get(rule.scoreAttribute);
  return parseScoreText(text);
}

export function locationMeans(
  constraint: LocationConstraint,
  unit: Unit,
  tags: ReadonlyMap<string, readonly string[]>,
): boolean {
  const { what } = constraint;
  switch (what.kind) {
    case 'resource':
      return means(what.id, unit, tags);
    case 'sets':
      return what.sets.some(({ resources }) => resources.some((id) => means(id, unit, tags)));
    case 'pattern':
      return matchesPattern(what.pattern, unit.id);
  }
}

function matchesPattern(pattern: string, id: string): boolean {
  try {
    return new RegExp(pattern).test(id);
  } catch {
    return false;
  }
}
