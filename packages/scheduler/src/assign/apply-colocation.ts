/** What one colocation does to a resource that is being placed, or chosen for a role (A4.6.9 to A4.6.13). */
import { MINUS_INFINITY } from '@holdfast/base';
import {
  add,
  type AnyRole,
  type ClusterNode,
  type ClusterResource,
  copyTable,
  rankOf,
  topOf,
} from '@holdfast/status';
import type { Colocation, Work } from '../work/work.ts';
import { forbidElsewhere, placeNowhere } from './colocation-bans.ts';
import { applyWithBundle } from './colocation-with-bundle.ts';
import { isBlocked, matchingInstance, placeOf } from './matching.ts';
import { hasUsable, keyOfValue, roleOwner, sameValue, valueOn } from './values.ts';

const INFINITE = 1_000_000;

/** What it adds to the promotion priority of `dependent`. */
export function applyColocation(
  work: Work,
  dependent: ClusterResource,
  primary: ClusterResource,
  via: Colocation,
): number {
  switch (dependent.variant) {
    case 'primitive':
      return applyToPrimitive(work, dependent, primary, via);
    case 'group': {
      if (dependent.isCollocated) {
        const [first] = dependent.children;
        const delta = first === undefined ? 0 : applyColocation(work, first, primary, via);
        dependent.priority = add(dependent.priority, delta);
        return delta;
      }
      if (Math.abs(via.score) >= INFINITE && via.score > 0) return 0;
      for (const member of dependent.children) applyColocation(work, member, primary, via);
      return 0;
    }
    case 'clone':
    case 'bundle':
      return 0;
  }
}

function applyToPrimitive(
  work: Work,
  dependent: ClusterResource,
  primary: ClusterResource,
  via: Colocation,
): number {
  switch (primary.variant) {
    case 'primitive':
      return applyPair(work, dependent, primary, via);
    case 'group':
      return applyWithGroup(work, dependent, primary, via);
    case 'clone':
      return applyWithClone(work, dependent, primary, via);
    case 'bundle':
      applyWithBundle(work, dependent, primary, via, (container) => {
        applyToPrimitive(work, dependent, container, via);
      });
      return 0;
  }
}

function applyWithGroup(
  work: Work,
  dependent: ClusterResource,
  group: ClusterResource,
  via: Colocation,
): number {
  if (!group.isAssigned) return 0;
  if (!group.isCollocated) {
    if (via.score >= INFINITE) return 0;
    for (const member of group.children) applyToPrimitive(work, dependent, member, via);
    return 0;
  }
  const member = via.score >= INFINITE ? group.children.at(-1) : group.children[0];
  return member === undefined ? 0 : applyToPrimitive(work, dependent, member, via);
}

type Effect = 'nothing' | 'role' | 'location';

/** A4.6.9; `isPreview`: whatever was placed already (A4.11.4). */
export function effectOf(
  dependent: ClusterResource,
  primary: ClusterResource,
  { dependentRole, primaryRole }: Colocation,
  isPreview = false,
): Effect {
  if (!isPreview && !primary.isAssigned) return 'nothing';
  const owner = roleOwner(dependent);
  const isByRole = dependentRole === 'Unpromoted' || dependentRole === 'Promoted';
  if (isByRole && owner.parent !== undefined && topOf(owner).isPromotable && owner.isAssigned) {
    return 'role';
  }
  if (!isPreview && dependent.isAssigned) return 'nothing';
  if (dependentRole !== undefined && dependentRole !== owner.nextRole) return 'nothing';
  if (primaryRole !== undefined && primaryRole !== roleOwner(primary).nextRole) return 'nothing';
  return 'location';
}

function applyPair(
  work: Work,
  dependent: ClusterResource,
  primary: ClusterResource,
  via: Colocation,
): number {
  switch (effectOf(dependent, primary, via)) {
    case 'nothing':
      return 0;
    case 'location':
      applyToTable(work, dependent, primary, via);
      return 0;
    case 'role':
      return applyToPriority(dependent, primary, via);
  }
}

/** A4.6.10. */
function applyToTable(
  work: Work,
  dependent: ClusterResource,
  primary: ClusterResource,
  via: Colocation,
): void {
  const { score, attribute } = via;
  const at = primary.assigned?.node;
  if (at === undefined && score < 0) return;
  const value = at === undefined ? undefined : keyOfValue(valueOn(at, attribute, primary));
  const copy = copyTable(dependent.allowed);
  for (const entry of copy.values()) {
    if (at === undefined) entry.score = add(entry.score, -score);
    else if (keyOfValue(valueOn(entry.node, attribute, dependent)) === value) {
      if (score < INFINITE) entry.score = add(entry.score, score);
    } else if (score >= INFINITE) {
      entry.score = MINUS_INFINITY;
    }
  }
  if (Math.abs(score) < INFINITE && !hasUsable(copy.values())) return;
  explain(work, dependent, copy, via);
  dependent.allowed = copy;
}

