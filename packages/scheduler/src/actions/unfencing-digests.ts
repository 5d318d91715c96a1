/** By what parameters the devices that open a node's way to its storage did it last (B5.7.1). */
import {
  type ClusterNode,
  type ClusterResource,
  digestOfParameters,
  everyPart,
  instanceParameters,
  isNewer,
  oldSecureDigest,
  operationParameters,
} from '@holdfast/status';
import type { Action } from '../work/action.ts';
import type { Work } from '../work/work.ts';

/** Every fence carries them; an `on` becomes required where a device was changed since the last one. */
export function noteDigests(work: Work, node: ClusterNode, action: Action): void {
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
  if (known === undefined || action.meta.get('stonith_action') !== 'on') return;
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
