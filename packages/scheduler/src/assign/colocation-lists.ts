/** Which colocations count when a resource is placed: its own, and those of what it is part of (A4.6.1 to A4.6.4). */
import { type ClusterResource, insertSorted } from '@holdfast/status';
import { compareDependents, comparePrimaries } from '../constraints/colocations.ts';
import type { Colocation, Work } from '../work/work.ts';

const INFINITE = 1_000_000;

type Side = {
  readonly own: (resource: ClusterResource) => readonly Colocation[];
  readonly compare: (a: Colocation, b: Colocation) => number;
  /** The member of a group that speaks for it. */
  readonly speaker: (group: ClusterResource) => ClusterResource | undefined;
};

/** What the resource is to be with, in the order in which it is asked. */
export function primariesFor(work: Work, asker: ClusterResource): readonly Colocation[] {
  return contributionsFor(work, asker, {
    own: (resource) => work.primariesOf.get(resource) ?? [],
    compare: comparePrimaries,
    speaker: ({ children }) => children[0],
  });
}

/** What is to be with the resource. */
export function dependentsFor(work: Work, asker: ClusterResource): readonly Colocation[] {
  return contributionsFor(work, asker, {
    own: (resource) => work.dependentsOf.get(resource) ?? [],
    compare: compareDependents,
    speaker: ({ children }) => children.at(-1),
  });
}

function contributionsFor(work: Work, asker: ClusterResource, side: Side): readonly Colocation[] {
  const list: Colocation[] = [];
  contribute(work, asker, asker, list, side);
  return list;
}

function contribute(
  work: Work,
  resource: ClusterResource,
  asker: ClusterResource,
  list: Colocation[],
  side: Side,
): void {
  const { parent, variant } = resource;
  switch (variant) {
    case 'primitive':
      addList(list, side.own(resource), side);
      if (parent !== undefined) contribute(work, parent, asker, list, side);
      return;
    case 'group':
      contributeGroup(work, resource, asker, list, side);
      return;
    case 'clone':
      addList(list, side.own(resource), side);
      if (parent !== undefined) contribute(work, parent, asker, list, side);
      return;
    case 'bundle':
      if (speaksForBundle(work, resource, asker)) addList(list, side.own(resource), side);
  }
}

/** A list joins a list that is not empty by its first member, as often as it is long: so does the reference (A4.6.3). */
function addList(list: Colocation[], from: readonly Colocation[], side: Side): void {
  const [first] = from;
  if (first === undefined) return;
  if (list.length === 0) {
    list.push(...from);
    return;
  }
  for (let count = 0; count < from.length; count += 1) insertSorted(list, first, side.compare);
}

function contributeGroup(
  work: Work,
  group: ClusterResource,
  asker: ClusterResource,
  list: Colocation[],
  side: Side,
): void {
  const speaker = side.speaker(group);
  if (asker === group || asker === speaker) {
    addList(list, side.own(group), side);
    if (group.parent !== undefined) contribute(work, group.parent, asker, list, side);
    if (!group.isCollocated) return;
    for (const member of group.children) {
      if (member === speaker) continue;
      for (const each of side.own(member)) {
        if (each.isExplicit) insertSorted(list, each, side.compare);
      }
    }
    return;
  }
  if (speaker !== group.children[0] || !followsUnmanaged(group, asker)) return;
  for (const each of side.own(group)) {
    if (each.score === INFINITE) insertSorted(list, each, side.compare);
  }
}

function followsUnmanaged({ children }: ClusterResource, asker: ClusterResource): boolean {
  const earlier = children.slice(0, Math.max(0, children.indexOf(asker)));
  return earlier.some(({ isManaged }) => !isManaged);
}

function speaksForBundle(work: Work, bundle: ClusterResource, asker: ClusterResource): boolean {
  if (asker === bundle) return true;
  if (bundle.replicas.some(({ container }) => container === asker)) return true;
  const { innerClone } = bundle;
  if (innerClone === undefined) return false;
  if (asker === innerClone) return innerClone.isPromotable && work.choosingRoles.has(innerClone);
  for (let each: ClusterResource | undefined = asker; each !== undefined; each = each.parent) {
    if (each === innerClone) return asker.isAssigned;
  }
  return false;
}

/** Does the dependent's liking move the primary (A4.6.4)? */
export function hasInfluence(
  { dependent, primary, hasInfluence: isInfluential }: Colocation,
  of: ClusterResource = primary,
): boolean {
  const isFixed = dependent.isNestingAllowed && !of.isFailed && of.active.length === 1;
  if (isFixed) return false;
  return isInfluential || of.active.length === 0;
}