function explain(
  { explainer }: Work,
  dependent: ClusterResource,
  copy: ClusterResource['allowed'],
  { id, primary }: Colocation,
): void {
  if (explainer === undefined) return;
  for (const { node, score } of copy.values()) {
    const before = dependent.allowed.get(node.id)?.score ?? 0;
    if (score === before) continue;
    const amount = Math.abs(score) >= INFINITE ? score : score - before;
    explainer.term(dependent, node, amount, `colocation ${id} with ${primary.id}`);
  }
}

/** A4.6.11: it adds to, or takes from, the wish to be promoted. */
function applyToPriority(
  dependent: ClusterResource,
  primary: ClusterResource,
  { score, attribute, dependentRole, primaryRole }: Colocation,
): number {
  const here = dependent.assigned?.node;
  const there = primary.assigned?.node;
  if (here === undefined) return 0;
  if (there !== undefined && primaryRole !== undefined) {
    if (primaryRole !== roleOwner(primary).nextRole) return 0;
  }
  const value = there === undefined ? undefined : valueOn(there, attribute, primary);
  let delta: number;
  if (sameValue(valueOn(here, attribute, dependent), value)) {
    delta = dependentRole === 'Unpromoted' ? -score : score;
  } else {
    if (score < INFINITE || dependentRole !== 'Promoted') return 0;
    delta = -score;
  }
  const owner = roleOwner(dependent);
  owner.priority = add(owner.priority, delta);
  return delta;
}

/** A4.6.12. */
function applyWithClone(
  work: Work,
  dependent: ClusterResource,
  clone: ClusterResource,
  via: Colocation,
): number {
  if (!clone.isAssigned) return 0;
  if (clone.isPromotable && via.primaryRole !== undefined) {
    if (!dependent.isAssigned) {
      applyByPromotion(dependent, clone, via);
      return 0;
    }
    if (via.dependentRole === 'Promoted') return applyRoleWithRole(work, dependent, clone, via);
  }
  if (isInterleaved(via, clone)) {
    const instance = matchingInstance(work, clone, dependent, { attribute: via.attribute });
    if (instance !== undefined) return applyToPrimitive(work, dependent, instance, via);
    if (via.score >= INFINITE) placeNowhere(work, dependent);
    return 0;
  }
  if (via.score >= INFINITE) {
    const nodes = new Set<ClusterNode>();
    for (const instance of clone.children) {
      const node = placeOf(instance, false);
      if (node !== undefined && !isBlocked(instance)) nodes.add(node);
    }
    forbidElsewhere(work, dependent, nodes, via);
    return 0;
  }
  for (const instance of clone.children) applyToPrimitive(work, dependent, instance, via);
  return 0;
}

/** Instances go together one by one where the dependent asks for it, and both have as many to a node. */
function isInterleaved({ dependent }: Colocation, primary: ClusterResource): boolean {
  const isCollective = dependent.variant === 'clone' || dependent.variant === 'bundle';
  return (
    isCollective &&
    dependent.isInterleaved &&
    dependent.instancesPerNode === primary.instancesPerNode
  );
}

/** A4.6.13: to be with what has, or gets, that role. */
function applyByPromotion(
  dependent: ClusterResource,
  clone: ClusterResource,
  via: Colocation,
): void {
  const affected = new Map<ClusterNode, number>();
  for (const instance of clone.children) {
    const node = placeOf(instance, false);
    if (node === undefined || nextRoleOf(instance) !== via.primaryRole) continue;
    if (via.score < INFINITE) {
      const value = valueOn(node, via.attribute, instance);
      for (const entry of dependent.allowed.values()) {
        if (!sameValue(valueOn(entry.node, via.attribute, dependent), value)) continue;
        entry.score = add(entry.score, via.score);
      }
    }
    affected.set(node, assignedScore(instance));
  }
  if (via.score < INFINITE) return;
  const areBothPromoted = via.dependentRole === 'Promoted' && via.primaryRole === 'Promoted';
  if (areBothPromoted) return;
  for (const entry of dependent.allowed.values()) {
    const score = affected.get(entry.node);
    entry.score = score === undefined ? MINUS_INFINITY : add(entry.score, score);
  }
}

/** The highest of its parts. */
export function nextRoleOf(resource: ClusterResource): AnyRole {
  if (resource.children.length === 0) return resource.nextRole;
  let highest: AnyRole = 'Unknown';
  for (const child of resource.children) {
    const role = nextRoleOf(child);
    if (rankOf(role) > rankOf(highest)) highest = role;
  }
  return highest;
}

function assignedScore(resource: ClusterResource): number {
  const [first] = resource.children;
  return first === undefined ? (resource.assigned?.score ?? 0) : assignedScore(first);
}

/** A4.9.5. */
function applyRoleWithRole(
  work: Work,
  dependent: ClusterResource,
  clone: ClusterResource,
  via: Colocation,
): number {
  const { attribute, primaryRole, score } = via;
  const found = matchingInstance(work, clone, dependent, { role: primaryRole, attribute });
  const owner = roleOwner(dependent);
  if (found !== undefined) {
    owner.priority = add(owner.priority, score);
    return score;
  }
  if (score < INFINITE) return 0;
  owner.priority = MINUS_INFINITY;
  return MINUS_INFINITY;
}
