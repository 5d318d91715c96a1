/** Bundles: what a container per replica, its address and its connection imply (A1.8, B10.2). */
import { MINUS_INFINITY } from '@holdfast/base';
import { type Bundle, type Clone, type NvSet, type OpEntry, type Primitive } from '@holdfast/cib';
import type { Cluster } from '../model/cluster.ts';
import { type ClusterResource, newResource, type Replica } from '../model/resource.ts';
import { newEntry, openTable } from './allowed.ts';
import { type BundleParts, containerParameters, partsOf } from './bundle-parts.ts';
import { implyNode } from './node-entries.ts';
import { type Around, register, traitsOf } from './resource-base.ts';
import { applyTargetRole, everyPart, metaOf } from './traits.ts';

/** Reads one part: a clone, or a primitive. */
type ReadPart = (
  cluster: Cluster,
  resource: Clone | Primitive,
  around: Around,
) => ClusterResource | undefined;

export function readBundle(
  cluster: Cluster,
  bundle: Bundle,
  around: Around,
  readPart: ReadPart,
): ClusterResource | undefined {
  const parts = partsOf(bundle);
  const isReachable = parts.addressStart !== undefined || parts.controlPort !== undefined;
  if (bundle.child !== undefined && !isReachable) return undefined;
  const meta = metaOf(cluster, bundle, around.parent);
  const resource = register(
    cluster,
    newResource({
      ...traitsOf(cluster, bundle, around, meta),
      instancesMax: parts.replicas,
      instancesPerNode: parts.perHost,
      promotedMax: parts.promotedMax,
    }),
  );
  resource.isUnique = parts.perHost > 1;
  applyTargetRole(resource);
  const reader: Reader = { cluster, readPart };
  const inner = innerClone(reader, bundle, parts, resource);
  for (let number = 0; number < parts.replicas; number += 1) {
    const instance = inner?.children[number];
    resource.replicas.push(addReplica(reader, { bundle, parts, resource, number, instance }));
  }
  if (inner !== undefined) adopt(resource, inner);
  openTable(cluster, resource);
  return resource;
}

function adopt(resource: ClusterResource, inner: ClusterResource): void {
  resource.innerClone = inner;
  resource.children.push(inner);
  if (inner.children.some(({ isNotified }) => isNotified)) inner.isNotified = true;
  for (const { node, inner: instance } of resource.replicas) {
    if (node === undefined || instance === undefined) continue;
    instance.isExclusive = true;
    instance.allowed = new Map([[node.id, { ...newEntry(node, 500), mode: 'exclusive' as const }]]);
    inner.allowed.set(node.id, newEntry(node, MINUS_INFINITY));
  }
}

type Reader = { readonly cluster: Cluster; readonly readPart: ReadPart };

function innerClone(
  { cluster, readPart }: Reader,
  bundle: Bundle,
  parts: BundleParts,
  parent: ClusterResource,
): ClusterResource | undefined {
  if (bundle.child === undefined) return undefined;
  const isPromotable = parts.promotedMax > 0;
  const clone: Clone = {
    kind: 'clone',
    id: `${bundle.id}-${isPromotable ? 'master' : 'clone'}`,
    description: undefined,
    meta: [
      setOf(`${bundle.id}-inner`, {
        ordered: 'true',
        'clone-max': String(parts.replicas),
        'clone-node-max': String(parts.perHost),
        'globally-unique': String(parts.perHost > 1),
        ...(isPromotable ? { promotable: 'true', 'promoted-max': String(parts.promotedMax) } : {}),
      }),
    ],
    instance: [],
    promotable: isPromotable,
    child: bundle.child,
  };
  return readPart(cluster, clone, { parent, isInternal: true });
}

type ReplicaPlan = {
  readonly bundle: Bundle;
  readonly parts: BundleParts;
  readonly resource: ClusterResource;
  readonly number: number;
  readonly instance: ClusterResource | undefined;
};

