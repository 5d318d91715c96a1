/** The roles themselves, once it is known who would like them how much (A4.9.6). */
import { type ClusterNode, type ClusterResource, isAvailable } from '@holdfast/status';
import type { Work } from '../work/work.ts';
import { nextRoleOf } from './apply-colocation.ts';
import { placeOf } from './matching.ts';
import { roleOf } from './roles.ts';
import { formatAny } from './scores.ts';

export function settleRoles(work: Work, clone: ClusterResource): void {
  for (const entry of clone.allowed.values()) entry.count = 0;
  let promoted = 0;
  for (const instance of clone.children) {
    const node = placeOf(instance, false);
    print(work, instance, node);
    const entry = node === undefined ? undefined : clone.allowed.get(node.id);
    const isFree = promoted < clone.promotedMax || !clone.isManaged;
    if (isFree && node !== undefined && mayBePromoted(work, clone, instance, node)) {
      if (entry !== undefined) entry.count += 1;
      promoted += 1;
      setNextRole(instance, 'Promoted');
      continue;
    }
    const isPlaced = node !== undefined || hasPlacedPart(instance);
    setNextRole(instance, isPlaced ? 'Unpromoted' : 'Stopped');
  }
}

function print(
  { scores }: Work,
  { id, promotionPriority }: ClusterResource,
  node: ClusterNode | undefined,
): void {
  const where = node === undefined ? '(inactive)' : `on ${node.name}`;
  scores?.push(`${id} promotion score ${where}: ${formatAny(promotionPriority)}`);
}

function hasPlacedPart(resource: ClusterResource): boolean {
  return resource.assigned !== undefined || resource.children.some(hasPlacedPart);
}

/** Where it was not said yet. */
function setNextRole(resource: ClusterResource, role: ClusterResource['nextRole']): void {
  if (resource.nextRole === 'Unknown') resource.nextRole = role;
  for (const child of resource.children) setNextRole(child, role);
}

function mayBePromoted(
  work: Work,
  clone: ClusterResource,
  instance: ClusterResource,
  node: ClusterNode,
): boolean {
  if (instance.promotionPriority < 0) return false;
  if (!canBePromoted(clone, instance, node)) return false;
  const { isQuorate, quorumPolicy } = work.cluster.options;
  const isUp = roleOf(instance) !== 'Promoted';
  return !(isUp && !isQuorate && quorumPolicy === 'freeze');
}

function canBePromoted(
  clone: ClusterResource,
  instance: ClusterResource,
  node: ClusterNode,
): boolean {
  if (!instance.children.every((member) => canMember(clone, member, node))) return false;
  return canMember(clone, instance, node);
}

function canMember(clone: ClusterResource, part: ClusterResource, node: ClusterNode): boolean {
  const entry = clone.allowed.get(node.id);
  if (entry === undefined) return false;
  if (!part.isManaged) return roleOf(part) === 'Promoted' || nextRoleOf(part) === 'Promoted';
  if (part.priority < 0 || !isAvailable(node)) return false;
  if (node.kind === 'guest' && node.connection?.launcher?.assigned === undefined) return false;
  return entry.count < clone.promotedPerNode;
}
