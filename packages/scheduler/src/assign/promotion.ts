/** Which instances of a promotable clone are promoted (A4.9). */
import { INFINITY, MINUS_INFINITY } from '@holdfast/base';
import { readScore } from '@holdfast/cib';
import {
  add,
  addScoreEverywhere,
  type ClusterNode,
  type ClusterResource,
  isAvailable,
  primitivesOf,
  rankOf,
  stableMergeSort,
} from '@holdfast/status';
import { attributeNode } from '../constraints/locations.ts';
import { isHeld } from '../constraints/tickets.ts';
import type { Work } from '../work/work.ts';
import { applyColocation, nextRoleOf } from './apply-colocation.ts';
import { dependentsFor, hasInfluence, primariesFor } from './colocation-lists.ts';
import { compareInstances } from './instance-order.ts';
import { placeOf } from './matching.ts';
import { merged } from './merge.ts';
import { settleRoles } from './promotion-roles.ts';
import { roleOf } from './roles.ts';

const INFINITE = 1_000_000;

/** A4.9.1: what would like to be promoted there would like to be there. */
export function addPromotionScores(work: Work, clone: ClusterResource): void {
  if (work.promotionAdded.has(clone)) return;
  work.promotionAdded.add(clone);
  for (const instance of clone.children) {
    for (const entry of instance.allowed.values()) {
      if (!isAvailable(entry.node)) continue;
      const { score } = promotionScore(instance, entry.node);
      if (score <= 0) continue;
      entry.score = add(entry.score, score);
      work.explainer?.term(instance, entry.node, score, 'promotion score');
      if (score > instance.priority) instance.priority = score;
    }
  }
}

type PromotionScore = { readonly score: number; readonly isDefault: boolean };

/** A cloned group: the sum of its members. */
export function promotionScore(resource: ClusterResource, node: ClusterNode): PromotionScore {
  if (resource.children.length === 0) return primitiveScore(resource, node);
  let score = 0;
  let isDefault = true;
  for (const member of resource.children) {
    const own = promotionScore(member, node);
    score += own.score;
    if (!own.isDefault) isDefault = false;
  }
  return { score, isDefault };
}

const NO_SCORE: PromotionScore = { score: 0, isDefault: true };

function primitiveScore(resource: ClusterResource, node: ClusterNode): PromotionScore {
  if (!applies(resource, node)) return NO_SCORE;
  const name = resource.historyName ?? resource.id;
  const which = resource.isAssigned ? 'assigned' : 'current';
  const attributes = attributeNode(resource, node, which)?.attributes;
  let text = attributes?.get(`master-${name}`);
  if (text === undefined && !resource.isUnique) {
    text = attributes?.get(`master-${name.replace(/:\d+$/, '')}`);
  }
  return text === undefined ? NO_SCORE : { score: readScore(text) ?? 0, isDefault: false };
}

/** Is what the node says of the resource about this instance (A4.9.1)? */
function applies(resource: ClusterResource, node: ClusterNode): boolean {
  const isKnown = isSpokenFor(resource, node);
  if (!isKnown) return false;
  const entry = resource.allowed.get(node.id);
  return entry !== undefined && entry.score >= 0;
}

function isSpokenFor(resource: ClusterResource, node: ClusterNode): boolean {
  if (!resource.isUnique) {
    const siblings = siblingsOf(resource);
    const active = siblings.find((each) => each.active.includes(node));
    if (active === resource) return true;
    if (active === undefined && siblings.some((each) => each.known.has(node))) return true;
  }
  if (resource.active.length === 0 && resource.known.size === 0) return true;
  return resource.known.has(node) || resource.active.includes(node);
}

/** The same member in every instance of its clone. */
function siblingsOf(resource: ClusterResource): readonly ClusterResource[] {
  let clone = resource.parent;
  while (clone !== undefined && clone.variant !== 'clone') clone = clone.parent;
  if (clone === undefined) return [resource];
  const found: ClusterResource[] = [];
  for (const instance of clone.children) {
    for (const part of primitivesOf(instance)) if (part.xmlId === resource.xmlId) found.push(part);
  }
  return found;
}

