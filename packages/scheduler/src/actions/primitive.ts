/** The actions of one primitive, from its role now to its next one (B1.8). */
import {
  activeCount,
  type AnyRole,
  type ClusterNode,
  type ClusterResource,
  currentNode,
  rankOf,
} from '@holdfast/status';
import { request } from '../work/request.ts';
import type { Work } from '../work/work.ts';
import { createMigration, mayMigrate } from './migration.ts';
import { createRecurring } from './recurring.ts';
import { step, type StepContext } from './steps.ts';

export function createPrimitiveActions(work: Work, resource: ClusterResource): void {
  for (const node of resource.dangling) {
    const action = request(work, { resource, task: 'stop', node, isOptional: false });
    action.isAbortStop = true;
  }
  const current = currentNode(resource);
  const to = settleNextRole(resource);
  const dest = resource.assigned?.node;
  const isMoving =
    current !== undefined &&
    dest !== undefined &&
    current !== dest &&
    rankOf(to) >= rankOf('Started');
  const plan: Plan = {
    current,
    dest,
    isMoving,
    needsStop: isMoving,
    migrates: isMoving && mayMigrate(resource, current, dest),
    needsPromote: false,
  };
  settlePartialMigration(resource, plan);
  settleMultiple(resource, plan);
  if (resource.isStartPending && dest !== undefined) {
    const start = request(work, { resource, task: 'start', node: dest, isOptional: true });
    start.isShown = true;
  }
  if (!isMoving) settleInPlace(work, resource, plan);
  restart(work, resource, plan);
  goOn(work, resource);
  createRecurring(work, resource);
  if (plan.migrates && current !== undefined && dest !== undefined) {
    createMigration(work, resource, current, dest);
  }
}

type Plan = {
  readonly current: ClusterNode | undefined;
  readonly dest: ClusterNode | undefined;
  readonly isMoving: boolean;
  needsStop: boolean;
  migrates: boolean;
  needsPromote: boolean;
};

function settleNextRole(resource: ClusterResource): AnyRole {
  if (resource.nextRole === 'Unknown') {
    resource.nextRole = resource.assigned === undefined ? 'Stopped' : 'Started';
  }
  return resource.nextRole;
}

/** B1.8.3: a migration under way goes on only where it leads where the resource is to be. */
function settlePartialMigration(resource: ClusterResource, plan: Plan): void {
  const { partialSource, partialTarget, active } = resource;
  if (partialSource === undefined && partialTarget === undefined) return;
  const goesOn =
    plan.migrates &&
    active.length === 2 &&
    plan.current === partialSource &&
    plan.dest === partialTarget;
  if (goesOn) return;
  plan.needsStop = true;
  plan.migrates = false;
  resource.partialSource = undefined;
  resource.partialTarget = undefined;
}

/** B1.8.4. */
function settleMultiple(resource: ClusterResource, plan: Plan): void {
  if (resource.partialSource !== undefined) return;
  if (activeCount(resource) <= 1) {
    resource.stopsUnexpected = false;
    return;
  }
  if (resource.multipleActive === 'stop_start') plan.needsStop = true;
  if (resource.multipleActive === 'stop_unexpected') {
    plan.needsStop = true;
    resource.stopsUnexpected = true;
  }
}

/** B1.8.6. */
function settleInPlace(work: Work, resource: ClusterResource, plan: Plan): void {
  const { current, dest } = plan;
  if (resource.isFailed) {
    if (resource.mustStop) plan.needsStop = true;
    else if (resource.nextRole === 'Promoted') plan.needsPromote = true;
    return;
  }
  if (resource.isBlocked) {
    plan.needsStop = true;
    return;
  }
  const isUp = rankOf(resource.role) > rankOf('Started');
  if (!isUp || current === undefined || dest === undefined) return;
  const start = request(work, { resource, task: 'start', node: dest, isOptional: true });
  if (!start.isOptional) plan.needsStop = true;
}

/** B1.8.7: down and up again, as actions that may be needed. */
function restart(work: Work, resource: ClusterResource, plan: Plan): void {
  const context: StepContext = { isRestarting: true };
  let role = resource.role;
  while (role !== 'Stopped') {
    const next = step(work, resource, role, 'Stopped', !plan.needsStop, context);
    if (next === undefined || next === role) break;
    role = next;
  }
  while (
    rankOf(resource.role) <= rankOf(resource.nextRole) &&
    role !== resource.role &&
    !resource.isBlocked
  ) {
    const goesToPromoted = nextOf(role, resource.role) === 'Promoted';
    const isRequired = plan.needsStop || (goesToPromoted && plan.needsPromote);
    const next = step(work, resource, role, resource.role, !isRequired, context);
    if (next === undefined || next === role) break;
    role = next;
  }
}

function nextOf(role: AnyRole, target: AnyRole): AnyRole {
  if (target === 'Promoted' && (role === 'Started' || role === 'Unpromoted')) return 'Promoted';
  return target === 'Promoted' ? 'Unpromoted' : target;
}

/** B1.8.8. */
function goOn(work: Work, resource: ClusterResource): void {
  let { role } = resource;
  while (role !== resource.nextRole) {
    const next = step(work, resource, role, resource.nextRole, false, { isRestarting: false });
    if (next === undefined || next === role) break;
    role = next;
  }
}
