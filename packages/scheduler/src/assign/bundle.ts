/** Placing bundles: containers, addresses, connections, and what is inside (A4.10). */
import { INFINITY, MINUS_INFINITY } from '@holdfast/base';
import {
  type ClusterNode,
  type ClusterResource,
  effectiveFailCount,
  type Replica,
  stableMergeSort,
} from '@holdfast/status';
import { addColocation } from '../constraints/colocations.ts';
import type { Work } from '../work/work.ts';
import { distribute } from './clone.ts';
import { compareInstances } from './instance-order.ts';
import { implied } from './internal-colocations.ts';
import { printScores } from './scores.ts';

export function assignBundle(
  work: Work,
  bundle: ClusterResource,
  preferred: ClusterNode | undefined,
): undefined {
  if (bundle.isAssigning) return undefined;
  bundle.isAssigning = true;
  printScores(work, bundle);
  const containers = stableMergeSort(
    bundle.replicas.map(({ container }) => container),
    (a, b) => compareInstances(work, bundle, a, b),
  );
  distribute(work, bundle, containers);
  for (const replica of bundle.replicas) assignReplica(work, replica, preferred);
  const inner = bundle.innerClone;
  if (inner !== undefined) {
    const own = new Set(bundle.replicas.map(({ node }) => node?.id));
    for (const entry of inner.allowed.values()) {
      entry.score = own.has(entry.node.id) ? 0 : MINUS_INFINITY;
    }
    work.knots.assign(inner, preferred, true);
  }
  bundle.isAssigning = false;
  bundle.isAssigned = true;
  return undefined;
}

function assignReplica(work: Work, replica: Replica, preferred: ClusterNode | undefined): void {
  const { ip, container, connection, inner, node } = replica;
  if (ip !== undefined) work.knots.assign(ip, preferred, true);
  const host = container.assigned?.node;
  if (connection !== undefined) {
    if (host?.connection !== undefined && host.kind !== 'member') {
      addColocation(work, implied(connection, host.connection));
    }
    work.knots.assign(connection, preferred, true);
  }
  if (inner === undefined || node === undefined) return;
  for (const entry of inner.allowed.values()) {
    if (entry.node !== node) entry.score = MINUS_INFINITY;
    else if (!hasReachedThreshold(work, inner, node)) entry.score = INFINITY;
  }
  if (inner.parent !== undefined) inner.parent.isAssigning = true;
  work.knots.assign(inner, node, true);
  if (inner.parent !== undefined) inner.parent.isAssigning = false;
}

function hasReachedThreshold(
  { cluster }: Work,
  resource: ClusterResource,
  node: ClusterNode,
): boolean {
  if (resource.threshold === 0 || resource.isFailureIgnored) return false;
  const count = effectiveFailCount(cluster, resource, node);
  return count > 0 && resource.threshold - count <= 0;
}
