/** Which resource a history belongs to: instances of clones, and what is no longer configured (A2.6.2, A2.8). */
import { MINUS_INFINITY } from '@holdfast/base';
import type { ResourceHistory } from '@holdfast/cib';
import type { Cluster } from '../model/cluster.ts';
import type { ClusterNode } from '../model/node.ts';
import type { ClusterResource } from '../model/resource.ts';
import { addScoreEverywhere } from './allowed.ts';
import { bare } from './bundles.ts';
import { isConnectionAgent, linkConnection } from './guests.ts';
import { implyNode } from './node-entries.ts';
import { addInstance, markRemoved, readResource } from './resources.ts';
import { bundleOf, everyPart, needsFencing, topOf } from './traits.ts';

export function resourceOf(
  cluster: Cluster,
  node: ClusterNode,
  history: ResourceHistory,
): ClusterResource | undefined {
  const found = configuredFor(cluster, node, history.resource);
  const resource = found ?? removedResource(cluster, history);
  if (resource === undefined) return undefined;
  if (resource.id !== history.resource) rename(cluster, resource, history.resource);
  return resource;
}

function rename(cluster: Cluster, resource: ClusterResource, name: string): void {
  resource.historyName = name;
  if (!cluster.byHistoryName.has(name)) cluster.byHistoryName.set(name, resource);
}

export function forgetName(cluster: Cluster, resource: ClusterResource): void {
  const name = resource.historyName;
  if (name === undefined) return;
  if (cluster.byHistoryName.get(name) === resource) cluster.byHistoryName.delete(name);
  resource.historyName = undefined;
}

/** By id, or by the name a history was found under; depth first (A4.2.1). */
export function findResource(cluster: Cluster, name: string): ClusterResource | undefined {
  return cluster.byId.get(name) ?? cluster.byHistoryName.get(name);
}

function configuredFor(
  cluster: Cluster,
  node: ClusterNode,
  name: string,
): ClusterResource | undefined {
  const base = name.replace(/:\d+$/, '');
  let found = findResource(cluster, name);
  if (found === undefined) {
    const first = cluster.byId.get(`${base}:0`);
    if (first === undefined || first.isUnique) return undefined;
    found = first;
  }
  if (found.variant !== 'primitive') return undefined;
  const top = topOf(found);
  if (top.variant !== 'clone' || found.isUnique) return found;
  if (bundleOf(found) !== undefined) {
    const replica = bundleOf(found)?.replicas.find((each) => each.node === node);
    return replica?.inner;
  }
  return chooseInstance(cluster, top, node, base);
}

type Choice = { candidate?: ClusterResource; free?: ClusterResource; isTwin: boolean };

/** A2.8.2: the one that is there, else the first that is nowhere. */
function chooseInstance(
  cluster: Cluster,
  clone: ClusterResource,
  node: ClusterNode,
  base: string,
): ClusterResource | undefined {
  const choice: Choice = { isTwin: false };
  for (const instance of clone.children) {
    if (considerInstance(choice, instance, node, base)) break;
  }
  const found = choice.candidate ?? choice.free;
  if (found !== undefined && !isSurplus(cluster, clone, node, found)) return found;
  const added = addInstance(cluster, clone);
  if (added === undefined) return undefined;
  markRemoved(added);
  return memberOf(added, base);
}

/** True: no other instance need be looked at. */
function considerInstance(
  choice: Choice,
  instance: ClusterResource,
  node: ClusterNode,
  base: string,
): boolean {
  const places = placesOf(instance);
  if (places.length > 0) {
    if (places[0] !== node) return false;
    const member = memberOf(instance, base);
    if (member === undefined) return false;
    if (member.active.length === 0) {
      choice.candidate = member;
      return true;
    }
    choice.isTwin = true;
    delete choice.free;
    return false;
  }
  if (choice.free !== undefined || choice.isTwin || instance.isBlocked) return false;
  const member = memberOf(instance, base);
  const isElsewhere = member?.pendingNode !== undefined && member.pendingNode !== node;
  if (member !== undefined && !isElsewhere) choice.free = member;
  return false;
}

/** Where an instance is, with all its parts; also where something is under way. */
function placesOf(instance: ClusterResource): readonly ClusterNode[] {
  const places = new Set<ClusterNode>();
  for (const part of everyPart([instance])) {
    if (part.variant !== 'primitive') continue;
    for (const node of part.active) places.add(node);
    if (part.pendingNode !== undefined) places.add(part.pendingNode);
  }
  return [...places];
}

function memberOf(instance: ClusterResource, base: string): ClusterResource | undefined {
  for (const part of everyPart([instance])) {
    if (part.variant === 'primitive' && (part.xmlId === base || part.id === base)) return part;
  }
  return undefined;
}

/** On a lost node, what needs no fencing does not take an instance away from those that live. */
function isSurplus(
  cluster: Cluster,
  clone: ClusterResource,
  node: ClusterNode,
  found: ClusterResource,
): boolean {
  if (needsFencing(found) || node.kind === 'guest') return false;
  if (node.isOnline && !node.isUnclean) return false;
  return clone.instancesMax !== cluster.nodes.length;
}

/** What is no longer configured, as its history tells (A2.8.1). */
function removedResource(
  cluster: Cluster,
  { resource: id, agent, container }: ResourceHistory,
): ClusterResource | undefined {
  const primitive = { ...bare(id, agent.type), agent };
  const resource = readResource(cluster, primitive, { parent: undefined });
  if (resource === undefined) return undefined;
  resource.isRemoved = true;
  cluster.resources.push(resource);
  if (isConnectionAgent(resource)) {
    implyNode(cluster, id).isLeaving = true;
    linkConnection(cluster, resource);
  }
  if (container !== undefined) resource.isRemovedLaunched = true;
  if (!cluster.options.stopsRemoved) resource.isManaged = false;
  else addScoreEverywhere(cluster, resource, MINUS_INFINITY);
  return resource;
}
