/** What the configuration says about failures of one resource on one node (A2.7.11, A2.10). */
import { addScores, type EpochMs, type Score, ZERO } from '@holdfast/base';
import {
  booleanProperty,
  type Cib,
  type Configuration,
  opOptions,
  parseBoolean,
  parseRole,
  type Primitive,
  property,
  readDuration,
  readScore,
} from '@holdfast/cib';
import type { OnFail, Surroundings } from './judge.ts';
import type { NodeStanding } from './node-standing.ts';
import type { Place } from './places.ts';

export type Cluster = {
  readonly cib: Cib;
  readonly now: EpochMs;
  readonly hasFencing: boolean;
  /** There is something to fence with. */
  readonly hasDevice: boolean;
};

export function surroundingsOf(cluster: Cluster, place: Place, node: NodeStanding): Surroundings {
  const { now, cib } = cluster;
  const failureTimeoutMs = readDuration(place.meta.get('failure-timeout')) ?? 0;
  const failures = failCountOf(place, node);
  const hasPassed = failureTimeoutMs > 0 && now > failures.lastMs + failureTimeoutMs;
  return {
    now,
    failureTimeoutMs,
    failCount: failures.count,
    effectiveFailCount: failures.lastMs > 0 && hasPassed ? 0 : failures.count,
    isManaged: isManaged(cib.configuration, place),
    isInBundle: place.bundle !== undefined,
    isNodeSound: node.isOnline && node.uncleanWhy === undefined,
    canFenceNode: canFence(cluster, node),
    activeRole: place.isPromotable ? 'Unpromoted' : 'Started',
    onFail: (task, intervalMs) => onFailOf(cluster, place, task, intervalMs),
  };
}

/** Is the cluster allowed to touch it (A1.6.5)? */
export function isManaged(configuration: Configuration, { meta }: Pick<Place, 'meta'>): boolean {
  const said = meta.get('is-managed');
  return (
    !booleanProperty(configuration, 'maintenance-mode') &&
    parseBoolean(meta.get('maintenance')) !== true &&
    (said === undefined || said === 'default' || parseBoolean(said) === true)
  );
}

/** A2.3; a guest dies with its container, which can be done wherever the container's node can. */
export function canFence({ cib, hasFencing, hasDevice }: Cluster, node: NodeStanding): boolean {
  if (node.kind === 'guest') return true;
  if (!hasFencing || !hasDevice) return false;
  const ignoresQuorum = property(cib.configuration, 'no-quorum-policy')?.toLowerCase() === 'ignore';
  return cib.quorate || ignoresQuorum || node.isOnline;
}

export type FailCount = { readonly count: Score; readonly lastMs: number };

/** All operations of the resource on the node together; old attributes without one do not count (A2.10). */
export function failCountOf(
  { id, isUnique }: Pick<Place, 'id' | 'isUnique'>,
  { attributes }: Pick<NodeStanding, 'attributes'>,
): FailCount {
  let count: Score = ZERO;
  let lastMs = 0;
  for (const [name, value] of attributes) {
    const match = /^(fail-count|last-failure)-(.+?)(:\d+)?#.+_\d+$/.exec(name);
    if (match === null) continue;
    const [, kind, base = '', instance = ''] = match;
    if ((isUnique ? base + instance : base) !== id) continue;
    if (kind === 'fail-count') count = addScores(count, readScore(value) ?? ZERO);
    else lastMs = Math.max(lastMs, (Number(value) || 0) * 1000);
  }
  return { count, lastMs };
}

function onFailOf(cluster: Cluster, place: Place, task: string, intervalMs: number): OnFail {
  const { primitive } = place;
  const said =
    primitive === undefined ? undefined : saidOnFail(cluster, primitive, task, intervalMs);
  const isCarried = place.container !== undefined;
  if (said === undefined || (said === 'restart-container' && !isCarried)) {
    return isCarried ? 'restart-container' : usualOnFail(cluster, place, task, intervalMs);
  }
  return said === 'fence' && !cluster.hasFencing ? 'stop' : said;
}

function usualOnFail(
  { hasFencing }: Cluster,
  place: Place,
  task: string,
  intervalMs: number,
): OnFail {
  const isProbeOrStart = task === 'start' || (task === 'monitor' && intervalMs === 0);
  if (isConnection(place) && !isProbeOrStart) return 'reset-remote';
  if (task === 'stop') return hasFencing ? 'fence' : 'block';
  return 'restart';
}

/** To a remote node. */
function isConnection({ agent: { provider, type } }: Place): boolean {
  return provider === 'pacemaker' && type === 'remote';
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

/** What is configured, where it makes sense for this operation (B1.6.1). */
function saidOnFail(
  { cib, now }: Cluster,
  primitive: Primitive,
  name: string,
  intervalMs: number,
): OnFail | undefined {
  const options = opOptions(cib.configuration, primitive, { name, intervalMs, now });
  const text = options.get('on-fail') ?? (name === 'demote' ? fromMonitor(primitive) : undefined);
  const word = text === undefined ? undefined : WORDS[text.toLowerCase()];
  if (name === 'stop' && ['standby', 'demote', 'stop'].includes(word ?? '')) return undefined;
  const isPromotedMonitor = name === 'monitor' && intervalMs > 0 && isPromoted(options.get('role'));
  if (word === 'demote' && name !== 'promote' && !isPromotedMonitor) return undefined;
  return word;
}

function isPromoted(role: string | undefined): boolean {
  return parseRole(role) === 'Promoted';
}

/** A failed demote is treated like a failed monitor of the promoted role. */
function fromMonitor({ operations }: Primitive): string | undefined {
  return operations
    .filter(
      ({ name, role, interval, options }) =>
        name === 'monitor' &&
        isPromoted(role) &&
        (readDuration(interval) ?? 0) > 0 &&
        parseBoolean(options['enabled']) !== false &&
        options['on-fail'] !== 'demote',
    )
    .map(({ options }) => options['on-fail'])
    .filter((word) => word !== undefined)
    .at(-1);
}
