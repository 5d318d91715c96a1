/** Location constraints: read (A4.2.4 to A4.2.9) and applied (A4.2.10). */
import {
  expandSubmatches,
  type LocationConstraint,
  matches,
  parseRole,
  readScore,
  type ResourceSet,
  type Rule,
  type RuleContext,
} from '@holdfast/cib';
import {
  add,
  type AnyRole,
  type Cluster,
  type ClusterNode,
  type ClusterResource,
  currentNode,
  instanceParameters,
  nowMs,
} from '@holdfast/status';
import type { Location, Work } from '../work/work.ts';
import { search } from './pattern-search.ts';
import { compilePattern } from './pattern.ts';
import { namedResource, resolve } from './references.ts';

type Target = {
  readonly resource: ClusterResource;
  readonly submatches?: readonly (string | undefined)[];
  readonly set?: ResourceSet;
};

export function readLocation(work: Work, constraint: LocationConstraint): void {
  for (const target of targetsOf(work.cluster, constraint)) {
    const location = locationFor(work.cluster, constraint, target);
    if (location !== undefined) addLocation(work, target.resource, location);
  }
}

function targetsOf(cluster: Cluster, { what }: LocationConstraint): readonly Target[] {
  switch (what.kind) {
    case 'resource':
      return targetsCalled(cluster, what.id, undefined);
    case 'pattern':
      return targetsMatching(cluster, what.pattern);
    case 'sets': {
      const found: Target[] = [];
      for (const set of what.sets) {
        for (const name of set.resources) {
          const targets = targetsCalled(cluster, name, set);
          if (targets.length === 0) return found;
          found.push(...targets);
        }
      }
      return found;
    }
  }
}

function targetsCalled(
  cluster: Cluster,
  name: string,
  set: ResourceSet | undefined,
): readonly Target[] {
  const named = resolve(cluster, name);
  const more = set === undefined ? {} : { set };
  if (named === undefined) return [];
  if (named.kind === 'resource') return [{ resource: named.resource, ...more }];
  const resources = named.names.map((member) => namedResource(cluster, member));
  return resources.flatMap((resource) => (resource === undefined ? [] : [{ resource, ...more }]));
}

/** Top-level resources whose id the pattern finds; `!` in front turns it round (A4.2.7). */
function targetsMatching(cluster: Cluster, text: string): readonly Target[] {
  const isInverted = text.startsWith('!');
  const pattern = compilePattern(isInverted ? text.slice(1) : text);
  if (pattern === undefined) return [];
  const found: Target[] = [];
  for (const resource of cluster.resources) {
    const submatches = search(pattern, resource.id);
    if ((submatches === undefined) !== isInverted) continue;
    found.push(submatches === undefined ? { resource } : { resource, submatches });
  }
  return found;
}

function locationFor(
  cluster: Cluster,
  constraint: LocationConstraint,
  target: Target,
): Location | undefined {
  const { set } = target;
  const score = set?.score ?? constraint.score;
  const [rule] = constraint.rules;
  const common = { id: constraint.id, discovery: constraint.discovery };
  if (constraint.node !== undefined && score !== undefined && rule === undefined) {
    const node = cluster.nodeByName.get(constraint.node.toLowerCase());
    if (node === undefined) return undefined;
    const role = filterOf(set?.role ?? constraint.role);
    return { ...common, role, scores: new Map([[node, score]]) };
  }
  if (rule === undefined) return undefined;
  const scores = scoresByRule(cluster, rule, target);
  return scores === undefined ? undefined : { ...common, role: filterOf(rule.role), scores };
}

/** Started and Unpromoted mean any role (A4.2.5). */
function filterOf(text: string | undefined): AnyRole | undefined {
  const role = parseRole(text);
  return role === 'Promoted' || role === 'Stopped' ? role : undefined;
}

