/** What the status says of each node of the cluster itself (A2.2). */
import { MINUS_INFINITY } from '@holdfast/base';
import { integerPrefix, type NodeState, parseBoolean } from '@holdfast/cib';
import { type Cluster, noteRecheck } from '../model/cluster.ts';
import type { ClusterNode } from '../model/node.ts';
import { markForFencing } from './fencing.ts';
import { amount } from './node-entries.ts';

/** The node a state belongs to, by id, else by name; undefined for one that was removed. */
export function nodeOfState(cluster: Cluster, { id, name }: NodeState): ClusterNode | undefined {
  return cluster.nodeById.get(id) ?? cluster.nodeByName.get(name.toLowerCase());
}

export function readNodeStates(cluster: Cluster): void {
  for (const state of cluster.cib.status.nodes) {
    const node = nodeOfState(cluster, state);
    if (node === undefined) continue;
    node.state ??= state;
    if (node.kind === 'member') readState(cluster, node, state);
    else node.isFenced = (integerPrefix(state.nodeFenced ?? '0') ?? 0) !== 0;
  }
}

function readState(cluster: Cluster, node: ClusterNode, state: NodeState): void {
  mergeTransient(node, state);
  node.isUnclean = false;
  node.isSeen = true;
  if (isOn(node, 'standby')) node.isStandby = true;
  if (isOn(node, 'maintenance')) node.isMaintenance = true;
  node.isLeaving = wantsToLeave(node);
  node.isExpectedUp = !node.isLeaving && state.expected === 'member';
  const presence = { isMember: state.inCluster, isPeer: state.daemonOnline === true };
  if (cluster.options.isFencing) withFencing(cluster, node, state, presence);
  else withoutFencing(cluster, node, state, presence);
  if (!node.isOnline || node.isLeaving) node.score = MINUS_INFINITY;
  const { isQuorate, quorumPolicy } = cluster.options;
  if (node.isOnline && !isQuorate && quorumPolicy === 'fence') {
    markForFencing(cluster, node, 'cluster does not have quorum');
  }
}

/** Transient attributes count before permanent ones (A1.4.3). */
export function mergeTransient(node: ClusterNode, state: NodeState): void {
  for (const [name, value] of Object.entries(state.transientAttributes)) {
    node.attributes.set(name, value);
  }
  for (const [name, value] of Object.entries(state.transientUtilization ?? {})) {
    if (!node.capacity.has(name)) node.capacity.set(name, amount(value));
  }
}

export function isOn({ attributes }: ClusterNode, name: string): boolean {
  return parseBoolean(attributes.get(name)) === true;
}

export function wantsToLeave({ attributes }: ClusterNode): boolean {
  const shutdown = attributes.get('shutdown');
  return shutdown !== undefined && shutdown !== '0';
}

type Presence = { readonly isMember: boolean | undefined; readonly isPeer: boolean };

/** A2.2.4. */
function withoutFencing(
  cluster: Cluster,
  node: ClusterNode,
  state: NodeState,
  { isMember, isPeer }: Presence,
): void {
  if (isMember !== true) return;
  if (isPeer) {
    node.isOnline = state.join?.toLowerCase() === 'member';
    return;
  }
  if (node.isExpectedUp) markForFencing(cluster, node, 'peer is unexpectedly down');
}

/** A2.2.5: the first that holds. */
function withFencing(
  cluster: Cluster,
  node: ClusterNode,
  state: NodeState,
  { isMember, isPeer }: Presence,
): void {
  if (node.isLeaving) {
    node.isOnline = isPeer;
    return;
  }
  if (isMember === undefined) {
    markForFencing(cluster, node, 'peer has not been seen by the cluster');
    return;
  }
  if (state.join === 'banned') {
    markForFencing(cluster, node, 'peer failed Pacemaker membership criteria');
  } else if (isTerminating(node)) {
    if (!isMember && !isPeer && state.join === 'down') return;
    markForFencing(cluster, node, 'fencing was requested');
  } else {
    judgeUnbidden(cluster, node, state, { isMember, isPeer });
  }
  node.isOnline = isMember;
}

function isTerminating({ attributes }: ClusterNode): boolean {
  const terminate = attributes.get('terminate');
  if (terminate === undefined) return false;
  return parseBoolean(terminate) ?? (integerPrefix(terminate) ?? 0) > 0;
}

function judgeUnbidden(
  cluster: Cluster,
  node: ClusterNode,
  state: NodeState,
  { isMember, isPeer }: { readonly isMember: boolean; readonly isPeer: boolean },
): void {
  if (state.expected === undefined || state.expected === 'down') {
    if (isOverdue(cluster, state, isPeer)) {
      markForFencing(cluster, node, 'peer pending timed out on joining the process group');
    } else if (isMember || isPeer) {
      setPending(node);
    }
  } else if (!isMember) {
    markForFencing(cluster, node, 'peer is no longer part of the cluster', true);
  } else if (!isPeer) {
    markForFencing(cluster, node, 'peer process is no longer available');
  } else if (state.join === 'pending' || state.join === 'down') {
    setPending(node);
  } else if (state.join?.toLowerCase() !== 'member') {
    markForFencing(cluster, node, 'peer was in an unknown state');
  }
}

function setPending(node: ClusterNode): void {
  node.isStandby = true;
  node.isPending = true;
}

/** In the ring for too long, and not yet in the cluster. */
function isOverdue(cluster: Cluster, { inClusterSince = 0 }: NodeState, isPeer: boolean): boolean {
  const timeout = cluster.options.nodePendingTimeoutMs / 1000;
  if (timeout <= 0 || inClusterSince <= 0 || isPeer) return false;
  noteRecheck(cluster, inClusterSince + timeout);
  return cluster.now >= inClusterSince + timeout;
}
