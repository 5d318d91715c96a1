/** The orderings that follow from what a resource is (B4.5). */
import {
  type ClusterNode,
  type ClusterResource,
  guestConnectionOf,
  isConnectionAgent,
  makesNode,
  stableMergeSort,
  topOf,
} from '@holdfast/status';
import { colocateLaunched, forbidRemote } from '../assign/internal-colocations.ts';
import { actionSide, order, orderTasks, sideOf } from '../constraints/deferred.ts';
import { unfence } from '../actions/unfencing.ts';
import {
  BLOCKS,
  CANCELS,
  FIRST_MAKES_THEN,
  FIRST_MAKES_THEN_HERE,
  ORD,
  PROMOTED_THEN_MAKES_FIRST,
  RESTART,
  SAME_NODE,
  TARGET_NODE,
  THEN_MAKES_FIRST,
} from '../work/relation.ts';
import { pseudoAction } from '../work/request.ts';
import type { Action } from '../work/action.ts';
import type { Work } from '../work/work.ts';
import { orderBundle, orderClone } from './internal-collectives.ts';
import { orderGroup } from './internal-groups.ts';

export function orderInternally(work: Work, resource: ClusterResource): void {
  const inside = (part: ClusterResource): void => {
    orderInternally(work, part);
  };
  switch (resource.variant) {
    case 'primitive':
      orderPrimitive(work, resource);
      return;
    case 'group':
      orderGroup(work, resource, inside);
      return;
    case 'clone':
      orderClone(work, resource, inside);
      return;
    case 'bundle':
      orderBundle(work, resource, inside);
  }
}

function orderPrimitive(work: Work, resource: ClusterResource): void {
  if (!resource.isManaged) return;
  const own = (first: string, then: string, flags: number): void => {
    orderTasks(work, resource, first, resource, then, flags);
  };
  own('stop', 'start', ORD | FIRST_MAKES_THEN | RESTART);
  if (topOf(resource).isPromotable || resource.role === 'Promoted') {
    own('demote', 'stop', PROMOTED_THEN_MAKES_FIRST);
    own('start', 'promote', BLOCKS);
  }
  own('lrm_delete', 'monitor', SAME_NODE | CANCELS);
  const nodes = allowedNodes(work, resource);
  orderUnfencing(work, resource, nodes);
  orderLoad(work, resource, nodes);
  orderLaunched(work, resource);
  if (isFenceDevice(resource) || isRemoteOnly(resource)) forbidRemote(work, resource);
}

function isFenceDevice({ agent }: ClusterResource): boolean {
  return agent?.class === 'stonith';
}

function isRemoteOnly(resource: ClusterResource): boolean {
  return isConnectionAgent(resource) && makesNode(resource) && resource.launcher === undefined;
}

function allowedNodes({ cluster }: Work, { allowed }: ClusterResource): readonly ClusterNode[] {
  const nodes = [...allowed.values()].map(({ node }) => node);
  const rank = new Map(cluster.nodes.map((node, index) => [node, index]));
  return stableMergeSort(nodes, (a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0));
}

/** B4.5.1 d. */
function orderUnfencing(
  work: Work,
  resource: ClusterResource,
  nodes: readonly ClusterNode[],
): void {
  if (resource.requires !== 'unfencing' || isFenceDevice(resource)) return;
  if (!work.cluster.usesUnfencing) return;
  for (const node of nodes) {
    const on = unfence(work, node, { isOptional: true });
    order(work, sideOf(resource, 'stop'), actionSide(on), ORD | SAME_NODE);
    order(work, actionSide(on), sideOf(resource, 'start'), FIRST_MAKES_THEN_HERE | SAME_NODE);
  }
}

/** B4.5.1 e: what makes room goes before what needs it. */
function orderLoad(work: Work, resource: ClusterResource, nodes: readonly ClusterNode[]): void {
  if (work.cluster.options.placement === 'default' || resource.utilization.size === 0) return;
  for (const node of resource.active) {
    const gate = loadStopped(work, node);
    order(work, sideOf(resource, 'stop'), actionSide(gate), TARGET_NODE);
  }
  for (const node of nodes) {
    const gate = loadStopped(work, node);
    order(work, actionSide(gate), sideOf(resource, 'start'), TARGET_NODE);
    order(work, actionSide(gate), sideOf(resource, 'migrate_to'), TARGET_NODE);
  }
}

function loadStopped(work: Work, node: ClusterNode): Action {
  const action = pseudoAction(work, `load_stopped_${node.name}`, node);
  action.isOptional = false;
  return action;
}

/** B4.5.1 f. */
function orderLaunched(work: Work, resource: ClusterResource): void {
  const { launcher } = resource;
  if (launcher === undefined) return;
  if (makesNode(resource)) orderTasks(work, launcher, 'monitor', resource, 'stop', ORD);
  if (colocateLaunched(work, resource, launcher)) return;
  if (guestConnectionOf(launcher) !== undefined && !makesNode(resource)) return;
  orderTasks(work, launcher, 'start', resource, 'start', FIRST_MAKES_THEN | BLOCKS);
  orderTasks(work, resource, 'stop', launcher, 'stop', THEN_MAKES_FIRST);
}
