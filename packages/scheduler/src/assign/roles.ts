/** The role of something with parts. */
import { type ClusterResource, rankOf } from '@holdfast/status';

/** The highest of its parts. */
export function roleOf(resource: ClusterResource): ClusterResource['role'] {
  if (resource.children.length === 0) return resource.role;
  let highest: ClusterResource['role'] = 'Unknown';
  for (const child of resource.children) {
    const role = roleOf(child);
    if (rankOf(role) > rankOf(highest)) highest = role;
  }
  return highest;
}
