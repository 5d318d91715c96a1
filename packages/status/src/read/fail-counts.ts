/** How often something failed on a node, and whether that still counts (A2.10). */
import { integerPrefix, readScore } from '@holdfast/cib';
import { type Cluster, noteRecheck } from '../model/cluster.ts';
import type { ClusterNode } from '../model/node.ts';
import type { ClusterResource } from '../model/resource.ts';
import { add } from './allowed.ts';
import { readInterval } from './intervals.ts';
import { bundleOf } from './traits.ts';

export type FailCount = { readonly count: number; readonly last: number };

type Counted = ReadonlyMap<string, readonly (readonly [rest: string, value: string])[]>;
type Tally = { readonly size: number; readonly counts: Counted; readonly lasts: Counted };

const tallies = new WeakMap<ClusterNode, Tally>();

/** The node's attributes by resource, looked through once. */
function tallyOf(node: ClusterNode): Tally {
  const known = tallies.get(node);
  if (known?.size === node.attributes.size) return known;
  const counts = new Map<string, (readonly [string, string])[]>();
  const lasts = new Map<string, (readonly [string, string])[]>();
  for (const [name, value] of node.attributes) {
    const match = /^(fail-count|last-failure)-(.+)#.+_\d+$/.exec(name);
    if (match === null) continue;
    const [, kind, resource = ''] = match;
    const base = resource.replace(/:\d+$/, '');
    const into = kind === 'fail-count' ? counts : lasts;
    into.set(base, [...(into.get(base) ?? []), [resource, value]]);
  }
  const tally = { size: node.attributes.size, counts, lasts };
  tallies.set(node, tally);
  return tally;
}

/** Whatever the time: all that is recorded. Times in seconds. */
export function rawFailCount(resource: ClusterResource, node: ClusterNode): FailCount {
  const name = resource.historyName ?? resource.id;
  const base = name.replace(/:\d+$/, '');
  const tally = tallyOf(node);
  const fits = ([full]: readonly [string, string]): boolean =>
    resource.isUnique ? full === name : true;
  let count = 0;
  for (const each of tally.counts.get(base) ?? []) {
    if (fits(each)) count = add(count, readScore(each[1]) ?? 0);
  }
  let last = 0;
  for (const each of tally.lasts.get(base) ?? []) {
    if (fits(each)) last = Math.max(last, integerPrefix(each[1]) ?? 0);
  }
  return { count, last };
}

/** What counts now; failures long enough ago do not (A2.10.2). */
export function effectiveFailCount(
  cluster: Cluster,
  resource: ClusterResource,
  node: ClusterNode,
): number {
  const { count, last } = rawFailCount(resource, node);
  if (count <= 0) return count;
  if (resource.failureTimeoutMs > 0 && hasBlockingFailure(resource, node)) {
    resource.failureTimeoutMs = 0;
  }
  const timeout = Math.round(resource.failureTimeoutMs / 1000);
  if (last > 0 && timeout > 0) {
    if (cluster.now > last + timeout) return 0;
    noteRecheck(cluster, last + timeout + 1);
  }
  return count;
}

/** With what it carries: those fail with it (A2.10.3). */
export function failCountWithLaunched(
  cluster: Cluster,
  resource: ClusterResource,
  node: ClusterNode,
): number {
  let count = effectiveFailCount(cluster, resource, node);
  if (bundleOf(resource) !== undefined) return count;
  for (const each of resource.launched) {
    count = add(count, effectiveFailCount(cluster, each, node));
  }
  return count;
}

/** A failure that is to block until somebody looks never expires (A2.10.1). */
function hasBlockingFailure(resource: ClusterResource, node: ClusterNode): boolean {
  const blocking = (resource.primitive?.operations ?? []).filter(
    ({ options }) => options['on-fail'] === 'block',
  );
  if (blocking.length === 0) return false;
  const id = resource.historyName ?? resource.xmlId;
  const history = node.state?.history.find((each) => each.resource === id);
  return (history?.ops ?? []).some((entry) =>
    blocking.some(
      (op) =>
        op.name === entry.task &&
        readInterval(op.interval) === entry.intervalMs &&
        (entry.id === `${id}_last_failure_0` || entry.rc !== entry.targetRc),
    ),
  );
}
