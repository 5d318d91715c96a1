/** Colocation constraints, simple ones and sets (A4.2.11 to A4.2.14). */
import {
  type ColocationConstraint,
  parseBoolean,
  parseRole,
  type ResourceSet,
} from '@holdfast/cib';
import { type AnyRole, type ClusterResource, insertSorted, variantRank } from '@holdfast/status';
import type { Colocation, Work } from '../work/work.ts';
import { orderAgainstEachOther } from './anti-orders.ts';
import { resolve, resourcesOfSet, unorderedSet } from './references.ts';

const INFINITE = 1_000_000;

export function readColocation(work: Work, constraint: ColocationConstraint): void {
  const { what } = constraint;
  if (what.kind === 'sets') {
    readSets(work, constraint, what.sets);
    return;
  }
  const [dependent, primary] = [what.dependent, what.primary].map((name) =>
    resolve(work.cluster, name),
  );
  if (dependent === undefined || primary === undefined) return;
  if (dependent.kind === 'resource' && primary.kind === 'resource') {
    addColocation(work, {
      id: constraint.id,
      dependent: dependent.resource,
      primary: primary.resource,
      dependentRole: roleOf(what.dependentRole),
      primaryRole: roleOf(what.primaryRole),
      score: constraint.score,
      attribute: constraint.nodeAttribute ?? '#uname',
      hasInfluence: influenceOf(constraint, dependent.resource),
      isExplicit: true,
    });
    return;
  }
  if (dependent.kind === 'several' && primary.kind === 'several') return;
  const sets = [
    { ...expand(what.dependent, dependent), role: what.dependentRole },
    { ...expand(what.primary, primary), role: what.primaryRole },
  ];
  readSets(work, constraint, sets);
}

function expand(name: string, named: NonNullable<ReturnType<typeof resolve>>): ResourceSet {
  if (named.kind === 'several') return unorderedSet(name, named.names);
  return { ...unorderedSet(name, [name]), sequential: true };
}

/** Started is the same as no role (A4.2.11). */
export function roleOf(text: string | undefined): AnyRole | undefined {
  const role = parseRole(text);
  return role === 'Started' ? undefined : role;
}

export function influenceOf(
  { influence }: Pick<ColocationConstraint, 'influence'>,
  dependent: ClusterResource,
): boolean {
  return parseBoolean(influence) ?? dependent.isCritical;
}

type Side = { readonly resource: ClusterResource; readonly role: AnyRole | undefined };

function readSets(
  work: Work,
  constraint: ColocationConstraint,
  sets: readonly ResourceSet[],
): void {
  const members = sets.map((set) => resourcesOfSet(work.cluster, set));
  if (members.includes(undefined)) return;
  for (const [index, set] of sets.entries()) {
    const own = members[index] ?? [];
    within(work, constraint, set, own);
    const earlier = sets[index - 1];
    if (earlier !== undefined) {
      between(work, constraint, { set: earlier, own: members[index - 1] ?? [] }, { set, own });
    }
  }
}

function within(
  work: Work,
  constraint: ColocationConstraint,
  set: ResourceSet,
  own: readonly ClusterResource[],
): void {
  const score = set.score ?? constraint.score;
  if (score === 0 || !set.sequential) return;
  const role = roleOf(set.role);
  const pair = (dependent: ClusterResource, primary: ClusterResource, influence: boolean): void => {
    addColocation(work, {
      id: set.id,
      dependent,
      primary,
      dependentRole: role,
      primaryRole: role,
      score,
      attribute: '#uname',
      hasInfluence: influence,
      isExplicit: true,
    });
  };
  for (const [index, member] of own.entries()) {
    const influence = influenceOf(constraint, member);
    if (score < 0) {
      for (const earlier of own.slice(0, index)) pair(member, earlier, influence);
      continue;
    }
    const previous = own[index - 1];
    if (previous === undefined) continue;
    const isReversed = set.ordering !== undefined && set.ordering !== 'group';
    if (isReversed) pair(previous, member, influence);
    else pair(member, previous, influence);
  }
}

type SetOf = { readonly set: ResourceSet; readonly own: readonly ClusterResource[] };

/** The earlier set depends on the later one. */
function between(work: Work, constraint: ColocationConstraint, earlier: SetOf, later: SetOf): void {
  if (constraint.score === 0) return;
  const dependents = earlier.set.sequential ? earlier.own.slice(0, 1) : earlier.own;
  const primaries = later.set.sequential ? later.own.slice(-1) : later.own;
  const sides = (resources: readonly ClusterResource[], { role }: ResourceSet): readonly Side[] =>
    resources.map((resource) => ({ resource, role: roleOf(role) }));
  for (const dependent of sides(dependents, earlier.set)) {
    for (const primary of sides(primaries, later.set)) {
      addColocation(work, {
        id: constraint.id,
        dependent: dependent.resource,
        primary: primary.resource,
        dependentRole: dependent.role,
        primaryRole: primary.role,
        score: constraint.score,
        attribute: '#uname',
        hasInfluence: influenceOf(constraint, dependent.resource),
        isExplicit: true,
      });
    }
  }
}

export function addColocation(work: Work, colocation: Colocation): void {
  const { score, dependent, primary } = colocation;
  if (score === 0 || dependent === primary) return;
  insert(work.primariesOf, dependent, colocation, comparePrimaries);
  insert(work.dependentsOf, primary, colocation, compareDependents);
  if (score <= -INFINITE) orderAgainstEachOther(work, colocation);
}

function insert(
  lists: Map<ClusterResource, Colocation[]>,
  key: ClusterResource,
  colocation: Colocation,
  compare: (a: Colocation, b: Colocation) => number,
): void {
  let list = lists.get(key);
  if (list === undefined) {
    list = [];
    lists.set(key, list);
  }
  insertSorted(list, colocation, compare);
}

export function comparePrimaries(a: Colocation, b: Colocation): number {
  return compareResources(a.primary, b.primary);
}

export function compareDependents(a: Colocation, b: Colocation): number {
  return compareResources(a.dependent, b.dependent);
}

/** Higher priority, greater kind, promotable, then the id (A4.2.14). */
function compareResources(a: ClusterResource, b: ClusterResource): number {
  if (a.priority !== b.priority) return b.priority - a.priority;
  if (a.variant !== b.variant) return variantRank(b) - variantRank(a);
  if (a.variant === 'clone' && a.isPromotable !== b.isPromotable) return a.isPromotable ? -1 : 1;
  return a.id < b.id ? -1 : Number(a.id > b.id);
}
