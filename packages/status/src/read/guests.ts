/** Connections that nobody wrote down, and which resource carries which (A1.9). */
import { type Primitive } from '@holdfast/cib';
import type { Cluster } from '../model/cluster.ts';
import type { ClusterResource } from '../model/resource.ts';
import { bare, monitor, op, setOf } from './bundles.ts';
import { guestNameOf, literalMeta } from './node-entries.ts';
import { everyPart } from './traits.ts';

/** A guest's connection follows from the primitive that carries it (A1.9.1). */
export function impliedConnections({ cib }: Cluster): readonly Primitive[] {
  const { resources } = cib.configuration;
  const taken = new Set(resources.map(({ id }) => id));
  const found: Primitive[] = [];
  for (const resource of resources) {
    const primitives =
      resource.kind === 'primitive'
        ? [resource]
        : resource.kind === 'group'
          ? resource.members
          : [];
    for (const launcher of primitives) {
      const name = guestNameOf(launcher);
      if (name === undefined || taken.has(name)) continue;
      taken.add(name);
      found.push(connectionTo(name, launcher));
    }
  }
  return found;
}

function connectionTo(name: string, launcher: Primitive): Primitive {
  const said = (attribute: string): string | undefined => literalMeta(launcher.meta, attribute);
  const meta: Record<string, string> = { internal_rsc: 'true', container: launcher.id };
  const migrate = said('remote-allow-migrate');
  if (migrate !== undefined) meta['allow-migrate'] = migrate;
  const managed = said('is-managed');
  if (managed !== undefined) meta['is-managed'] = managed;
  const parameters: Record<string, string> = {};
  const address = said('remote-addr');
  if (address !== undefined) parameters['addr'] = address;
  const port = said('remote-port');
  if (port !== undefined) parameters['port'] = port;
  return {
    ...bare(name, 'remote'),
    agent: { class: 'ocf', provider: 'pacemaker', type: 'remote' },
    meta: [setOf(`${name}-meta`, meta)],
    instance: Object.keys(parameters).length === 0 ? [] : [setOf(`${name}-parameters`, parameters)],
    operations: [monitor('30s', '30s'), op('start', '0', said('remote-connect-timeout') ?? '60s')],
  };
}

/** Who is carried by whom (A1.9.2), and which node each connection makes (A1.9.4). */
export function linkLaunchers(cluster: Cluster): void {
  for (const resource of everyPart(cluster.resources)) {
    const carrier = resource.variant === 'primitive' ? resource.meta.get('container') : undefined;
    const launcher = carrier === undefined ? undefined : cluster.byId.get(carrier);
    if (launcher === undefined || launcher === resource || resource.launcher !== undefined)
      continue;
    resource.launcher = launcher;
    launcher.launched.push(resource);
  }
  for (const resource of everyPart(cluster.resources)) linkConnection(cluster, resource);
}

export function isConnectionAgent({ agent }: Pick<ClusterResource, 'agent'>): boolean {
  return agent?.class === 'ocf' && agent.provider === 'pacemaker' && agent.type === 'remote';
}

export function linkConnection(cluster: Cluster, resource: ClusterResource): void {
  if (!isConnectionAgent(resource) || resource.remoteNode !== undefined) return;
  const isTop = resource.parent === undefined || resource.parent.variant === 'bundle';
  const node = cluster.nodeByName.get(resource.id.toLowerCase());
  if (node === undefined || node.kind === 'member' || !isTop) return;
  resource.remoteNode = node;
  node.connection = resource;
  if (resource.launcher === undefined && !resource.meta.has('container')) {
    node.isUnclean = cluster.options.isStartupFencing;
    return;
  }
  node.kind = 'guest';
  node.attributes.set('#kind', 'container');
}

/** Has it a node of its own behind it (a connection is one itself)? */
export function makesNode({ remoteNode }: ClusterResource): boolean {
  return remoteNode !== undefined;
}

/** The node a launcher's connection makes; undefined where it launches none. */
export function guestConnectionOf({ launched }: ClusterResource): ClusterResource | undefined {
  return launched.find(makesNode);
}
