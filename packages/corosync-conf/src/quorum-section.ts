/** The quorum section as written (rule T6.13). What it amounts to: see effective-quorum.ts. */
import { milliseconds, type NodeId, nodeId } from '@holdfast/base';
import { type Block, merged, type Read } from './check.ts';
import { addWarning, type Findings } from './fault.ts';
import type { DeviceConf, DeviceNetConf, QuorumConf, TieBreaker } from './model.ts';

const WINDOW_MS_DEFAULT = 10_000;
const DEVICE_TIMEOUT_MS_DEFAULT = 10_000;
const SYNC_TIMEOUT_MS_DEFAULT = 30_000;
const DEVICE_PORT_DEFAULT = 5403;

/** Votes of a node whose own section says nothing. */
export function readDefaultVotes(root: Block): number {
  return merged(root, 'quorum')?.integers.get('votes')?.value ?? 1;
}

export function readQuorum(
  root: Block,
  ids: readonly NodeId[],
  lastLine: number,
  found: Findings,
): QuorumConf {
  const section = merged(root, 'quorum');
  if (section === undefined) {
    const what = 'section is missing: votes are counted all the same, a majority is needed';
    addWarning(found, { line: lastLine, key: 'quorum' }, what, 'add quorum { … }');
  }
  const integers = section?.integers ?? new Map<string, Read<number>>();
  const integer = (key: string): number | undefined => integers.get(key)?.value;
  const flag = (key: string): boolean => (integer(key) ?? 0) !== 0;
  const waitForAll = integer('wait_for_all');
  const window = integer('last_man_standing_window') ?? 0;
  return {
    line: section?.line,
    provider: section?.texts.get('provider')?.value,
    expectedVotes: readExpected(integers.get('expected_votes'), found),
    twoNode: flag('two_node'),
    waitForAll: waitForAll === undefined ? undefined : waitForAll !== 0,
    lastManStanding: flag('last_man_standing'),
    lastManStandingWindowMs: milliseconds(window === 0 ? WINDOW_MS_DEFAULT : window),
    autoTieBreaker: flag('auto_tie_breaker'),
    autoTieBreakerNode: readTieBreaker(section, ids, found),
    allowDownscale: flag('allow_downscale'),
    expectedVotesTracking: flag('expected_votes_tracking'),
    device: readDevice(section),
  };
}

function readDevice(section: Block | undefined): DeviceConf | undefined {
  const device = section && merged(section, 'device');
  if (device === undefined) return undefined;
  const integer = (key: string): number | undefined => device.integers.get(key)?.value;
  return {
    line: device.line,
    model: device.texts.get('model')?.value,
    votes: integer('votes'),
    timeoutMs: milliseconds(nonZero(integer('timeout')) ?? DEVICE_TIMEOUT_MS_DEFAULT),
    syncTimeoutMs: milliseconds(nonZero(integer('sync_timeout')) ?? SYNC_TIMEOUT_MS_DEFAULT),
    masterWins: (integer('master_wins') ?? 0) !== 0,
    net: readDeviceNet(merged(device, 'net')),
  };
}

function readDeviceNet(net: Block | undefined): DeviceNetConf | undefined {
  if (net === undefined) return undefined;
  const text = (key: string): string | undefined => net.texts.get(key)?.value;
  const connectTimeout = nonZero(net.integers.get('connect_timeout')?.value);
  const version = text('force_ip_version');
  return {
    host: text('host'),
    port: nonZero(net.integers.get('port')?.value) ?? DEVICE_PORT_DEFAULT,
    tls: oneOf(['on', 'off', 'required'] as const, text('tls')),
    algorithm: oneOf(['ffsplit', 'lms', '2nodelms', 'test'] as const, text('algorithm')),
    tieBreaker: text('tie_breaker') ?? 'lowest',
    connectTimeoutMs: connectTimeout === undefined ? undefined : milliseconds(connectTimeout),
    forceIpVersion: version === '4' ? 4 : version === '6' ? 6 : 0,
    keepActivePartition: text('keep_active_partition_tie_breaker') !== 'off',
  };
}

/** The first word is the default. */
function oneOf<Word extends string>(
  words: readonly [Word, ...Word[]],
  given: string | undefined,
): Word {
  return words.find((word) => word === given) ?? words[0];
}

function nonZero(value: number | undefined): number | undefined {
  return value === 0 ? undefined : value;
}

function readExpected(read: Read<number> | undefined, found: Findings): number | undefined {
  if (read?.value !== 0) return read?.value;
  const place = { line: read.line, key: 'quorum.expected_votes', value: '0' };
  addWarning(found, place, 'stands for none: the votes of the nodes are added', 'remove it');
  return undefined;
}

/** `lowest`, `highest`, or node ids in the order of their right; undefined where it is neither. */
function readTieBreaker(
  section: Block | undefined,
  ids: readonly NodeId[],
  found: Findings,
): TieBreaker | undefined {
  const read = section?.texts.get('auto_tie_breaker_node');
  if (read === undefined || read.value === 'lowest') return { kind: 'lowest' };
  if (read.value === 'highest') return { kind: 'highest' };
  const place = { ...read, key: 'quorum.auto_tie_breaker_node' };
  const words = read.value.split(/[\s,]+/).filter((word) => word !== '');
  const nodes: NodeId[] = [];
  for (const word of words) {
    const known = ids.find((id) => String(id) === word);
    if (known === undefined) {
      const what = `names node ${word}, which nodelist does not have; there is no tie breaker then`;
      addWarning(found, place, what, 'write lowest, highest or ids from nodelist');
      return undefined;
    }
    nodes.push(nodeId(known));
  }
  if (nodes.length > 0) return { kind: 'list', nodes };
  addWarning(found, place, 'names no node', 'write lowest, highest or ids from nodelist');
  return undefined;
}
