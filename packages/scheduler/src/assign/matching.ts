/** The instance of a collective that belongs to another resource's place (A4.6.14, B4.9.3). */
import {
  type AnyRole,
  type ClusterNode,
  type ClusterResource,
  currentNode,
  everyPart,
} from '@holdfast/status';
import type { Work } from '../work/work.ts';
import { sortedEntries } from './nodes.ts';
import { roleOwner, sameValue, valueOn } from './values.ts';

export type Match = {
  /** Undefined: in any role. */
  readonly role?: AnyRole | undefined;
  /** Where it is now, instead of where it will be. */
  readonly isCurrent?: boolean;
  /** Nodes with the same value of it are as good as the same node. */
  readonly attribute?: string;
};

/** The parts that are matched: instances, or containers. */
export function partsOf({
  variant,
  children,
  replicas,
}: ClusterResource): readonly ClusterResource[] {
  return variant === 'bundle' ? replicas.map(({ container }) => container) : children;
}

export function matchingInstance(
  work: Work,
  collective: ClusterResource,
  resource: ClusterResource,
  match: Match,
): ClusterResource | undefined {
  const node = placeOf(resource, match.isCurrent === true);
  if (node !== undefined) return instanceOn(collective, node, match);
  for (const entry of sortedEntries(work.cluster, resource.allowed, undefined)) {
    const found = instanceOn(collective, entry.node, match);
    if (found !== undefined) return found;
  }
  return undefined;
}

function instanceOn(
  collective: ClusterResource,
  node: ClusterNode,
  match: Match,
): ClusterResource | undefined {
  return partsOf(collective).find((instance) => fits(instance, node, match));
}

function fits(
  instance: ClusterResource,
  node: ClusterNode,
  { role, isCurrent = false, attribute }: Match,
): boolean {
  if (role !== undefined) {
    const owner = roleOwner(instance);
    if ((isCurrent ? owner.role : owner.nextRole) !== role) return false;
  }
  const at = placeOf(instance, isCurrent);
  if (at === undefined) return false;
  const isSame =
    at === node ||
    (attribute !== undefined &&
      attribute !== '#uname' &&
      sameValue(valueOn(at, attribute, instance), valueOn(node, attribute, instance)));
  return isSame && !isBlocked(instance);
}

export function isBlocked(resource: ClusterResource): boolean {
  for (const part of everyPart([resource])) if (part.isBlocked) return true;
  return false;
}

/** The single node of a resource with all its parts; undefined where there is none, or several. */
export function placeOf(resource: ClusterResource, isCurrent: boolean): ClusterNode | undefined {
  const [only, second] = placesOf(resource, isCurrent);
  return second === undefined ? only : undefined;
}

export function placesOf(resource: ClusterResource, isCurrent: boolean): readonly ClusterNode[] {
  const nodes = new Set<ClusterNode>();
  for (const part of everyPart([resource])) {
    if (part.children.length > 0) continue;
    if (isCurrent) for (const node of part.active) nodes.add(node);
    else if (part.assigned !== undefined) nodes.add(part.assigned.node);
  }
  return [...nodes];
}

/** Where a bundle's container for `node` is: on a bundle's own node, the host. */
export function hostOf(node: ClusterNode): ClusterNode {
  if (!node.isInBundle) return node;
  const container = node.connection?.launcher;
  return (
    container?.assigned?.node ?? (container === undefined ? node : (currentNode(container) ?? node))
  );
}
