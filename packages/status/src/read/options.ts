/** The cluster's properties as one calculation uses them (A1.3). */
import { type EpochMs, MINUS_INFINITY } from '@holdfast/base';
import {
  type Cib,
  everyResource,
  type NvSet,
  parseBoolean,
  property,
  readDuration,
  readScore,
} from '@holdfast/cib';
import type {
  ClusterOptions,
  HealthStrategy,
  PlacementStrategy,
  QuorumPolicy,
} from '../model/cluster.ts';

type Read = (name: string) => string | undefined;

export function readOptions(cib: Cib, now: EpochMs): ClusterOptions {
  const read: Read = (name) => property(cib.configuration, name, { now });
  const isFencing = parseBoolean(read('stonith-enabled')) ?? true;
  return {
    isQuorate: cib.quorate,
    quorumPolicy: quorumPolicyOf(cib, read, isFencing),
    isFencing,
    isStartupFencing: isFencing && isOn(read, 'startup-fencing', true),
    fencingAction: read('stonith-action')?.toLowerCase() === 'off' ? 'off' : 'reboot',
    fencingTimeout: read('stonith-timeout') ?? '60s',
    hasWatchdog: isOn(read, 'have-watchdog', false),
    isFencingConcurrent: isConcurrent(cib),
    priorityFencingDelayMs: readDuration(read('priority-fencing-delay')) ?? 0,
    nodePendingTimeoutMs: readDuration(read('node-pending-timeout')) ?? 0,
    fencesRemoteWithoutQuorum: isOn(read, 'fence-remote-without-quorum', false),
    ...restOf(read),
    ...healthOf(read),
  };
}

function isOn(read: Read, name: string, fallback: boolean): boolean {
  return parseBoolean(read(name)) ?? fallback;
}

function restOf(
  read: Read,
): Pick<
  ClusterOptions,
  | 'isSymmetric'
  | 'isMaintenance'
  | 'isStartFailureFatal'
  | 'probes'
  | 'clusterDelay'
  | 'batchLimit'
  | 'migrationLimit'
  | 'stopsAll'
  | 'stopsRemoved'
  | 'cancelsRemoved'
  | 'placement'
  | 'isShutdownLock'
  | 'shutdownLockLimitMs'
  | 'clusterName'
> {
  return {
    isSymmetric: isOn(read, 'symmetric-cluster', true),
    isMaintenance: isOn(read, 'maintenance-mode', false),
    isStartFailureFatal: isOn(read, 'start-failure-is-fatal', true),
    probes: isOn(read, 'enable-startup-probes', true),
    clusterDelay: read('cluster-delay') ?? '60s',
    batchLimit: read('batch-limit') ?? '0',
    migrationLimit: Number.parseInt(read('migration-limit') ?? '-1', 10),
    stopsAll: isOn(read, 'stop-all-resources', false),
    stopsRemoved: isOn(read, 'stop-removed-resources', true),
    cancelsRemoved: isOn(read, 'cancel-removed-actions', true),
    placement: oneOf<PlacementStrategy>(read('placement-strategy'), 'default', [
      'utilization',
      'minimal',
      'balanced',
    ]),
    isShutdownLock: isOn(read, 'shutdown-lock', false),
    shutdownLockLimitMs: readDuration(read('shutdown-lock-limit')) ?? 0,
    clusterName: read('cluster-name'),
  };
}

function oneOf<Word extends string>(
  text: string | undefined,
  fallback: Word,
  words: readonly Word[],
): Word {
  return words.find((word) => word === text?.toLowerCase()) ?? fallback;
}

function healthOf(
  read: Read,
): Pick<
  ClusterOptions,
  'healthStrategy' | 'healthBase' | 'healthGreen' | 'healthYellow' | 'healthRed'
> {
  const score = (name: string, fallback: number): number =>
    readScore(read(`node-health-${name}`)) ?? fallback;
  const healthStrategy = oneOf<HealthStrategy>(read('node-health-strategy'), 'none', [
    'migrate-on-red',
    'only-green',
    'progressive',
    'custom',
  ]);
  const fixed = { healthStrategy, healthBase: 0, healthGreen: 0, healthYellow: 0, healthRed: 0 };
  switch (healthStrategy) {
    case 'none':
      return fixed;
    case 'migrate-on-red':
      return { ...fixed, healthRed: MINUS_INFINITY };
    case 'only-green':
      return { ...fixed, healthRed: MINUS_INFINITY, healthYellow: MINUS_INFINITY };
    case 'progressive':
    case 'custom':
      return {
        healthStrategy,
        healthBase: healthStrategy === 'progressive' ? score('base', 0) : 0,
        healthGreen: score('green', 0),
        healthYellow: score('yellow', 0),
        healthRed: score('red', MINUS_INFINITY),
      };
  }
}

/** A1.3.1: fencing oneself needs fencing, and that the cluster once had quorum. */
function quorumPolicyOf(cib: Cib, read: Read, isFencing: boolean): QuorumPolicy {
  const word = read('no-quorum-policy')?.toLowerCase() ?? 'stop';
  if (word === 'fence' || word === 'suicide') {
    const hasPanicked = Number(cib.root.attributes['no-quorum-panic'] ?? '0') !== 0;
    return isFencing && (cib.quorate || hasPanicked) ? 'fence' : 'stop';
  }
  return oneOf<QuorumPolicy>(word, 'stop', ['freeze', 'ignore', 'demote']);
}

/** Several nodes may be fenced at once unless somebody forbids it. */
function isConcurrent({ configuration }: Cib): boolean {
  for (const { pairs } of configuration.properties) {
    const found = pairs.find(({ name }) => name === 'concurrent-fencing');
    if (found !== undefined) return parseBoolean(found.value) ?? true;
  }
  return true;
}

/** Asked for literally anywhere below the resources, or by default (A1.3.2). */
export function usesUnfencing({ configuration }: Cib): boolean {
  const asks = (sets: readonly NvSet[]): boolean =>
    sets.some(({ pairs }) =>
      pairs.some(
        ({ name, value }) => (name === 'provides' || name === 'requires') && value === 'unfencing',
      ),
    );
  if (asks(configuration.resourceDefaults)) return true;
  for (const { meta } of everyResource(configuration.resources)) if (asks(meta)) return true;
  return false;
}
