/** Recurring operations: which are to run, and which are to be cancelled (B1.11, B1.12). */
import { parseRole } from '@holdfast/cib';
import {
  type AnyRole,
  type ClusterNode,
  type ClusterResource,
  isDisabled,
  readInterval,
} from '@holdfast/status';
import type { OpEntry } from '@holdfast/cib';
import { actionSide, order, sideOf } from '../constraints/deferred.ts';
import { type Action, keyOf } from '../work/action.ts';
import { allByKeyOn } from '../work/find.ts';
import { BLOCKS, FIRST_MAKES_THEN, ORD, relate } from '../work/relation.ts';
import { request } from '../work/request.ts';
import type { Work } from '../work/work.ts';

type Recurring = {
  readonly name: string;
  readonly intervalMs: number;
  readonly role: AnyRole | undefined;
};

const NEVER_RECURRING: ReadonlySet<string> = new Set([
  'start',
  'stop',
  'promote',
  'demote',
  'reload-agent',
  'migrate_to',
  'migrate_from',
]);

export function createRecurring(work: Work, resource: ClusterResource): void {
  if (resource.isBlocked || resource.isMaintenance) return;
  const operations = recurringOf(resource);
  if (operations.length === 0) return;
  const dest = resource.assigned?.node;
  const isUp = resource.nextRole !== 'Stopped' || !resource.isManaged;
  const start =
    dest !== undefined && !dest.isMaintenance && isUp
      ? request(work, { resource, task: 'start', node: dest, isOptional: true })
      : undefined;
  for (const operation of operations) {
    if (operation.role === 'Stopped') createForStopped(work, resource, operation);
    else if (start !== undefined && dest !== undefined) {
      createForActive(work, resource, operation, { start, dest });
    }
  }
}

/** B1.11.2: several of the same name and interval are none. */
function recurringOf({ primitive }: ClusterResource): readonly Recurring[] {
  const operations = primitive?.operations ?? [];
  const found: Recurring[] = [];
  for (const op of operations) {
    const intervalMs = readInterval(op.interval);
    if (intervalMs <= 0 || op.id === '' || op.name === '' || NEVER_RECURRING.has(op.name)) continue;
    const same = operations.filter(
      (other) => other.name === op.name && readInterval(other.interval) === intervalMs,
    );
    const role = roleOf(op);
    if (same.length > 1 || isDisabled(op) || role === undefined) continue;
    found.push({ name: op.name, intervalMs, role: role === 'any' ? undefined : role });
  }
  return found;
}

function roleOf({ role }: OpEntry): AnyRole | 'any' | undefined {
  return role === undefined ? 'any' : parseRole(role);
}

type Place = { readonly start: Action; readonly dest: ClusterNode };

/** B1.11.3. */
function createForActive(
  work: Work,
  resource: ClusterResource,
  { name, intervalMs, role }: Recurring,
  { start, dest }: Place,
): void {
  const key = keyOf(resource, name, intervalMs);
  const known = allByKeyOn(work, resource, key, dest);
  const runs = start.isOptional && known.length > 0 && known.every(({ isResent }) => !isResent);
  const to = resource.nextRole;
  const fits = role === undefined ? to !== 'Promoted' : role === to;
  if (!fits) {
    if (runs) cancelBefore(work, resource, { name, intervalMs, role }, dest);
    return;
  }
  const action = request(work, { resource, task: name, intervalMs, node: dest, isOptional: runs });
  if (!start.isRunnable || !dest.isOnline || dest.isUnclean) action.isRunnable = false;
  if (to === 'Promoted') action.meta.set('op_target_rc', '8');
  if (!resource.isManaged) return;
  const then = actionSide(action);
  order(work, sideOf(resource, 'start'), then, FIRST_MAKES_THEN | BLOCKS);
  order(work, sideOf(resource, 'reload-agent'), then, FIRST_MAKES_THEN | BLOCKS);
  if (to === 'Promoted') order(work, sideOf(resource, 'promote'), then, ORD | BLOCKS);
  else if (resource.role === 'Promoted') {
    order(work, sideOf(resource, 'demote'), then, ORD | BLOCKS);
  }
}

function cancelBefore(
  work: Work,
  resource: ClusterResource,
  { name, intervalMs }: Recurring,
  node: ClusterNode,
): void {
  const action = cancel(work, resource, node, { task: name, intervalMs });
  const { role, nextRole } = resource;
  const isDown = role === 'Started' || role === 'Unpromoted';
  const next =
    isDown && nextRole === 'Promoted'
      ? 'promote'
      : isDown && nextRole === 'Stopped'
        ? 'stop'
        : role === 'Promoted'
          ? 'demote'
          : undefined;
  if (next !== undefined) order(work, actionSide(action), sideOf(resource, next), BLOCKS);
}

/** B1.12.1. */
export function cancel(
  work: Work,
  resource: ClusterResource,
  node: ClusterNode,
  {
    task,
    intervalMs,
    callId,
  }: { readonly task: string; readonly intervalMs: number; readonly callId?: number },
): Action {
  const action = request(work, { resource, task, intervalMs, node, isOptional: false });
  action.cancelled = task;
  action.task = 'cancel';
  action.meta.set('operation', task);
  action.meta.set('interval', String(intervalMs));
  if (callId !== undefined) action.meta.set('call-id', String(callId));
  return action;
}

/** B1.11.4: a look that it is really not running where it should not be. */
function createForStopped(work: Work, resource: ClusterResource, operation: Recurring): void {
  if (!resource.isUnique) return;
  const { name, intervalMs } = operation;
  const key = keyOf(resource, name, intervalMs);
  for (const node of work.cluster.nodes) {
    const isKnown = allByKeyOn(work, resource, key, node).length > 0;
    if (node === resource.assigned?.node) {
      if (!isKnown) continue;
      const action = cancel(work, resource, node, { task: name, intervalMs });
      const { nextRole } = resource;
      if (nextRole === 'Started' || nextRole === 'Unpromoted') {
        order(work, actionSide(action), sideOf(resource, 'start'), BLOCKS);
      }
      continue;
    }
    lookThere(work, resource, operation, node, isKnown);
  }
}

function lookThere(
  work: Work,
  resource: ClusterResource,
  { name, intervalMs }: Recurring,
  node: ClusterNode,
  isOptional: boolean,
): void {
  const action = request(work, { resource, task: name, intervalMs, node, isOptional });
  action.meta.set('op_target_rc', '7');
  if (resource.isManaged) {
    for (const probe of allByKeyOn(work, resource, keyOf(resource, 'monitor'), node)) {
      relate(probe, action, BLOCKS);
    }
  }
  for (const stop of allByKeyOn(work, resource, keyOf(resource, 'stop'), node)) {
    if (!resource.isManaged && !stop.isOptional && !action.isOptional) action.isOptional = true;
    if (!stop.isRunnable) action.isRunnable = false;
    if (!resource.isManaged) continue;
    order(work, actionSide(stop), actionSide(action), FIRST_MAKES_THEN | BLOCKS);
  }
  if (!node.isOnline || node.isUnclean) action.isRunnable = false;
}
