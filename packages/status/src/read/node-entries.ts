/** The nodes of the configuration, and those that exist because a resource connects to them (A1.4, A1.9). */
import { type EpochMs, epochMs, nodeName } from '@holdfast/base';
import { integerPrefix, type NodeEntry, type Primitive, unpack } from '@holdfast/cib';
import type { Cluster } from '../model/cluster.ts';
import { type ClusterNode, newNode } from '../model/node.ts';
import { compareNames } from './names.ts';

export function addConfiguredNodes(cluster: Cluster): void {
  for (const entry of cluster.cib.configuration.nodes) addNode(cluster, nodeOf(cluster, entry));
  const dcId = cluster.cib.root.attributes['dc-uuid'];
  cluster.dc = dcId === undefined ? undefined : cluster.nodeById.get(dcId);
  for (const node of cluster.nodes) {
    node.isDc = node === cluster.dc;
    if (!node.isDc) continue;
    node.attributes.set('#is_dc', 'true');
  }
}

function nodeOf(cluster: Cluster, entry: NodeEntry): ClusterNode {
  const { options } = cluster;
  const node = newNode(entry.id, entry.name, entry.kind === 'remote' ? 'remote' : 'member');
  node.score = entry.score ?? 0;
  node.isUnclean = node.kind === 'member' && options.isStartupFencing;
  describe(cluster, node);
  const context = { now: nowMs(cluster) };
  for (const [name, value] of unpack(entry.attributes, context)) {
    if (!node.attributes.has(name)) node.attributes.set(name, value);
  }
  for (const [name, value] of unpack(entry.utilization, context)) {
    node.capacity.set(name, amount(value));
  }
  completeSite(cluster, node);
  return node;
}

/** An amount of a utilization attribute; what is no number is 0 (A4.11.1). */
export function amount(text: string): number {
  return integerPrefix(text) ?? 0;
}

function describe({ options }: Cluster, node: ClusterNode): void {
  node.attributes.set('#uname', node.name);
  node.attributes.set('#id', node.id);
  node.attributes.set('#is_dc', 'false');
  node.attributes.set('#kind', node.kind === 'member' ? 'cluster' : 'remote');
  if (options.clusterName !== undefined) node.attributes.set('#cluster-name', options.clusterName);
}

function completeSite({ options }: Cluster, { attributes }: ClusterNode): void {
  const site = attributes.get('site-name') ?? options.clusterName;
  if (site !== undefined && !attributes.has('#site-name')) attributes.set('#site-name', site);
}

/** The list stays in natural order; among equal names the newer comes first. */
function addNode(cluster: Cluster, node: ClusterNode): void {
  const { nodes, nodeById, nodeByName } = cluster;
  const index = nodes.findIndex((each) => compareNames(node.name, each.name) <= 0);
  nodes.splice(index < 0 ? nodes.length : index, 0, node);
  if (!nodeById.has(node.id)) nodeById.set(node.id, node);
  const key = node.name.toLowerCase();
  if (!nodeByName.has(key)) nodeByName.set(key, node);
}

/** A node that nobody wrote down: a resource connects to it. */
export function implyNode(cluster: Cluster, name: string): ClusterNode {
  const known = cluster.nodeByName.get(name.toLowerCase());
  if (known !== undefined) return known;
  const node = newNode(name, nodeName(name), 'remote');
  describe(cluster, node);
  completeSite(cluster, node);
  addNode(cluster, node);
  return node;
}

/** Top-level connections and guests of primitives make nodes before any resource is read (A1.9.1). */
export function addImpliedNodes(cluster: Cluster): void {
  for (const resource of cluster.cib.configuration.resources) {
    if (resource.kind === 'primitive' && isRemoteAgent(resource) && resource.id !== '')
      implyNode(cluster, resource.id);
    const primitives =
      resource.kind === 'primitive'
        ? [resource]
        : resource.kind === 'group'
          ? resource.members
          : [];
    for (const primitive of primitives) {
      const guest = guestNameOf(primitive);
      if (guest !== undefined) implyNode(cluster, guest);
    }
  }
}

export function isRemoteAgent({ agent }: Pick<Primitive, 'agent'>): boolean {
  return agent.class === 'ocf' && agent.provider === 'pacemaker' && agent.type === 'remote';
}

/** The literal value, whatever rules say. */
export function guestNameOf({ meta }: Primitive): string | undefined {
  const name = literalMeta(meta, 'remote-node');
  return name === '' ? undefined : name;
}

export function literalMeta(meta: Primitive['meta'], wanted: string): string | undefined {
  for (const { pairs } of meta) {
    const found = pairs.find(({ name }) => name === wanted);
    if (found !== undefined) return found.value;
  }
  return undefined;
}

/** Wall clock in ms, as rules want it. */
export function nowMs({ now }: Pick<Cluster, 'now'>): EpochMs {
  return epochMs(now * 1000);
}
