/** The node attribute a colocation goes by (A4.6.10), and who plays the role it asks about. */
import {
  bundleOf,
  type ClusterNode,
  type ClusterResource,
  isAvailable,
  type Entry,
} from '@holdfast/status';
import { attributeNode } from '../constraints/locations.ts';

/** On a bundle's own node, for what is inside the bundle, always the host's. */
export function valueOn(
  node: ClusterNode,
  attribute: string,
  resource: ClusterResource,
): string | undefined {
  if (node.kind === 'member') {
    return attribute === '#uname' ? node.name : node.attributes.get(attribute);
  }
  const bundle = node.isInBundle ? node.connection?.parent : undefined;
  const isInside = bundle !== undefined && isPartOfInner(bundle, resource);
  const at = isInside
    ? node.connection?.launcher?.assigned?.node
    : attributeNode(resource, node, 'assigned');
  return at?.attributes.get(attribute);
}

function isPartOfInner(bundle: ClusterResource, resource: ClusterResource): boolean {
  if (bundleOf(resource) !== bundle || bundle.innerClone === undefined) return false;
  for (let each: ClusterResource | undefined = resource; each !== undefined; each = each.parent) {
    if (each === bundle.innerClone) return true;
  }
  return false;
}

/** Values are compared without regard to case; two missing ones are equal. */
export function keyOfValue(value: string | undefined): string | undefined {
  return value?.toLowerCase();
}

export function sameValue(a: string | undefined, b: string | undefined): boolean {
  return keyOfValue(a) === keyOfValue(b);
}

/** Of a bundle's container, the service inside. */
export function roleOwner(resource: ClusterResource): ClusterResource {
  if (resource.parent?.variant !== 'bundle') return resource;
  const replica = resource.parent.replicas.find(({ container }) => container === resource);
  return replica?.inner ?? resource;
}

export function isUsable({ node, score }: Entry): boolean {
  return score >= 0 && isAvailable(node);
}

export function hasUsable(entries: Iterable<Entry>): boolean {
  for (const entry of entries) if (isUsable(entry)) return true;
  return false;
}
