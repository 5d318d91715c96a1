/** Capacity of nodes against what resources use (A4.11.1 to A4.11.4). */
import { MINUS_INFINITY } from '@holdfast/base';
import { type ClusterNode, type ClusterResource, type Entry } from '@holdfast/status';
import type { Work } from '../work/work.ts';
import { effectOf } from './apply-colocation.ts';
import { dependentsFor, primariesFor } from './colocation-lists.ts';
import { compareCapacity } from './nodes.ts';
import { isUsable } from './values.ts';

type Amounts = Map<string, number>;

/** Forbids what has not room enough; the node to prefer where none has room for all that goes together. */
export function limitByCapacity(work: Work, resource: ClusterResource): ClusterNode | undefined {
  if (work.cluster.options.placement === 'default') return undefined;
  const together = colocatedWith(work, resource);
  const need = sumOf(together);
  const usable = [...resource.allowed.values()].filter(isUsable);
  let best: Entry | undefined;
  let someFit = false;
  for (const entry of usable) {
    if (fits(need, entry.node)) someFit = true;
    if (best === undefined || compareCapacity(entry.node, best.node) < 0) best = entry;
  }
  const needed = someFit ? need : resource.utilization;
  for (const entry of usable) {
    if (fits(needed, entry.node)) continue;
    entry.score = MINUS_INFINITY;
    work.explainer?.term(resource, entry.node, MINUS_INFINITY, 'not enough capacity left');
  }
  return someFit ? undefined : best?.node;
}

function fits(need: ReadonlyMap<string, number>, { capacity }: ClusterNode): boolean {
  for (const [name, amount] of need) if (amount > (capacity.get(name) ?? 0)) return false;
  return true;
}

/** A4.11.4: what must be where the resource is. */
function colocatedWith(work: Work, resource: ClusterResource): readonly ClusterResource[] {
  const found: ClusterResource[] = [];
  collect(work, resource, resource, found);
  if (!found.includes(resource)) found.push(resource);
  return found;
}

function collect(
  work: Work,
  resource: ClusterResource,
  start: ClusterResource,
  found: ClusterResource[],
): void {
  if (found.includes(resource)) return;
  found.push(resource);
  const { parent, isCollocated } = resource;
  if (resource.variant === 'group' && (isCollocated || parent?.variant === 'clone')) {
    for (const member of resource.children) collect(work, member, start, found);
  }
  for (const via of primariesFor(work, resource)) {
    if (via.primary === start || via.score < 1_000_000) continue;
    if (effectOf(resource, via.primary, via, true) === 'location') {
      collect(work, via.primary, start, found);
    }
  }
  for (const via of dependentsFor(work, resource)) {
    if (via.dependent === start || via.score < 1_000_000) continue;
    if (resource.variant === 'clone' && via.dependent.variant !== 'clone') continue;
    if (effectOf(via.dependent, resource, via, true) === 'location') {
      collect(work, via.dependent, start, found);
    }
  }
}

function sumOf(resources: readonly ClusterResource[]): Amounts {
  const sum: Amounts = new Map();
  const listed = new Set(resources);
  for (const resource of resources) addNeed(sum, resource, listed);
  return sum;
}

function addNeed(
  sum: Amounts,
  resource: ClusterResource,
  listed: ReadonlySet<ClusterResource>,
): void {
  if (resource.isAssigned) return;
  switch (resource.variant) {
    case 'primitive':
      addOwn(sum, resource);
      return;
    case 'group': {
      const members = resource.isCollocated ? resource.children : resource.children.slice(0, 1);
      for (const member of members) {
        if (!member.isAssigned && !listed.has(member)) addOwn(sum, member);
      }
      return;
    }
    case 'clone': {
      const isListed = resource.children.some(
        (child) => listed.has(child) || child.children.some((member) => listed.has(member)),
      );
      const [first] = resource.children;
      if (!isListed && first !== undefined) addNeed(sum, first, listed);
      return;
    }
    case 'bundle': {
      const container = resource.replicas[0]?.container;
      if (container !== undefined) addOwn(sum, container);
    }
  }
}

function addOwn(sum: Amounts, { utilization }: ClusterResource): void {
  for (const [name, amount] of utilization) sum.set(name, (sum.get(name) ?? 0) + amount);
}
