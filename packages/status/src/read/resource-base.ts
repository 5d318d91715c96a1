/** What every kind of resource has in common when it is read (A1.5, A1.6). */
import { parseBoolean, type Resource } from '@holdfast/cib';
import type { Cluster } from '../model/cluster.ts';
import type { ClusterResource, ResourceTraits } from '../model/resource.ts';
import {
  durationOf,
  flagOf,
  type Meta,
  multipleActiveOf,
  requirementOf,
  scoreOf,
  setManaged,
  thresholdOf,
  topOf,
} from './traits.ts';

export type Around = {
  readonly parent: ClusterResource | undefined;
  readonly number?: number;
  readonly isInternal?: boolean;
};

/** What every kind has in common; `more` is what is special. */
export function traitsOf(
  cluster: Cluster,
  resource: Resource,
  around: Around,
  meta: Meta,
): ResourceTraits {
  const { parent, number } = around;
  return {
    id: number === undefined ? resource.id : `${resource.id}:${number}`,
    xmlId: resource.id,
    variant: resource.kind,
    configured: resource,
    primitive: resource.kind === 'primitive' ? resource : undefined,
    agent: resource.kind === 'primitive' ? resource.agent : undefined,
    parent,
    meta,
    number,
    isInternal: around.isInternal ?? flagOf(meta, 'internal_rsc'),
    isCritical: parseBoolean(meta.get('critical') ?? 'true') === true,
    requires: requirementOf(cluster, resource, meta),
    multipleActive: multipleActiveOf(meta),
    stickiness: scoreOf(meta, 'resource-stickiness'),
    threshold: thresholdOf(meta),
    isOrdered: false,
    isCollocated: true,
    isInterleaved: flagOf(meta, 'interleave'),
    isPromotable: false,
    instancesMax: 0,
    instancesPerNode: 1,
    instancesMin: 0,
    promotedMax: 0,
    promotedPerNode: 0,
  };
}

/** Adds it to the look-ups, and gives it what its meta-attributes say. */
export function register(cluster: Cluster, resource: ClusterResource): ClusterResource {
  const { meta } = resource;
  if (!cluster.byId.has(resource.id)) cluster.byId.set(resource.id, resource);
  setManaged(cluster, resource);
  resource.priority = scoreOf(meta, 'priority');
  resource.failureTimeoutMs = durationOf(meta, 'failure-timeout');
  resource.isNotified = flagOf(meta, 'notify');
  const top = topOf(resource);
  const isCloneUnique = top === resource || top.isUnique;
  resource.isUnique = top.variant !== 'clone' || (isCloneUnique && flagOf(meta, 'globally-unique'));
  return resource;
}
