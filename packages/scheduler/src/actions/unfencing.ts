/** Unfencing: opening a node's way to its storage before anything starts there (B5.7). */
import type { ClusterNode, ClusterResource } from '@holdfast/status';
import {
  digestOfParameters,
  everyPart,
  isAvailable,
  isNewer,
  oldSecureDigest,
  operationParameters,
  instanceParameters,
} from '@holdfast/status';
import type { Action } from '../work/action.ts';
import { relate } from '../work/relation.ts';
import type { Work } from '../work/work.ts';
import { fenceAction } from './fence-action.ts';

type Wanted = { readonly isOptional: boolean; readonly reason?: string };

/** The `on` for a node; required where a device was changed since the node was last opened (B5.7.1). */
export function unfence(work: Work, node: ClusterNode, { isOptional, reason }: Wanted): Action {
  const action = fenceAction(work, node, {
    op: 'on',
    isOptional,
    ...(reason === undefined ? {} : { reason }),
  });
  if (!action.meta.has('digests_all')) noteDigests(work, node, action);
  return action;
}

function noteDigests(work: Work, node: ClusterNode, action: Action): void {
  const devices = unfencingDevices(work);
  const all = new Map<ClusterResource, string>();
  const secure = new Map<ClusterResource, string>();
  for (const device of devices) {
    const { values } = operationParameters(work.cluster, device, node, {
      task: 'on',
      intervalMs: 0,
    });
    all.set(device, digestOfParameters(values));
    secure.set(device, secureDigestOf(work, device, node, values));
  }
  const text = (digests: ReadonlyMap<ClusterResource, string>): string =>
    devices.map((device) => lineOf(device, digests.get(device) ?? '')).join('');
  action.meta.set('digests_all', text(all));
  action.meta.set('digests_secure', text(secure));
  const known = node.attributes.get('#digests-all');
  if (known === undefined) return;
  const knownSecure = node.attributes.get('#digests-secure') ?? '';
  for (const device of devices) {
    const isSame =
      known.includes(lineOf(device, all.get(device) ?? '')) ||
      knownSecure.includes(lineOf(device, secure.get(device) ?? ''));
    if (!isSame) action.isOptional = false;
  }
}

function lineOf({ id, agent }: ClusterResource, digest: string): string {
  return `${id}:${agent?.type ?? ''}:${digest},`;
}

const SECRET: ReadonlySet<string> = new Set(['passwd', 'password', 'user']);

function secureDigestOf(
  { cluster }: Work,
  device: ClusterResource,
  node: ClusterNode,
  values: ReadonlyMap<string, string>,
): string {
  const version = cluster.cib.root.attributes['crm_feature_set'] ?? '3.20.0';
  if (isNewer(version)) {
    return digestOfParameters(new Map([...values].filter(([name]) => !SECRET.has(name))));
  }
  return oldSecureDigest(instanceParameters(cluster, device, node), device, SECRET);
}

/** The last found first. */
function unfencingDevices({ cluster }: Work): readonly ClusterResource[] {
  const found: ClusterResource[] = [];
  for (const resource of everyPart(cluster.resources)) {
    if (resource.agent?.class !== 'stonith') continue;
    const isUsed =
      resource.meta.get('requires') === 'unfencing' ||
      resource.meta.get('provides') === 'unfencing';
    if (isUsed) found.unshift(resource);
  }
  return found;
}

/** B5.7.2. */
export function triggerUnfencing(
  work: Work,
  resource: ClusterResource | undefined,
  node: ClusterNode | undefined,
  reason: string,
): void {
  if (!work.cluster.usesUnfencing) return;
  if (resource !== undefined && resource.agent?.class !== 'stonith') return;
  if (node !== undefined && node.isOnline && !node.isUnclean && !node.isLeaving) {
    unfence(work, node, { isOptional: false, reason });
    return;
  }
  if (resource === undefined) return;
  for (const entry of resource.allowed.values()) {
    const isEligible = entry.score >= 0 && isAvailable(entry.node);
    if (isEligible) triggerUnfencing(work, resource, entry.node, reason);
  }
}

/** B5.7.3. */
export function relateUnfencing(
  work: Work,
  resource: ClusterResource,
  node: ClusterNode,
  action: Action,
  flags: number,
): void {
  const isDevice = work.cluster.usesUnfencing && resource.agent?.class === 'stonith';
  if (!isDevice && resource.requires !== 'unfencing') return;
  const on = unfence(work, node, { isOptional: true });
  relate(on, action, flags);
  const open = node.attributes.get('#node-unfenced');
  if (open !== undefined && open !== '0') return;
  triggerUnfencing(work, undefined, node, `required by ${resource.id} ${action.task}`);
}
