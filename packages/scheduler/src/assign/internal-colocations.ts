/** What follows from groups, containers and connections without anybody writing it (A4.6.5 to A4.6.8). */
import { INFINITY, MINUS_INFINITY } from '@holdfast/base';
import { type ClusterResource, guestConnectionOf, makesNode } from '@holdfast/status';
import { addColocation } from '../constraints/colocations.ts';
import type { Colocation, Work } from '../work/work.ts';

/** Together, always, and nobody wrote it. */
export function implied(
  dependent: ClusterResource,
  primary: ClusterResource,
  more: Partial<Colocation> = {},
): Colocation {
  return {
    id: `${dependent.id}-with-${primary.id}`,
    dependent,
    primary,
    dependentRole: undefined,
    primaryRole: undefined,
    score: INFINITY,
    attribute: '#uname',
    hasInfluence: true,
    isExplicit: false,
    ...more,
  };
}

/** A4.6.5. */
export function colocateMember(
  work: Work,
  member: ClusterResource,
  previous: ClusterResource,
): void {
  addColocation(work, implied(member, previous, { hasInfluence: member.isCritical }));
}

/** A4.6.8. */
export function colocateAddress(work: Work, ip: ClusterResource, container: ClusterResource): void {
  addColocation(work, implied(ip, container));
}

/** A4.6.6; true where only the place is constrained, and no order follows. */
export function colocateLaunched(
  work: Work,
  resource: ClusterResource,
  launcher: ClusterResource,
): boolean {
  if (makesNode(resource) && resource.isInternal) {
    if (!resource.isNestingAllowed) forbidRemote(work, launcher);
    const score = resource.isNestingAllowed ? 10_000 : INFINITY;
    addColocation(work, implied(resource, launcher, { score }));
    return false;
  }
  const connection = makesNode(launcher) ? launcher : guestConnectionOf(launcher);
  if (connection?.remoteNode !== undefined && !makesNode(resource)) {
    for (const entry of resource.allowed.values()) {
      if (entry.node !== connection.remoteNode) entry.score = MINUS_INFINITY;
    }
    return true;
  }
  addColocation(work, implied(resource, launcher));
  return false;
}

/** Nothing that makes or fences a node may live on one that was made (A4.6.7). */
export function forbidRemote(work: Work, resource: ClusterResource): void {
  for (const entry of resource.allowed.values()) {
    if (entry.node.connection === undefined) continue;
    entry.score = MINUS_INFINITY;
    work.explainer?.term(resource, entry.node, MINUS_INFINITY, 'it may not run on a remote node');
  }
}
