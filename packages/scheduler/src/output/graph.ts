/** Which actions are really done, in which order, after what (B7.2 to B7.4). */
import type { ClusterNode, ClusterResource } from '@holdfast/status';
import { createNotices } from '../notify/notices.ts';
import { collectiveEffect } from '../ordering/effective.ts';
import type { Action } from '../work/action.ts';
import {
  FIRST_SHOWS_THEN,
  MIGRATES,
  MIN_RUNNABLE,
  ORD,
  type Relation,
  REQUIRED_SAME_NODE,
  TARGET_NODE,
  THEN_SHOWS_FIRST,
  UNLESS_MIGRATING,
} from '../work/relation.ts';
import { pseudoAction } from '../work/request.ts';
import { actionsOf, type Work } from '../work/work.ts';

export type Synapse = { readonly action: Action; readonly inputs: readonly Action[] };

export type GraphBuild = {
  readonly synapses: readonly Synapse[];
  /** What stands before each action, merged, in order of ids. */
  readonly before: ReadonlyMap<Action, readonly Relation[]>;
  readonly inputs: ReadonlyMap<Action, ReadonlySet<Action>>;
  /** Nodes whose remote daemon must be told about maintenance. */
  readonly maintenance: readonly ClusterNode[];
};

type Draft = {
  readonly work: Work;
  readonly synapses: Synapse[];
  readonly before: Map<Action, Relation[]>;
  readonly inputs: Map<Action, Set<Action>>;
};

export function buildGraph(work: Work): GraphBuild {
  const draft: Draft = { work, synapses: [], before: new Map(), inputs: new Map() };
  for (const resource of work.cluster.resources) addResource(draft, resource);
  const maintenance = work.cluster.nodes.filter(
    ({ kind, isMaintenance, hadMaintenance }) =>
      kind !== 'member' && isMaintenance !== hadMaintenance,
  );
  if (maintenance.length > 0) {
    const action = pseudoAction(work, 'maintenance_nodes');
    action.isShown = true;
  }
  for (const action of [...work.actions].reverse()) add(draft, action);
  return { ...draft, maintenance };
}

function addResource(draft: Draft, resource: ClusterResource): void {
  switch (resource.variant) {
    case 'primitive':
      addOwn(draft, resource);
      return;
    case 'group':
      addOwn(draft, resource);
      for (const member of resource.children) addResource(draft, member);
      return;
    case 'clone':
      for (const action of actionsOf(draft.work, resource)) {
        collectiveEffect(draft.work, resource, action, undefined);
      }
      createNotices(draft.work, resource);
      for (const child of resource.children) addResource(draft, child);
      addOwn(draft, resource);
      return;
    case 'bundle':
      if (resource.innerClone !== undefined) addResource(draft, resource.innerClone);
      for (const { ip, container, connection } of resource.replicas) {
        if (ip !== undefined) addResource(draft, ip);
        addResource(draft, container);
        if (connection !== undefined) addResource(draft, connection);
      }
  }
}

function addOwn(draft: Draft, resource: ClusterResource): void {
  for (const action of [...actionsOf(draft.work, resource)].reverse()) add(draft, action);
}

function add(draft: Draft, action: Action): void {
  const before = mergedBefore(draft, action);
  if (action.isGraphed || !belongs(action)) return;
  action.isGraphed = true;
  const inputs: Action[] = [];
  for (const relation of before) {
    if (isInput(relation, action)) inputs.push(relation.action);
  }
  draft.inputs.set(action, new Set(inputs));
  draft.synapses.push({ action, inputs });
}

/** By id, the same predecessor once, with all its flags. */
function mergedBefore({ before }: Draft, action: Action): readonly Relation[] {
  const known = before.get(action);
  if (known !== undefined) return known;
  const byAction = new Map<Action, Relation>();
  for (const { action: first, flags } of action.before) {
    const same = byAction.get(first);
    if (same === undefined) byAction.set(first, { action: first, flags });
    else same.flags |= flags;
  }
  const merged = [...byAction.values()].sort((a, b) => a.action.id - b.action.id);
  before.set(action, merged);
  return merged;
}

/** B7.3. */
export function belongs(action: Action): boolean {
  const { resource, node } = action;
  if (!action.isRunnable) return false;
  if (action.isOptional && !action.isShown) return false;
  if (resource !== undefined && !resource.isManaged && !isMonitor(action)) return false;
  if (action.isPseudo || action.task === 'stonith' || action.task === 'do_shutdown') return true;
  if (node === undefined) return false;
  if (action.isOnDc) return true;
  if (node.kind === 'guest' && !node.needsReset) return true;
  return node.isOnline && !node.isUnclean;
}

function isMonitor({ task, intervalMs }: Action): boolean {
  return task === 'monitor' || intervalMs > 0;
}

/** B7.4; may find that the relation does not hold at all. */
function isInput(relation: Relation, then: Action): boolean {
  const { action: first, flags } = relation;
  if (flags === 0) return false;
  if (!first.isRunnable && !holdsUnrunnable(flags)) return false;
  if ((flags & UNLESS_MIGRATING) !== 0 && first.isMigratable) return false;
  if (flags === ORD && first.isMigratable && first.key.endsWith('_stop_0')) return false;
  if (flags === TARGET_NODE && !holdsForTarget(first, then)) {
    relation.flags = 0;
    return false;
  }
  if (flags === REQUIRED_SAME_NODE && !holdsWhereRequired(first, then)) {
    relation.flags = 0;
    return false;
  }
  if (isStuckStop(first, then)) return false;
  return !first.isOptional || first.isShown || first.isGraphed || belongs(first);
}

/** A stop that failed for good holds up no clone but its own. */
function isStuckStop({ resource, key }: Action, then: Action): boolean {
  if (resource === undefined || resource === then.resource) return false;
  const isStuck = resource.isFailed && !resource.isManaged && key.endsWith('_stop_0');
  return isStuck && then.resource?.variant === 'clone';
}

/** With flags like these, what cannot be done first is still waited for. */
function holdsUnrunnable(flags: number): boolean {
  if ((flags & ~(ORD | THEN_SHOWS_FIRST | FIRST_SHOWS_THEN)) === 0) return false;
  return (flags & (MIN_RUNNABLE | MIGRATES)) === 0;
}

function holdsForTarget(first: Action, then: Action): boolean {
  if (then.task === 'migrate_to') return first.node === then.resource?.assigned?.node;
  return first.node === then.node && !first.isOptional;
}

function holdsWhereRequired(first: Action, then: Action): boolean {
  const areApart = first.node !== undefined && then.node !== undefined && first.node !== then.node;
  return !areApart && !first.isOptional;
}
