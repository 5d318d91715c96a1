/** Probes before more than their own start (B2.7). */
import { type ClusterResource, primitivesOf, topOf, variantRank } from '@holdfast/status';
import { matchingInstance } from '../assign/matching.ts';
import type { Action } from '../work/action.ts';
import { byKey } from '../work/find.ts';
import {
  BLOCKS,
  FIRST_MAKES_THEN,
  ORD,
  relate,
  REQUIRED_SAME_NODE,
  SAME_NODE,
  TARGET_NODE,
  UNLESS_MIGRATING,
} from '../work/relation.ts';
import { actionsOf, type OrderingSide, type Work } from '../work/work.ts';

export function orderProbes(work: Work): void {
  for (const resource of work.cluster.resources) {
    for (const primitive of primitivesOf(resource)) orderOwn(work, primitive);
  }
  orderByStops(work);
}

function probesOf(work: Work, resource: ClusterResource): readonly Action[] {
  return actionsOf(work, resource).filter(
    ({ task, intervalMs }) => task === 'monitor' && intervalMs === 0,
  );
}

function orderOwn(work: Work, primitive: ClusterResource): void {
  for (const probe of probesOf(work, primitive)) {
    for (const relation of [...probe.after].reverse()) {
      const { action: next, flags } = relation;
      const top = topOf(primitive);
      const isTopStart = next.task === 'start' && next.resource === top && variantRank(top) > 2;
      if (isTopStart && !probe.isRunnable && (flags & BLOCKS) === 0) {
        orderInstanceStarts(probe, next, top);
      }
      orderRestarts(work, probe, next, { primitive, seen: new Set() });
    }
  }
}

function orderInstanceStarts(probe: Action, start: Action, top: ClusterResource): void {
  for (const { action } of [...start.after].reverse()) {
    const { resource, task } = action;
    if (task !== 'start' || resource === undefined || resource.active.length > 0) continue;
    if (topOf(resource) === top) relate(probe, action, ORD | BLOCKS);
  }
}

type Walk = { readonly primitive: ClusterResource; readonly seen: Set<Action> };

/** What will be started again because of this one must not stop before it was looked at (B2.7.1 b). */
function orderRestarts(work: Work, probe: Action, from: Action, walk: Walk): void {
  const waiting = [from];
  for (let action = waiting.pop(); action !== undefined; action = waiting.pop()) {
    if (walk.seen.has(action)) continue;
    walk.seen.add(action);
    orderRestartOf(work, probe, action, walk);
    for (const { action: next, flags } of action.after) {
      if (mayFollow(work, action, next, flags, walk)) waiting.push(next);
    }
  }
}

function orderRestartOf(work: Work, probe: Action, action: Action, { primitive }: Walk): void {
  const { resource, task } = action;
  if (resource?.variant !== 'primitive' || resource === primitive) return;
  const undo = task === 'start' ? 'stop' : task === 'promote' ? 'demote' : undefined;
  if (undo === undefined) return;
  for (const each of actionsOf(work, resource)) {
    if (each.task === undo && !each.isPseudo) relate(probe, each, ORD);
  }
}

function mayFollow(
  work: Work,
  action: Action,
  next: Action,
  flags: number,
  { primitive }: Walk,
): boolean {
  if ((flags & FIRST_MAKES_THEN) !== 0) return true;
  const collective = action.resource;
  const part = next.resource;
  if (collective === undefined || part === undefined || collective.variant === 'primitive') {
    return false;
  }
  if (primitive.parent === collective || part.parent !== collective) return false;
  if (part.variant !== 'primitive' && part.variant !== 'group') return false;
  const isInterleaved =
    (collective.variant === 'clone' || collective.variant === 'bundle') && collective.isInterleaved;
  return !isInterleaved || matchingInstance(work, collective, primitive, {}) === part;
}

/** B2.7.2: what waits for a stop waits for the look whether there is something to stop. */
function orderByStops(work: Work): void {
  for (const { first, then, flags } of work.orderings) {
    if (flags === 0 || first.resource === undefined || !isStop(first)) continue;
    if (then.resource === first.resource) continue;
    const isCarrier = then.resource !== undefined && then.resource === first.resource.launcher;
    if (isCarrier && isStop(then)) continue;
    const isWhole = flags === REQUIRED_SAME_NODE || flags === TARGET_NODE;
    const kept = isWhole ? flags : ORD | (flags & (UNLESS_MIGRATING | SAME_NODE));
    relateProbes(work, first.resource, then, kept);
  }
}

function isStop({ action, key }: OrderingSide): boolean {
  return action === undefined ? key?.endsWith('_stop_0') === true : action.task === 'stop';
}

function relateProbes(
  work: Work,
  resource: ClusterResource,
  then: OrderingSide,
  flags: number,
): void {
  const probes = probesOf(work, resource);
  if (probes.length === 0) return;
  const others =
    then.action !== undefined
      ? [then.action]
      : then.resource === undefined || then.key === undefined
        ? []
        : byKey(work, then.resource, then.key);
  for (const probe of probes) {
    for (const other of others) {
      const isOwnUnfencing = other.task === 'stonith' && other.node === probe.node;
      if (isOwnUnfencing && other.meta.get('stonith_action') === 'on') continue;
      if (other.task === 'do_shutdown' && other.node !== probe.node) continue;
      relate(probe, other, flags);
    }
  }
}