function addReplica(reader: Reader, plan: ReplicaPlan): Replica {
  const { bundle, parts, resource, number, instance } = plan;
  const address = parts.addresses[number];
  const container = addPart(reader, resource, {
    ...bare(`${bundle.id}-${bundle.engine}-${number}`, bundle.engine),
    instance: [
      setOf(`${bundle.id}-attributes-${number}`, containerParameters(bundle, parts, number)),
    ],
    operations: [monitor('60s')],
  });
  const ip =
    address === undefined
      ? undefined
      : addPart(reader, resource, ipPrimitive(bundle, parts, address));
  const replica = { number, container, ip, address, inner: instance };
  if (instance === undefined) return { ...replica, connection: undefined, node: undefined };
  container.utilization = instance.utilization;
  instance.utilization = new Map();
  return { ...replica, ...addConnection(reader, plan, container, address) };
}

function ipPrimitive(bundle: Bundle, parts: BundleParts, address: string): Primitive {
  const { 'host-interface': nic, 'host-netmask': mask = '32' } = parts.network;
  return {
    ...bare(`${bundle.id}-ip-${address.replaceAll(/[^\w.-]/g, '.')}`, 'IPaddr2'),
    instance: [
      setOf(`${bundle.id}-ip`, {
        ip: address,
        ...(nic === undefined ? {} : { nic }),
        cidr_netmask: mask,
      }),
    ],
    operations: [monitor('60s')],
  };
}

function addConnection(
  reader: Reader,
  { bundle, parts, resource, number }: ReplicaPlan,
  container: ClusterResource,
  address: string | undefined,
): Pick<Replica, 'connection' | 'node'> {
  const { cluster } = reader;
  const usual = `${bundle.id}-${number}`;
  const id = cluster.byId.has(usual)
    ? `pcmk-internal-${bundle.child?.id ?? ''}-remote-${number}`
    : usual;
  const node = implyNode(cluster, id);
  node.score = MINUS_INFINITY;
  node.discovery = 'never';
  node.isInBundle = true;
  for (const part of everyPart(cluster.resources)) {
    if (part.allowed.has(node.id)) part.allowed.set(node.id, newEntry(node));
  }
  const connection = addPart(reader, resource, {
    ...bare(id, 'remote'),
    agent: { class: 'ocf', provider: 'pacemaker', type: 'remote' },
    meta: [setOf(`${id}-meta`, { internal_rsc: 'true', container: container.id })],
    instance: [
      setOf(`${id}-parameters`, {
        addr: address ?? '#uname',
        port: parts.controlPort ?? '3121',
      }),
    ],
    operations: [monitor('30s', '30s')],
  });
  connection.isNestingAllowed = true;
  for (const entry of connection.allowed.values()) {
    if (entry.node.kind !== 'member') entry.score = MINUS_INFINITY;
  }
  return { connection, node };
}

function addPart(
  { cluster, readPart }: Reader,
  parent: ClusterResource,
  primitive: Primitive,
): ClusterResource {
  const part = readPart(cluster, primitive, {
    parent,
    isInternal: primitive.agent.type === 'remote',
  });
  if (part === undefined) throw new Error(`${primitive.id} cannot be read`);
  parent.children.push(part);
  return part;
}

/** A primitive nobody wrote. */
export function bare(id: string, type: string): Primitive {
  return {
    kind: 'primitive',
    id,
    description: undefined,
    meta: [],
    instance: [],
    agent: { class: 'ocf', provider: 'heartbeat', type },
    template: undefined,
    operations: [],
    utilization: [],
  };
}

export function setOf(id: string, values: Readonly<Record<string, string>>): NvSet {
  const pairs = Object.entries(values).map(([name, value]) => ({
    id: `${id}-${name}`,
    name,
    value,
  }));
  return { id, score: 0 as NvSet['score'], rule: undefined, pairs };
}

export function monitor(interval: string, timeout?: string): OpEntry {
  return op('monitor', interval, timeout);
}

export function op(name: string, interval: string, timeout?: string): OpEntry {
  return {
    id: `${name}-${interval}`,
    name,
    interval,
    role: undefined,
    options: timeout === undefined ? {} : { timeout },
    instance: [],
    meta: [],
  };
}
