/** Configured resources as objects: primitives, groups, clones and their instances (A1.5 to A1.7). */
import type { Clone, Group, Primitive, Resource } from '@holdfast/cib';
import { parseBoolean, unpack } from '@holdfast/cib';
import type { Cluster } from '../model/cluster.ts';
import { type ClusterResource, newResource, type ResourceTraits } from '../model/resource.ts';
import { openTable } from './allowed.ts';
import { readBundle } from './bundles.ts';
import { type Around, register, traitsOf } from './resource-base.ts';
import { amount, isRemoteAgent, nowMs } from './node-entries.ts';
import { applyTargetRole, countOf, durationOf, flagOf, metaOf } from './traits.ts';

/** Undefined for what cannot be used; whoever read the configuration has named it. */
export function readResource(
  cluster: Cluster,
  resource: Resource,
  around: Around,
): ClusterResource | undefined {
  switch (resource.kind) {
    case 'primitive':
      return readPrimitive(cluster, resource, around);
    case 'group':
      return readGroup(cluster, resource, around);
    case 'clone':
      return readClone(cluster, resource, around);
    case 'bundle':
      return readBundle(cluster, resource, around, readResource);
  }
}

function readPrimitive(
  cluster: Cluster,
  primitive: Primitive,
  around: Around,
): ClusterResource | undefined {
  const meta = metaOf(cluster, primitive, around.parent);
  const resource = register(cluster, newResource(traitsOf(cluster, primitive, around, meta)));
  const isConnection = isRemoteAgent(primitive);
  const migrates = parseBoolean(meta.get('allow-migrate'));
  resource.isMigratable = migrates ?? (isConnection && !meta.has('container'));
  if (primitive.agent.class === 'stonith') cluster.hasFenceDevice = true;
  for (const [name, value] of unpack(primitive.utilization, { now: nowMs(cluster) })) {
    resource.utilization.set(name, amount(value));
  }
  applyTargetRole(resource);
  setReconnect(cluster, resource, isConnection);
  noteTemplate(cluster, primitive);
  openTable(cluster, resource);
  return resource;
}

/** A1.9.3: a remote node is tried again after that long; failures are forgotten as soon. */
function setReconnect(cluster: Cluster, resource: ClusterResource, isConnection: boolean): void {
  if (!isConnection || resource.meta.has('container') || resource.primitive === undefined) return;
  const parameters = unpack(resource.primitive.instance, { now: nowMs(cluster) });
  const interval = durationOf(parameters, 'reconnect_interval');
  if (interval <= 0) return;
  resource.reconnectMs = interval;
  resource.failureTimeoutMs = interval;
}

function noteTemplate({ templates }: Cluster, { template, id }: Primitive): void {
  if (template === undefined) return;
  const derived = templates.get(template) ?? [];
  if (!derived.includes(id)) derived.push(id);
  templates.set(template, derived);
}

function readGroup(cluster: Cluster, group: Group, around: Around): ClusterResource | undefined {
  const meta = metaOf(cluster, group, around.parent);
  const traits = {
    ...traitsOf(cluster, group, around, meta),
    isOrdered: parseBoolean(meta.get('ordered')) !== false,
    isCollocated: parseBoolean(meta.get('collocated')) !== false,
  };
  const resource = register(cluster, newResource(traits));
  applyTargetRole(resource);
  for (const member of group.members) {
    const inside = { parent: resource, ...numbered(around) };
    const child = readPrimitive(cluster, member, inside);
    if (child !== undefined) resource.children.push(child);
  }
  openTable(cluster, resource);
  return resource;
}

export function numbered({ number }: Around): Pick<Around, 'number'> {
  return number === undefined ? {} : { number };
}

function readClone(cluster: Cluster, clone: Clone, around: Around): ClusterResource | undefined {
  const meta = metaOf(cluster, clone, around.parent);
  const traits = cloneTraits(cluster, clone, around, meta);
  if (traits === undefined) return undefined;
  const resource = register(cluster, newResource(traits));
  applyTargetRole(resource);
  const count = Math.max(1, traits.instancesMax);
  for (let number = 0; number < count; number += 1) {
    const child = addInstance(cluster, resource);
    if (child !== undefined && traits.instancesMax <= 0) markRemoved(child);
  }
  openTable(cluster, resource);
  return resource;
}

/** The next instance (A1.7.4); also used for one too many that a history tells of (A2.8.2). */
export function addInstance(cluster: Cluster, clone: ClusterResource): ClusterResource | undefined {
  const { configured } = clone;
  if (configured?.kind !== 'clone') return undefined;
  const around = { parent: clone, number: clone.children.length };
  const child = readResource(cluster, configured.child, around);
  if (child !== undefined) clone.children.push(child);
  return child;
}

export function markRemoved(resource: ClusterResource): void {
  resource.isRemoved = true;
  for (const child of resource.children) markRemoved(child);
}

/** Only agents of these classes know that there are several of them (A1.7.2). */
function canBeUnique({ child }: Clone): boolean {
  const primitives = child.kind === 'group' ? child.members : [child];
  return primitives.every(({ agent }) => agent.class === 'ocf' || agent.class === 'stonith');
}

/** More than that are made only where there are more nodes: each is an object with a table of scores. */
const INSTANCES_MAX = 250;

function cloneTraits(
  cluster: Cluster,
  clone: Clone,
  around: Around,
  meta: Map<string, string>,
): ResourceTraits | undefined {
  const isPromotable = flagOf(meta, 'promotable');
  const primitives = clone.child.kind === 'group' ? clone.child.members : [clone.child];
  if (isPromotable && primitives.some(({ agent }) => agent.class !== 'ocf')) return undefined;
  const nodes = Math.max(1, cluster.nodes.length);
  let max = Math.min(countOf(meta, 'clone-max', nodes), Math.max(nodes, INSTANCES_MAX));
  let perNode = countOf(meta, 'clone-node-max', 1);
  let isUnique = parseBoolean(meta.get('globally-unique')) ?? perNode > 1;
  if (!canBeUnique(clone) && isUnique) {
    isUnique = false;
    max = Math.min(max, nodes);
  }
  if (!isUnique) perNode = Math.min(perNode, 1);
  const own = traitsOf(cluster, clone, around, meta);
  if (!meta.has('resource-stickiness')) meta.set('resource-stickiness', '1');
  meta.set('globally-unique', String(isUnique));
  meta.set('clone-max', String(max));
  const promoted = isPromotable
    ? {
        promotedMax: countOf(meta, 'promoted-max', countOf(meta, 'master-max', 1)),
        promotedPerNode: countOf(meta, 'promoted-node-max', countOf(meta, 'master-node-max', 1)),
      }
    : {};
  return {
    ...own,
    isOrdered: flagOf(meta, 'ordered'),
    isPromotable,
    instancesMax: max,
    instancesPerNode: perNode,
    instancesMin: countOf(meta, 'clone-min', 0),
    ...promoted,
  };
}