function scoresByRule(
  cluster: Cluster,
  rule: Rule,
  { resource, submatches }: Target,
): ReadonlyMap<ClusterNode, number> | undefined {
  const fixed = readScore(rule.score);
  if (rule.scoreAttribute === undefined && fixed === undefined) return undefined;
  const scores = new Map<ClusterNode, number>();
  for (const node of cluster.nodes) {
    const context: RuleContext = {
      nodeAttributes: node.attributes,
      parameters: instanceParameters(cluster, resource, node),
      meta: resource.meta,
      now: nowMs(cluster),
      ...(submatches === undefined ? {} : { submatches }),
    };
    if (!matches(rule, context)) continue;
    const score =
      rule.scoreAttribute === undefined
        ? fixed
        : attributeScore(resource, node, expandSubmatches(rule.scoreAttribute, context));
    if (score !== undefined) scores.set(node, score);
  }
  return scores;
}

function attributeScore(
  resource: ClusterResource,
  node: ClusterNode,
  attribute: string,
): number | undefined {
  const at = attributeNode(resource, node, 'current');
  return readScore(at?.attributes.get(attribute));
}

/** Where an attribute is looked up: a guest's may be its host's (A1.4.6). */
export function attributeNode(
  { meta }: ClusterResource,
  node: ClusterNode,
  which: 'current' | 'assigned',
): ClusterNode | undefined {
  const isHost = meta.get('container-attribute-target')?.toLowerCase() === 'host';
  if (!isHost || node.kind !== 'guest') return node;
  const launcher = node.connection?.launcher;
  if (launcher === undefined) return node;
  return which === 'assigned' ? launcher.assigned?.node : currentNode(launcher);
}

export function addLocation(work: Work, resource: ClusterResource, location: Location): void {
  work.locations.push({ resource, location });
  const own = work.locationsOf.get(resource);
  if (own === undefined) work.locationsOf.set(resource, [location]);
  else own.unshift(location);
  if (location.discovery === 'exclusive') resource.isExclusive = true;
}

/** All of them, the newest first (A4.1.2). */
export function applyLocations(work: Work): void {
  for (const { resource, location } of [...work.locations].reverse()) {
    applyLocation(work, resource, location);
  }
}

/** A4.2.10, with what it means for each kind of collective. */
export function applyLocation(work: Work, resource: ClusterResource, location: Location): void {
  switch (resource.variant) {
    case 'primitive':
      applyHere(work, resource, location);
      return;
    case 'clone':
      applyHere(work, resource, location);
      for (const child of resource.children) applyLocation(work, child, location);
      return;
    case 'group':
      applyToGroup(work, resource, location);
      return;
    case 'bundle':
      applyHere(work, resource, location);
      for (const { container, ip } of resource.replicas) {
        applyLocation(work, container, location);
        if (ip !== undefined) applyLocation(work, ip, location);
      }
      if (location.role === 'Promoted' && resource.innerClone !== undefined) {
        const own = work.locationsOf.get(resource.innerClone) ?? [];
        work.locationsOf.set(resource.innerClone, [location, ...own]);
      }
  }
}

function applyToGroup(work: Work, group: ClusterResource, location: Location): void {
  applyHere(work, group, location);
  const nothing: Location = {
    ...location,
    scores: new Map([...location.scores].map(([node]) => [node, 0])),
  };
  for (const [index, member] of group.children.entries()) {
    const isLater = index > 0 && group.isCollocated;
    applyLocation(work, member, isLater ? nothing : location);
  }
}

const MODE_RANK = { always: 0, never: 1, exclusive: 2 } as const;

export function applyHere(work: Work, resource: ClusterResource, location: Location): void {
  if (location.role !== undefined && location.role !== resource.nextRole) return;
  const { discovery } = location;
  for (const [node, score] of location.scores) {
    let entry = resource.allowed.get(node.id);
    if (entry === undefined) {
      entry = { node, score, count: 0, mode: node.discovery };
      resource.allowed.set(node.id, entry);
    } else {
      entry.score = add(entry.score, score);
    }
    if (score !== 0) work.explainer?.term(resource, node, score, `constraint ${location.id}`);
    if (MODE_RANK[entry.mode] < MODE_RANK[discovery]) entry.mode = discovery;
    if (discovery === 'exclusive') resource.isExclusive = true;
  }
}
