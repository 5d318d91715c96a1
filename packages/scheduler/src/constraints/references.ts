/** What a constraint's names mean (A4.2.1, A4.2.2). */
import type { ResourceSet } from '@holdfast/cib';
import { type ClusterResource, type Cluster, topOf } from '@holdfast/status';

/** The resource called `name`; by a name its history alone knows, the whole clone. */
export function namedResource(cluster: Cluster, name: string): ClusterResource | undefined {
  const exact = cluster.byId.get(name);
  if (exact !== undefined) return exact;
  const byHistory = cluster.byHistoryName.get(name);
  return byHistory === undefined ? undefined : topOf(byHistory);
}

/** What a template or a tag stands for; undefined: it is neither. */
export function membersOf(cluster: Cluster, name: string): readonly string[] | undefined {
  return cluster.templates.get(name) ?? cluster.cib.configuration.tags.get(name);
}

export type Named =
  | { readonly kind: 'resource'; readonly resource: ClusterResource }
  | { readonly kind: 'several'; readonly names: readonly string[] };

export function resolve(cluster: Cluster, name: string): Named | undefined {
  const resource = namedResource(cluster, name);
  if (resource !== undefined) return { kind: 'resource', resource };
  const names = membersOf(cluster, name);
  return names === undefined || names.length === 0 ? undefined : { kind: 'several', names };
}

/** The set's members with templates and tags replaced by theirs; undefined where one is unknown. */
export function resourcesOfSet(
  cluster: Cluster,
  { resources }: Pick<ResourceSet, 'resources'>,
): readonly ClusterResource[] | undefined {
  const found: ClusterResource[] = [];
  for (const name of resources) {
    const named = resolve(cluster, name);
    if (named === undefined) return undefined;
    const each =
      named.kind === 'resource'
        ? [named.resource]
        : named.names.map((member) => namedResource(cluster, member));
    for (const resource of each) {
      if (resource === undefined) return undefined;
      found.push(resource);
    }
  }
  return found;
}

/** A set nobody wrote, in place of a template or a tag. */
export function unorderedSet(id: string, resources: readonly string[]): ResourceSet {
  return {
    id,
    resources,
    sequential: false,
    requireAll: true,
    ordering: undefined,
    action: undefined,
    role: undefined,
    score: undefined,
    kind: undefined,
  };
}
