/** Assigning every resource its node, in order (A4.5, A4.7, A4.8.1). */
import { MINUS_INFINITY } from '@holdfast/base';
import {
  addScoreEverywhere,
  type ClusterNode,
  type ClusterResource,
  copyTable,
  currentNode,
  hasFencing,
  isConnectionAgent,
  rankOf,
} from '@holdfast/status';
import type { Colocation, Work } from '../work/work.ts';
import { applyColocation } from './apply-colocation.ts';
import { assignBundle } from './bundle.ts';
import { assignClone } from './clone.ts';
import { dependentsFor, primariesFor } from './colocation-lists.ts';
import { addDependentLikings } from './merge.ts';
import { chooseEntry } from './nodes.ts';
import { place } from './placing.ts';
import { inAssignmentOrder } from './assignment-order.ts';
import { printScores } from './scores.ts';
import { limitByCapacity } from './utilization.ts';
import { hasUsable } from './values.ts';

const INFINITE = 1_000_000;

export function assignAll(work: Work): void {
  work.knots.assign = (resource, preferred, isFinal) => assign(work, resource, preferred, isFinal);
  const { cluster } = work;
  if (cluster.options.placement !== 'default') cluster.resources = inAssignmentOrder(work);
  if (cluster.nodes.some(({ kind }) => kind !== 'member')) {
    for (const resource of cluster.resources) {
      if (!isConnectionAgent(resource)) continue;
      assign(work, resource, resource.partialTarget, true);
    }
  }
  for (const resource of cluster.resources) {
    if (!isConnectionAgent(resource) || !resource.isAssigned)
      assign(work, resource, undefined, true);
  }
}

/** Its node; undefined where it has none, or is being assigned further out. */
export function assign(
  work: Work,
  resource: ClusterResource,
  preferred: ClusterNode | undefined,
  isFinal: boolean,
): ClusterNode | undefined {
  switch (resource.variant) {
    case 'primitive':
      return assignPrimitive(work, resource, preferred, isFinal);
    case 'group':
      return assignGroup(work, resource, preferred, isFinal);
    case 'clone': {
      assignClone(work, resource);
      return;
    }
    case 'bundle': {
      assignBundle(work, resource, preferred);
      return;
    }
  }
}

function assignPrimitive(
  work: Work,
  resource: ClusterResource,
  preferred: ClusterNode | undefined,
  isFinal: boolean,
): ClusterNode | undefined {
  const { parent } = resource;
  if (parent !== undefined && !parent.isAssigning) assign(work, parent, preferred, isFinal);
  if (resource.isAssigned) return resource.assigned?.node;
  if (resource.isAssigning) return undefined;
  resource.isAssigning = true;
  askColocated(work, resource);
  if (resource.nextRole === 'Stopped') {
    addScoreEverywhere(work.cluster, resource, MINUS_INFINITY);
    explainStop(work, resource);
  } else {
    freeze(work, resource);
  }
  printScores(work, resource);
  choose(work, resource, preferred, isFinal);
  resource.isAssigning = false;
  if (resource.remoteNode !== undefined) settleRemote(resource, resource.remoteNode);
  return resource.assigned?.node;
}

/** Mandatory ones first, then the others; what it is to be with before what is to be with it. */
function askColocated(work: Work, resource: ClusterResource): void {
  const primaries = primariesFor(work, resource);
  const dependents = dependentsFor(work, resource);
  for (const isMandatory of [true, false]) {
    for (const each of primaries) {
      if (Math.abs(each.score) >= INFINITE === isMandatory) applyPrimary(work, resource, each);
    }
    for (const each of dependents) {
      if (Math.abs(each.score) >= INFINITE === isMandatory)
        addDependentLikings(work, each, resource);
    }
  }
}

/** A4.7.1. */
function applyPrimary(work: Work, resource: ClusterResource, via: Colocation): void {
  const isRestorable = via.dependentRole === 'Promoted' || (via.score < 0 && via.score > -INFINITE);
  const backup = isRestorable ? copyTable(resource.allowed) : undefined;
  if (!via.primary.isAssigned) assign(work, via.primary, undefined, true);
  applyColocation(work, resource, via.primary, via);
  if (backup !== undefined && !hasUsable(resource.allowed.values())) resource.allowed = backup;
}

/** A3.4: without quorum nothing goes up that is not up. */
function freeze({ cluster }: Work, resource: ClusterResource): void {
  const { isQuorate, quorumPolicy } = cluster.options;
  if (isQuorate || quorumPolicy !== 'freeze') return;
  if (rankOf(resource.nextRole) > rankOf(resource.role)) resource.nextRole = resource.role;
}

function choose(
  work: Work,
  resource: ClusterResource,
  preferred: ClusterNode | undefined,
  isFinal: boolean,
): void {
  const { cluster } = work;
  if (cluster.options.isFencing && !hasFencing(cluster)) resource.isManaged = false;
  if (!resource.isManaged) {
    resource.nextRole = resource.role;
    const node = currentNode(resource);
    const entry =
      node === undefined
        ? undefined
        : (resource.allowed.get(node.id) ?? {
            node,
            score: node.score,
            count: 0,
            mode: node.discovery,
          });
    place(work, resource, entry, { isFinal: true, isForced: true });
    work.explainer?.chosen(resource, node, 'it is not managed: it stays as it is');
    return;
  }
  if (cluster.options.stopsAll) {
    place(work, resource, undefined, { isFinal: true, isForced: true });
    work.explainer?.chosen(resource, undefined, 'stop-all-resources is set');
    return;
  }
  const wanted = preferred ?? limitByCapacity(work, resource);
  if (preferred !== undefined) limitByCapacity(work, resource);
  const entry = chooseEntry(cluster, resource, wanted);
  place(work, resource, entry, { isFinal });
  explainChoice(work, resource);
}

function explainChoice({ explainer }: Work, resource: ClusterResource): void {
  const node = resource.assigned?.node;
  explainer?.chosen(
    resource,
    node,
    node === undefined ? 'no node may run it' : 'it is the best node for it',
  );
}

function explainStop({ explainer, cluster }: Work, resource: ClusterResource): void {
  if (explainer === undefined) return;
  for (const node of cluster.nodes) {
    explainer.term(resource, node, MINUS_INFINITY, 'it is to be stopped');
  }
}

/** Where a connection goes, its node comes (A4.7, step 12). */
function settleRemote({ assigned, nextRole }: ClusterResource, node: ClusterNode): void {
  if (assigned === undefined || nextRole === 'Stopped') {
    node.isLeaving = true;
    return;
  }
  node.isOnline = true;
  if (!node.isSeen) node.isUnclean = false;
}

/** A4.8.1. */
function assignGroup(
  work: Work,
  group: ClusterResource,
  preferred: ClusterNode | undefined,
  isFinal: boolean,
): ClusterNode | undefined {
  if (group.isAssigned) return firstNodeOf(group);
  if (group.isAssigning) return undefined;
  group.isAssigning = true;
  const [first] = group.children;
  if (first !== undefined) group.role = first.role;
  printScores(work, group);
  let node: ClusterNode | undefined;
  for (const member of group.children) {
    const at = assign(work, member, preferred, isFinal);
    node ??= at;
  }
  if (first !== undefined) group.nextRole = first.nextRole;
  group.isAssigning = false;
  group.isAssigned = true;
  return group.isCollocated ? node : undefined;
}

function firstNodeOf(group: ClusterResource): ClusterNode | undefined {
  if (!group.isCollocated) return undefined;
  for (const { assigned } of group.children) if (assigned !== undefined) return assigned.node;
  return undefined;
}
