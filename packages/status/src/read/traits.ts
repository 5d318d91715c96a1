/** What the meta-attributes of a resource mean (A1.6). */
import { INFINITY } from '@holdfast/base';
import {
  integerPrefix,
  parseBoolean,
  parseRole,
  readDuration,
  readScore,
  type Resource,
  unpack,
} from '@holdfast/cib';
import type { Cluster } from '../model/cluster.ts';
import {
  type AnyRole,
  type ClusterResource,
  type MultipleActive,
  rankOf,
  type Requirement,
} from '../model/resource.ts';
import { isRemoteAgent, nowMs } from './node-entries.ts';

export type Meta = ReadonlyMap<string, string>;

/** A1.6.1: its own, its ancestors', the defaults, then whatever its parent was given. */
export function metaOf(
  cluster: Cluster,
  resource: Resource,
  parent: ClusterResource | undefined,
): Map<string, string> {
  const context = {
    now: nowMs(cluster),
    ...(resource.kind === 'primitive' ? { resource: resource.agent } : {}),
  };
  const values = new Map<string, string>();
  const add = (layer: Iterable<readonly [string, string]>): void => {
    for (const [name, value] of layer) if (!values.has(name)) values.set(name, value);
  };
  add(unpack(resource.meta, context));
  for (let each = parent; each !== undefined; each = each.parent) {
    if (each.configured !== undefined) add(unpack(each.configured.meta, context));
  }
  add(unpack(cluster.cib.configuration.resourceDefaults, context));
  if (parent !== undefined) add(parent.meta);
  return values;
}

export function scoreOf(meta: Meta, name: string): number {
  return readScore(meta.get(name)) ?? 0;
}

export function flagOf(meta: Meta, name: string): boolean {
  return parseBoolean(meta.get(name)) === true;
}

/** Of clones: unreadable is 0, missing is `fallback` (A0.7). */
export function countOf(meta: Meta, name: string, fallback: number): number {
  const text = meta.get(name);
  if (text === undefined) return fallback;
  return Math.min(2 ** 31 - 1, Math.max(0, integerPrefix(text) ?? 0));
}

export function durationOf(meta: Meta, name: string): number {
  return readDuration(meta.get(name)) ?? 0;
}

export function thresholdOf(meta: Meta): number {
  const text = meta.get('migration-threshold');
  if (text === undefined) return INFINITY;
  const value = readScore(text);
  return value === undefined || value < 0 ? INFINITY : value;
}

export function multipleActiveOf(meta: Meta): MultipleActive {
  switch (meta.get('multiple-active')?.toLowerCase() ?? '') {
    case 'block':
      return 'block';
    case 'stop_only':
      return 'stop_only';
    case 'stop_unexpected':
      return 'stop_unexpected';
    default:
      return 'stop_start';
  }
}

/** A1.6.4. */
export function requirementOf(cluster: Cluster, resource: Resource, meta: Meta): Requirement {
  const { options, usesUnfencing } = cluster;
  const isDevice = resource.kind === 'primitive' && resource.agent.class === 'stonith';
  const isConnection = resource.kind === 'primitive' && isRemoteAgent(resource);
  const unfencing = isDevice || !options.isFencing ? 'quorum' : 'unfencing';
  switch (meta.get('requires')?.toLowerCase() ?? '') {
    case 'nothing':
      return 'nothing';
    case 'quorum':
      return 'quorum';
    case 'fencing':
      return 'fencing';
    case 'unfencing':
      return unfencing;
    default:
      break;
  }
  if (isDevice || isConnection) return 'quorum';
  if (usesUnfencing) return unfencing;
  if (options.isFencing) return 'fencing';
  return options.quorumPolicy === 'ignore' ? 'nothing' : 'quorum';
}

export function needsFencing({ requires }: Pick<ClusterResource, 'requires'>): boolean {
  return requires === 'fencing' || requires === 'unfencing';
}

/** A1.6.5. */
export function setManaged({ options }: Cluster, resource: ClusterResource): void {
  const said = resource.meta.get('is-managed');
  resource.isManaged = said === undefined || said === 'default' || parseBoolean(said) === true;
  if (flagOf(resource.meta, 'maintenance') || options.isMaintenance) {
    resource.isManaged = false;
    resource.isMaintenance = true;
  }
}

/** The outermost ancestor; a bundle does not count (part B: top). */
export function topOf(resource: ClusterResource): ClusterResource {
  let top = resource;
  while (top.parent !== undefined && top.parent.variant !== 'bundle') top = top.parent;
  return top;
}

export function bundleOf(resource: ClusterResource): ClusterResource | undefined {
  const { parent } = topOf(resource);
  return parent ?? (resource.variant === 'bundle' ? resource : undefined);
}

/** A1.6.3: what `target-role` asks for; undefined: nothing in particular. */
export function requestedRole(resource: ClusterResource): AnyRole | undefined {
  const text = resource.meta.get('target-role');
  if (text === undefined || text.toLowerCase() === 'default') return undefined;
  const role = parseRole(text);
  if (role === 'Stopped') return role;
  return role === 'Unpromoted' && topOf(resource).isPromotable ? role : undefined;
}

export function applyTargetRole(resource: ClusterResource): void {
  const role = requestedRole(resource);
  if (role === undefined) return;
  if (resource.nextRole === 'Unknown' || rankOf(role) < rankOf(resource.nextRole)) {
    resource.nextRole = role;
  }
}

/** Every primitive at or below it, in order. */
export function* primitivesOf(resource: ClusterResource): Generator<ClusterResource> {
  if (resource.variant === 'primitive') yield resource;
  for (const child of resource.children) yield* primitivesOf(child);
}

export function* everyPart(resources: readonly ClusterResource[]): Generator<ClusterResource> {
  for (const resource of resources) {
    yield resource;
    yield* everyPart(resource.children);
  }
}
