/** What a failure of an operation asks for (A2.7.11, B1.6). */
import { parseRole } from '@holdfast/cib';
import type { Cluster } from '../model/cluster.ts';
import type { ClusterResource } from '../model/resource.ts';
import { isDisabled, readInterval } from './intervals.ts';
import { optionsOf } from './parameters.ts';

/** From the mildest to the hardest; of several failures the hardest counts. */
const ON_FAIL = [
  'ignore',
  'demote',
  'restart',
  'reset-remote',
  'restart-container',
  'ban',
  'block',
  'stop',
  'standby',
  'fence',
] as const;
export type OnFail = (typeof ON_FAIL)[number];

export function isHarder(a: OnFail, b: OnFail): boolean {
  return ON_FAIL.indexOf(a) > ON_FAIL.indexOf(b);
}

const WORDS: Readonly<Record<string, OnFail>> = {
  block: 'block',
  demote: 'demote',
  fence: 'fence',
  ignore: 'ignore',
  migrate: 'ban',
  nothing: 'ignore',
  restart: 'restart',
  'restart-container': 'restart-container',
  standby: 'standby',
  stop: 'stop',
};

export function onFailOf(
  cluster: Cluster,
  resource: ClusterResource,
  task: string,
  intervalMs: number,
): OnFail {
  const isProbeOrStart = task === 'start' || (task === 'monitor' && intervalMs === 0);
  const isRemote = isRemoteConnection(resource) && !isProbeOrStart;
  if (isRemote && !resource.isManaged) return 'stop';
  const said = saidOnFail(cluster, resource, task, intervalMs);
  if (said === undefined || (said === 'restart-container' && resource.launcher === undefined)) {
    return usualOnFail(cluster, resource, task, isRemote);
  }
  return said === 'fence' && !cluster.options.isFencing ? 'stop' : said;
}

function usualOnFail(
  { options }: Cluster,
  resource: ClusterResource,
  task: string,
  isRemote: boolean,
): OnFail {
  if (resource.launcher !== undefined) return 'restart-container';
  if (isRemote) return 'reset-remote';
  if (task === 'stop') return options.isFencing ? 'fence' : 'block';
  return 'restart';
}

/** Of a remote node, not of a guest. */
export function isRemoteConnection({ remoteNode, launcher, meta }: ClusterResource): boolean {
  return remoteNode !== undefined && launcher === undefined && !meta.has('container');
}

function saidOnFail(
  cluster: Cluster,
  resource: ClusterResource,
  task: string,
  intervalMs: number,
): OnFail | undefined {
  const text = onFailText(cluster, resource, task, intervalMs);
  return text === undefined ? undefined : WORDS[text.toLowerCase()];
}

/** `on-fail` of an operation as it is written, if it may stand there (B1.6.1). */
export function onFailText(
  cluster: Cluster,
  resource: ClusterResource,
  task: string,
  intervalMs: number,
): string | undefined {
  const options = optionsOf(cluster, resource, task, intervalMs);
  const text = options.get('on-fail') ?? (task === 'demote' ? fromMonitor(resource) : undefined);
  const word = text === undefined ? undefined : WORDS[text.toLowerCase()];
  if (task === 'stop' && ['standby', 'demote', 'stop'].includes(word ?? '')) return undefined;
  const isPromotedMonitor =
    task === 'monitor' && intervalMs > 0 && parseRole(options.get('role')) === 'Promoted';
  if (word === 'demote' && task !== 'promote' && !isPromotedMonitor) return undefined;
  return text;
}

/** A failed demote is treated like a failed monitor of the promoted role. */
function fromMonitor({ primitive }: ClusterResource): string | undefined {
  return (primitive?.operations ?? [])
    .filter(
      (op) =>
        op.name === 'monitor' &&
        parseRole(op.role) === 'Promoted' &&
        readInterval(op.interval) > 0 &&
        !isDisabled(op) &&
        op.options['on-fail'] !== 'demote',
    )
    .map(({ options }) => options['on-fail'])
    .filter((word) => word !== undefined)
    .at(-1);
}
