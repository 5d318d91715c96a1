/** All constraints in document order, and what the nodes themselves say (A0.1, steps 4 and 5). */
import { INFINITY, MINUS_INFINITY } from '@holdfast/base';
import {
  addScore,
  type ClusterNode,
  type ClusterResource,
  everyPart,
  failCountWithLaunched,
  isConnectionAgent,
  noteRecheck,
  pairKey,
  topOf,
} from '@holdfast/status';
import { request } from '../work/request.ts';
import type { Work } from '../work/work.ts';
import { readColocation } from './colocations.ts';
import { readHealth } from './health.ts';
import { applyLocations, readLocation } from './locations.ts';
import { readOrder } from './orders.ts';
import { readTicket } from './tickets.ts';

export function readConstraints(work: Work): void {
  readHealth(work);
  for (const constraint of work.cluster.cib.configuration.constraints) {
    switch (constraint.kind) {
      case 'location':
        readLocation(work, constraint);
        break;
      case 'colocation':
        readColocation(work, constraint);
        break;
      case 'order':
        readOrder(work, constraint);
        break;
      case 'ticket':
        readTicket(work, constraint);
        break;
    }
  }
}

/** A4.1. */
export function applyNodeCriteria(work: Work): void {
  const { cluster } = work;
  if (cluster.options.isShutdownLock) applyShutdownLocks(work);
  applyLocations(work);
  for (const resource of everyPart(cluster.resources)) {
    if (resource.variant === 'primitive') applyStickiness(work, resource);
  }
  const primitives = [...everyPart(cluster.resources)].filter(mayFail);
  for (const node of cluster.nodes) {
    for (const primitive of primitives) applyThreshold(work, primitive, node);
    for (const resource of cluster.resources) applyExclusive(resource, node);
  }
}

function mayFail({ variant, threshold, isFailureIgnored }: ClusterResource): boolean {
  return variant === 'primitive' && threshold !== 0 && !isFailureIgnored;
}

/** A4.1.3. */
function applyStickiness(work: Work, resource: ClusterResource): void {
  const [node] = resource.active;
  const { stickiness } = resource;
  if (!resource.isManaged || stickiness < 1 || node === undefined) return;
  if (resource.active.length !== 1) return;
  if (!work.cluster.options.isSymmetric && !resource.allowed.has(node.id)) return;
  addScore(resource, node, stickiness);
  work.explainer?.term(resource, node, stickiness, 'stickiness: it runs there');
}

/** A4.1.5: too many failures there. */
function applyThreshold(work: Work, resource: ClusterResource, node: ClusterNode): void {
  if (node.attributes.size === 0) return;
  if (work.cluster.clearing.has(pairKey(resource, node))) return;
  const count = failCountWithLaunched(work.cluster, resource, node);
  if (count <= 0 || resource.threshold - count > 0) return;
  const banned = resource.isUnique ? resource : topOf(resource);
  addScore(banned, node, MINUS_INFINITY);
  const failures = count >= INFINITY ? 'a failure that forbids it' : `${count} failures`;
  work.explainer?.term(
    resource,
    node,
    MINUS_INFINITY,
    `${failures} there, migration-threshold ${resource.threshold}`,
  );
}

/** A4.1.6; what is inside a bundle is asked for itself. */
function applyExclusive(resource: ClusterResource, node: ClusterNode): void {
  if (!resource.isExclusive && !topOf(resource).isExclusive) return;
  for (const child of resource.children) applyExclusive(child, node);
  const entry = resource.allowed.get(node.id);
  if (entry !== undefined && entry.mode !== 'exclusive') entry.score = MINUS_INFINITY;
}

/** A4.1.1, B10.5. */
function applyShutdownLocks(work: Work): void {
  for (const resource of work.cluster.resources) {
    if (resource.variant === 'primitive') lock(work, resource);
    if (resource.variant === 'group') {
      for (const member of resource.children) lock(work, member);
    }
  }
}

function lock(work: Work, resource: ClusterResource): void {
  const { cluster } = work;
  if (resource.agent?.class === 'stonith' || isConnectionAgent(resource)) return;
  const [only, second] = resource.active;
  if (resource.lockedTo !== undefined) {
    if (only !== undefined) {
      request(work, {
        resource,
        task: 'lrm_delete',
        node: resource.lockedTo,
        isOptional: false,
      });
      resource.lockedTo = undefined;
      resource.lockedSince = 0;
    }
  } else if (only !== undefined && second === undefined && only.isLeaving && !only.isUnclean) {
    const since = Number.parseInt(only.attributes.get('shutdown') ?? '', 10);
    resource.lockedTo = only;
    resource.lockedSince = Number.isFinite(since) && since !== 0 ? since : cluster.now;
  }
  if (resource.lockedTo === undefined) return;
  const limit = Math.round(cluster.options.shutdownLockLimitMs / 1000);
  if (limit > 0) noteRecheck(cluster, resource.lockedSince + limit + 1);
  for (const node of cluster.nodes) {
    if (node === resource.lockedTo) continue;
    addScore(resource, node, MINUS_INFINITY);
    work.explainer?.term(resource, node, MINUS_INFINITY, `kept for ${resource.lockedTo.name}`);
  }
}