export function choosePromoted(work: Work, clone: ClusterResource): void {
  work.choosingRoles.add(clone);
  for (const instance of clone.children) setInitialPriority(work, clone, instance);
  combine(work, clone);
  for (const { ticket, role } of work.ticketsOf.get(clone) ?? []) {
    if (role !== 'Promoted' || isHeld(work, ticket)) continue;
    addScoreEverywhere(work.cluster, clone, MINUS_INFINITY);
  }
  for (const instance of clone.children) setFinalPriority(clone, instance);
  clone.children = stableMergeSort(clone.children, (a, b) => comparePromotion(work, clone, a, b));
  settleRoles(work, clone);
}

/** A4.9.2. */
function setInitialPriority(work: Work, clone: ClusterResource, instance: ClusterResource): void {
  becomeUnpromoted(instance);
  const node = placeOf(instance, false);
  if (node === undefined) return;
  const next = nextRoleOf(instance);
  if (next === 'Started' || next === 'Unknown') {
    const { score, isDefault } = promotionScore(instance, node);
    instance.priority = isDefault ? -1 : score;
  } else if (next !== 'Promoted') {
    instance.priority = MINUS_INFINITY;
  }
  for (const owner of [instance, clone]) {
    for (const { role, scores } of work.locationsOf.get(owner) ?? []) {
      const score = role === 'Promoted' ? scores.get(node) : undefined;
      if (score !== undefined) instance.priority = add(instance.priority, score);
    }
  }
  for (const via of primariesFor(work, instance)) {
    applyColocation(work, instance, via.primary, via);
  }
  instance.promotionPriority = next === 'Promoted' ? INFINITY : instance.priority;
}

/** What runs in a promotable clone, and is not promoted. */
function becomeUnpromoted(resource: ClusterResource): void {
  if (resource.role === 'Started') resource.role = 'Unpromoted';
  for (const child of resource.children) becomeUnpromoted(child);
}

/** A4.9.3: the instances' wishes, and those of whoever wants to be with the promoted one. */
function combine(work: Work, clone: ClusterResource): void {
  if (work.promotionCombined.has(clone)) return;
  work.promotionCombined.add(clone);
  work.merging.add(clone);
  for (const instance of clone.children) {
    const node = placeOf(instance, false);
    const entry = node === undefined ? undefined : clone.allowed.get(node.id);
    if (entry === undefined || instance.promotionPriority < 0) continue;
    entry.score = add(entry.score, instance.promotionPriority);
  }
  for (const via of dependentsFor(work, clone)) {
    if (via.primaryRole !== 'Promoted' || !hasInfluence(via)) continue;
    clone.allowed = merged(work, clone.allowed, {
      source: via.dependent,
      via,
      factor: Math.fround(via.score / INFINITE),
      target: clone,
      isActive: true,
      isNonNegative: true,
    });
  }
  work.merging.delete(clone);
}

function setFinalPriority(clone: ClusterResource, instance: ClusterResource): void {
  const node = placeOf(instance, false);
  if (!instance.isManaged && nextRoleOf(instance) === 'Promoted') {
    instance.promotionPriority = INFINITY;
  } else if (node === undefined) {
    instance.promotionPriority = MINUS_INFINITY;
  } else if (instance.promotionPriority >= 0) {
    instance.promotionPriority = clone.allowed.get(node.id)?.score ?? 0;
  }
}

function comparePromotion(
  work: Work,
  clone: ClusterResource,
  a: ClusterResource,
  b: ClusterResource,
): number {
  if (a.promotionPriority !== b.promotionPriority) return b.promotionPriority - a.promotionPriority;
  const roles = rankOf(roleOf(b)) - rankOf(roleOf(a));
  return roles === 0 ? compareInstances(work, clone, a, b) : roles;
}
