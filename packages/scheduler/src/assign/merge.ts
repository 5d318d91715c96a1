/** How the likings of what is colocated reach a table of nodes (A4.6.15, A4.6.16). */
import {
  add,
  type AllowedTable,
  type ClusterResource,
  copyTable,
  type Entry,
  isAvailable,
} from '@holdfast/status';
import type { Colocation, Location, Work } from '../work/work.ts';
import { dependentsFor, hasInfluence, primariesFor } from './colocation-lists.ts';
import { hasUsable, keyOfValue, valueOn } from './values.ts';

const INFINITE = 1_000_000;
/** Far below any score: not to be counted on while likings are gathered. */
const UNUSABLE = -100 * INFINITE;

export type Merge = {
  /** Whose likings. */
  readonly source: ClusterResource;
  /** By way of which constraint; undefined: the node itself counts. */
  readonly via: Colocation | undefined;
  readonly factor: number;
  /** Whose table. */
  readonly target: ClusterResource;
  readonly isNonNegative?: boolean;
  readonly isActive?: boolean;
  /** Follow what the source is to be with, instead of what is to be with it. */
  readonly followsPrimaries?: boolean;
};

/** `table` with the likings merged in; the same table where that would leave nothing, or leads in a circle. */
export function merged(work: Work, table: AllowedTable, merge: Merge): AllowedTable {
  const { source } = merge;
  if (work.merging.has(source)) return table;
  work.merging.add(source);
  const result =
    source.variant === 'group'
      ? mergedByMember(work, table, merge)
      : mergedHere(work, table, merge);
  work.merging.delete(source);
  return result;
}

function mergedByMember(work: Work, table: AllowedTable, merge: Merge): AllowedTable {
  const { source, followsPrimaries = false } = merge;
  const isStart = followsPrimaries && merge.via === undefined;
  const member = isStart ? source.children.at(-1) : source.children[0];
  return member === undefined ? table : merged(work, table, { ...merge, source: member });
}

function mergedHere(work: Work, table: AllowedTable, merge: Merge): AllowedTable {
  const { source, isActive = false } = merge;
  let copy = copyTable(table);
  if (merge.via !== undefined) addLikings(work, copy, merge, merge.via);
  if (hasUsable(copy.values())) {
    const further =
      merge.followsPrimaries === true ? primariesFor(work, source) : dependentsFor(work, source);
    for (const each of further) {
      if (merge.followsPrimaries !== true && !hasInfluence(each)) continue;
      copy = merged(work, copy, {
        ...merge,
        source: merge.followsPrimaries === true ? each.primary : each.dependent,
        via: each,
        factor: Math.fround(Math.fround(merge.factor * each.score) / INFINITE),
        isActive: true,
      });
    }
  } else if (isActive) {
    return table;
  }
  if (merge.isNonNegative === true) {
    for (const entry of copy.values()) if (entry.score === UNUSABLE) entry.score = 1;
  }
  return copy;
}

function addLikings(work: Work, copy: AllowedTable, merge: Merge, via: Colocation): void {
  const { source, target, factor, isNonNegative = false } = merge;
  const best = bestByValue(source, via, likingsOf(work, source, via));
  for (const entry of copy.values()) {
    const key = keyOfValue(valueOn(entry.node, via.attribute, target));
    const score = best.get(key) ?? -INFINITE;
    if (factor < 0 && score < 0 && !mayRepel(via, score)) continue;
    if (entry.score === UNUSABLE) continue;
    const sum = add(scaled(factor, score), entry.score);
    if (isNonNegative && sum < 0 && entry.score > 0) entry.score = UNUSABLE;
    else if (!(isNonNegative && sum < 0 && entry.score === 0)) entry.score = sum;
  }
}

/** The dependent's dislike of a node does not draw there what it must not meet, but for one case (trap 13). */
function mayRepel({ primary, dependent, ...via }: Colocation, score: number): boolean {
  if (primary.stickiness >= -score || !hasInfluence({ primary, dependent, ...via })) return false;
  let count = 0;
  for (const entry of dependent.allowed.values()) if (entry.score >= 0) count += 1;
  return count === 1;
}

/** Half away from zero; what is not nothing stays at least one. */
function scaled(factor: number, score: number): number {
  const product = Math.fround(factor * score);
  const rounded = Math.trunc(product + (product < 0 ? -0.5 : 0.5));
  if (rounded !== 0 || score === 0) return rounded;
  return factor > 0 ? 1 : factor < 0 ? -1 : 0;
}

function bestByValue(
  source: ClusterResource,
  { attribute }: Colocation,
  table: AllowedTable,
): ReadonlyMap<string | undefined, number> {
  const best = new Map<string | undefined, number>();
  for (const { node, score } of table.values()) {
    if (!isAvailable(node)) continue;
    const key = keyOfValue(valueOn(node, attribute, source));
    const known = best.get(key);
    if (known === undefined || score > known) best.set(key, score);
  }
  return best;
}

/** A later member of a group knows where the group is wanted only when it is asked for itself (A4.6.15). */
function likingsOf(work: Work, source: ClusterResource, via: Colocation): AllowedTable {
  const group = source.parent;
  const isLater =
    via.isExplicit &&
    via.dependent === source &&
    group?.variant === 'group' &&
    group.children[0] !== source;
  if (!isLater) return source.allowed;
  const copy = copyTable(source.allowed);
  for (const location of [...(work.locationsOf.get(group) ?? [])]) {
    applyInFull(copy, location, source);
  }
  return copy;
}

function applyInFull(copy: AllowedTable, location: Location, source: ClusterResource): void {
  if (location.role !== undefined && location.role !== source.nextRole) return;
  for (const [node, score] of location.scores) {
    const entry = copy.get(node.id);
    if (entry === undefined) copy.set(node.id, newCopy(node, score));
    else entry.score = add(entry.score, score);
  }
}

function newCopy(node: Entry['node'], score: number): Entry {
  return { node, score, count: 0, mode: node.discovery };
}

/** A4.6.16. */
export function addDependentLikings(work: Work, via: Colocation, primary: ClusterResource): void {
  if (!hasInfluence(via)) return;
  primary.allowed = merged(work, primary.allowed, {
    source: via.dependent,
    via,
    factor: Math.fround(via.score / INFINITE),
    target: primary,
    isActive: true,
    isNonNegative: primary.variant === 'clone',
  });
}
