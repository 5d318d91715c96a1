/** Which nodes are fenced or shut down, and what waits for it (B4.11, B4.12, B5.4, B5.5). */
import {
  canFence,
  type ClusterNode,
  type ClusterResource,
  needsFencing,
  primitivesOf,
  topOf,
} from '@holdfast/status';
import { fenceAction } from '../actions/fence-action.ts';
import { tellOfFencing } from '../notify/notices.ts';
import { type Action, newAction } from '../work/action.ts';
import { findByKey, newestOf } from '../work/find.ts';
import { BLOCKS, FIRST_MAKES_THEN, GUEST, ORD, relate } from '../work/relation.ts';
import { remember } from '../work/request.ts';
import { actionsOf, type Work } from '../work/work.ts';

type Fences = {
  readonly others: Action[];
  readonly shutdowns: Action[];
  ofDc: Action | undefined;
  isDcShutdown: boolean;
};

export function fenceAndShutDown(work: Work): void {
  const { cluster } = work;
  const isAnyManaged = cluster.resources.some((resource) =>
    resource.variant === 'primitive'
      ? resource.isManaged
      : [...primitivesOf(resource)].some(({ isManaged }) => isManaged),
  );
  const fences: Fences = { others: [], shutdowns: [], ofDc: undefined, isDcShutdown: false };
  for (const node of cluster.nodes) settleNode(work, node, fences, isAnyManaged);
  orderFences(work, fences);
}

function settleNode(work: Work, node: ClusterNode, fences: Fences, isAnyManaged: boolean): void {
  const { cluster } = work;
  if (node.kind === 'guest') {
    const isDue = node.needsReset && isAnyManaged && canFence(cluster, node);
    if (isDue) fenceGuest(work, node);
    return;
  }
  if (isAnyManaged && node.isUnclean && canFence(cluster, node)) {
    const fence = fenceAction(work, node, { isOptional: false, reason: 'node is unclean' });
    orderAround(work, fence, node);
    if (node.isDc) fences.ofDc = fence;
    else addFence(work, fence, fences);
    return;
  }
  if (!node.isOnline || !node.isLeaving || node.kind === 'remote') return;
  const down = shutDown(work, node);
  if (node.isDc) {
    fences.ofDc = down;
    fences.isDcShutdown = true;
  } else fences.shutdowns.push(down);
}

function addFence(work: Work, fence: Action, { others }: Fences): void {
  const previous = others.at(-1);
  if (!work.cluster.options.isFencingConcurrent && previous !== undefined) {
    relate(previous, fence, ORD);
  }
  others.push(fence);
}

/** The one that decides goes last. */
function orderFences({ cluster }: Work, { others, shutdowns, ofDc, isDcShutdown }: Fences): void {
  if (ofDc === undefined) return;
  if (isDcShutdown) for (const down of shutdowns) relate(down, ofDc, ORD);
  const first = cluster.options.isFencingConcurrent ? others : others.slice(-1);
  for (const fence of first) relate(fence, ofDc, ORD);
}

/** A guest is off when what carries it is (B5.4). */
function fenceGuest(work: Work, node: ClusterNode): void {
  const { connection } = node;
  const launcher = connection?.launcher;
  const actions = launcher === undefined ? [] : actionsOf(work, launcher);
  const stop = actions.find(({ task }) => task === 'stop');
  const op = actions.some(({ task }) => task === 'start') ? 'reboot' : 'off';
  const fence = fenceAction(work, node, { op, isOptional: false, reason: 'guest is unclean' });
  fence.isPseudo = true;
  fence.isRunnable = true;
  if (stop !== undefined) {
    const before =
      stop.isPseudo && stop.node !== undefined
        ? fenceAction(work, stop.node, { isOptional: false })
        : stop;
    relate(before, fence, BLOCKS | FIRST_MAKES_THEN);
  } else if (connection !== undefined) {
    relate(newestOf(work, connection, 'stop'), fence, ORD);
  }
  orderAround(work, fence, node);
}

/** B4.12. */
function orderAround(work: Work, fence: Action, node: ClusterNode): void {
  for (const resource of work.cluster.resources) {
    for (const primitive of primitivesOf(resource)) {
      if (!primitive.isManaged) continue;
      orderStarts(work, primitive, fence, node);
      implyStops(work, primitive, fence, node);
    }
  }
}

function orderStarts(
  work: Work,
  primitive: ClusterResource,
  fence: Action,
  node: ClusterNode,
): void {
  const actions = [...actionsOf(work, primitive)].reverse();
  for (const action of actions) {
    if (action.needs === 'fencing') relate(fence, action, ORD);
    else if (action.needs === 'quorum' && action.task === 'start') {
      const isUnknown = primitive.allowed.has(node.id) && !isKnownOn(primitive, node);
      if (isUnknown) relate(fence, action, ORD | BLOCKS);
    }
  }
}

function isKnownOn(primitive: ClusterResource, node: ClusterNode): boolean {
  if (primitive.known.has(node)) return true;
  const { parent } = primitive;
  return parent?.variant === 'clone' && !primitive.isUnique && parent.known.has(node);
}

/** What a fenced node ran is stopped by that. */
function implyStops(
  work: Work,
  primitive: ClusterResource,
  fence: Action,
  node: ClusterNode,
): void {
  for (const action of [...actionsOf(work, primitive)].reverse()) {
    if (action.task === 'stop') {
      action.node ??= node;
      if (action.node === node) implyStop(work, primitive, fence, action);
    } else if (action.task === 'demote' && action.node === node) {
      implyDemote(primitive, fence, action);
    }
  }
}

function isBundled(primitive: ClusterResource): boolean {
  return topOf(primitive).parent !== undefined || primitive.parent?.variant === 'bundle';
}

function waitsForFence(primitive: ClusterResource, { node }: Action): boolean {
  return needsFencing(primitive) || node?.kind === 'guest';
}

function implyStop(work: Work, primitive: ClusterResource, fence: Action, stop: Action): void {
  stop.isPseudo = true;
  stop.isRunnable = true;
  if (waitsForFence(primitive, stop)) {
    if (!isBundled(primitive)) relate(fence, stop, GUEST);
    relate(fence, newestOf(work, topOf(primitive), 'stop'), GUEST);
  }
  if (primitive.isNotified && stop.node !== undefined) {
    tellOfFencing(work, primitive, fence, stop.node);
  }
}

function implyDemote(primitive: ClusterResource, fence: Action, demote: Action): void {
  const { node } = demote;
  if (node?.isOnline === true && !node.isUnclean && !primitive.isFailed) return;
  demote.isPseudo = true;
  demote.isRunnable = true;
  if (!isBundled(primitive) && waitsForFence(primitive, demote)) relate(fence, demote, GUEST | ORD);
}

/** B4.11. */
function shutDown(work: Work, node: ClusterNode): Action {
  const key = `do_shutdown-${node.name}`;
  const known = findByKey(work, undefined, key, node);
  const down =
    known ??
    newAction({
      id: work.actions.length + 1,
      key,
      task: 'do_shutdown',
      intervalMs: 0,
      node,
      resource: undefined,
      isOptional: false,
      needs: 'nothing',
    });
  if (known === undefined) remember(work, down);
  down.meta.set('op_no_wait', 'true');
  for (const action of [...work.actions].reverse()) {
    const { resource } = action;
    if (action.task !== 'stop' || action.node !== node || resource === undefined) continue;
    if (resource.isMaintenance || node.isMaintenance) continue;
    if (!resource.isManaged && !resource.isBlocked) continue;
    action.isOptional = false;
    relate(action, down, ORD | BLOCKS);
  }
  return down;
}
