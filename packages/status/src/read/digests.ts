/** Digests of parameters, and what their difference from the recorded ones means (B3). */
import { md5 } from '@holdfast/base';
import type { HistoryEntry } from '@holdfast/cib';
import type { Cluster } from '../model/cluster.ts';
import type { ClusterNode } from '../model/node.ts';
import type { ClusterResource } from '../model/resource.ts';
import { instanceParameters, operationParameters } from './parameters.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  '"': '&quot;',
};

function escapeValue(text: string): string {
  return text.replace(/[<>&"\u0000-\u001f\u007f]/g, (character) => {
    const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0');
    return ESCAPES[character] ?? `&#x${code};`;
  });
}

const digestOf = new Map<string, string>();

/** B3.1.3, B3.1.4: MD5 of the parameters, written as one element, names in byte order. */
export function digestOfParameters(values: ReadonlyMap<string, string>): string {
  const names = [...values.keys()].sort();
  const pairs = names.map((name) => ` ${name}="${escapeValue(values.get(name) ?? '')}"`);
  const text = ` <parameters${pairs.join('')}/>\n`;
  let digest = digestOf.get(text);
  if (digest === undefined) {
    digest = md5(text);
    if (digestOf.size > 20_000) digestOf.clear();
    digestOf.set(text, digest);
  }
  return digest;
}

export type Digests = {
  readonly all: string;
  readonly restart: string | undefined;
  readonly secure: string | undefined;
  readonly hasOwn: boolean;
};

/** The digests `entry` would have been filed with today. */
export function digestsFor(
  cluster: Cluster,
  resource: ClusterResource,
  node: ClusterNode,
  entry: HistoryEntry,
): Digests {
  const { values, hasOwn } = operationParameters(cluster, resource, node, entry);
  return {
    all: digestOfParameters(values),
    restart:
      entry.opRestartDigest === undefined ? undefined : restartDigest(values, entry.opForceRestart),
    secure:
      entry.opSecureDigest === undefined
        ? undefined
        : secureDigest(cluster, resource, node, { values, entry }),
    hasOwn,
  };
}

function words(text: string): readonly string[] {
  return text.split(' ').filter((word) => word !== '');
}

/** Over the parameters that cannot be changed without a restart (B3.2). */
function restartDigest(values: ReadonlyMap<string, string>, forced: string | undefined): string {
  if (forced === undefined) return digestOfParameters(values);
  const kept = new Set(words(forced));
  return digestOfParameters(new Map([...values].filter(([name]) => kept.has(name))));
}

/** Over the parameters that may be shown to everybody (B3.3). */
function secureDigest(
  cluster: Cluster,
  resource: ClusterResource,
  node: ClusterNode,
  { values, entry }: { readonly values: ReadonlyMap<string, string>; readonly entry: HistoryEntry },
): string {
  const dropped = new Set(words(entry.opSecureParams ?? ''));
  const version = entry.featureSet ?? cluster.cib.root.attributes['crm_feature_set'] ?? '3.20.0';
  if (isNewer(version)) {
    return digestOfParameters(new Map([...values].filter(([name]) => !dropped.has(name))));
  }
  return oldSecureDigest(instanceParameters(cluster, resource, node), resource, dropped);
}

/** As it was made before feature set 3.16.0. */
export function oldSecureDigest(
  parameters: ReadonlyMap<string, string>,
  { agent }: ClusterResource,
  dropped: ReadonlySet<string>,
): string {
  const isDevice = agent?.class === 'stonith';
  const special = (name: string): boolean =>
    isDevice && (name.startsWith('pcmk_') || name === 'provides' || name === 'stonith-timeout');
  const kept = [...parameters].filter(
    ([name]) => !dropped.has(name) && !special(name) && !name.startsWith('CRM_meta_'),
  );
  return digestOfParameters(new Map(kept));
}

export function isNewer(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 3 || (major === 3 && minor >= 16);
}

export type Comparison = 'match' | 'restart' | 'unknown' | 'mismatch';

/** B3.4.2; an expired recurring failure counts as changed, so that it is sent anew (B1.7.7). */
export function compareDigests(
  cluster: Cluster,
  resource: ClusterResource,
  node: ClusterNode,
  entry: HistoryEntry,
): Comparison {
  const digests = digestsFor(cluster, resource, node, entry);
  const recorded = cluster.expired.has(entry) ? 'an expired failure' : entry.opRestartDigest;
  if (digests.restart !== recorded && (digests.restart !== undefined || recorded !== undefined)) {
    return 'restart';
  }
  if (entry.opDigest === undefined) return 'unknown';
  if (digests.all === entry.opDigest) return 'match';
  return entry.intervalMs === 0 && digests.hasOwn ? 'restart' : 'mismatch';
}

/** The secure digest is what was recorded: nothing that may be shown has changed (B3.6). */
export function hasSameSecureDigest(
  cluster: Cluster,
  resource: ClusterResource,
  node: ClusterNode,
  entry: HistoryEntry,
): boolean {
  if (entry.opSecureDigest === undefined) return false;
  return digestsFor(cluster, resource, node, entry).secure === entry.opSecureDigest;
}
