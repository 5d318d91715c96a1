/** Single steps between roles (B1.8.8 to B1.8.13). */
import type { AnyRole, ClusterNode, ClusterResource } from '@holdfast/status';
import { rankOf } from '@holdfast/status';
import { byKey } from '../work/find.ts';
import { keyOf } from '../work/action.ts';
import { FIRST_MAKES_THEN, relate, THEN_MAKES_FIRST } from '../work/relation.ts';
import { request } from '../work/request.ts';
import type { Work } from '../work/work.ts';
import { relateUnfencing, unfence } from './unfencing.ts';

export type StepContext = { readonly isRestarting: boolean };

type Task = 'stop' | 'start' | 'promote' | 'demote';

/** From one role towards another: the role that is reached first, and what leads there. */
function towards(role: AnyRole, target: AnyRole): readonly [AnyRole, Task] | undefined {
  switch (role) {
    case 'Unknown':
      return ['Stopped', 'stop'];
    case 'Stopped':
      return target === 'Started' ? ['Started', 'start'] : ['Unpromoted', 'start'];
    case 'Started':
      if (target === 'Unpromoted') return undefined;
      return target === 'Promoted' ? ['Promoted', 'promote'] : ['Stopped', 'stop'];
    case 'Unpromoted':
      return target === 'Promoted' ? ['Promoted', 'promote'] : ['Stopped', 'stop'];
    case 'Promoted':
      return ['Unpromoted', 'demote'];
  }
}

/** The role after the step; undefined: there is none. */
export function step(
  work: Work,
  resource: ClusterResource,
  role: AnyRole,
  target: AnyRole,
  isOptional: boolean,
  context: StepContext,
): AnyRole | undefined {
  const next = towards(role, target);
  if (next === undefined) return undefined;
  const [reached, task] = next;
  switch (task) {
    case 'stop':
      stop(work, resource, isOptional, context);
      break;
    case 'start':
      start(work, resource, isOptional, context);
      break;
    case 'promote':
      promote(work, resource, isOptional, context);
      break;
    case 'demote':
      demote(work, resource, isOptional, context);
  }
  return reached;
}

/** It is where it should be; only the others are stopped. */
function isExpected(
  resource: ClusterResource,
  node: ClusterNode,
  { isRestarting }: StepContext,
): boolean {
  return (
    resource.stopsUnexpected &&
    isRestarting &&
    rankOf(resource.nextRole) > rankOf('Stopped') &&
    resource.assigned?.node === node
  );
}

function stop(
  work: Work,
  resource: ClusterResource,
  isOptional: boolean,
  context: StepContext,
): void {
  const dest = resource.assigned?.node;
  for (const node of resource.active) {
    if (isExpected(resource, node, context)) continue;
    let mustStop = false;
    if (resource.partialTarget !== undefined) {
      if (node === resource.partialTarget && node === dest) continue;
      mustStop = true;
    }
    const action = request(work, {
      resource,
      task: 'stop',
      node,
      isOptional: isOptional && !mustStop,
    });
    if (dest === undefined) action.reason = 'node availability';
    else if (resource.stopsUnexpected && context.isRestarting) {
      action.reason = 'being multiply active';
    }
    if (!resource.isManaged) action.isRunnable = false;
    if (resource.requires !== 'unfencing') continue;
    const on = unfence(work, node, { isOptional: true });
    relate(action, on, THEN_MAKES_FIRST);
  }
}

function start(
  work: Work,
  resource: ClusterResource,
  isOptional: boolean,
  context: StepContext,
): void {
  const node = resource.assigned?.node;
  if (node === undefined) return;
  const action = request(work, { resource, task: 'start', node, isOptional: true });
  relateUnfencing(work, resource, node, action, FIRST_MAKES_THEN);
  if (action.isRunnable && !isOptional) action.isOptional = false;
  if (isExpected(resource, node, context)) action.isPseudo = true;
}

function promote(
  work: Work,
  resource: ClusterResource,
  isOptional: boolean,
  context: StepContext,
): void {
  const node = resource.assigned?.node;
  if (node === undefined) return;
  const on = (task: string) =>
    byKey(work, resource, keyOf(resource, task)).filter((action) => action.node === node);
  if (on('start').every(({ isRunnable }) => isRunnable)) {
    const action = request(work, { resource, task: 'promote', node, isOptional });
    if (isExpected(resource, node, context)) action.isPseudo = true;
    return;
  }
  for (const action of on('promote')) action.isRunnable = false;
}

function demote(
  work: Work,
  resource: ClusterResource,
  isOptional: boolean,
  context: StepContext,
): void {
  for (const node of resource.active) {
    if (isExpected(resource, node, context)) continue;
    request(work, { resource, task: 'demote', node, isOptional });
  }
}
