/** The quorum section as written (rule T6.13). What it amounts to: see effective-quorum.ts. */
import { milliseconds, type NodeId, nodeId } from '@holdfast/base';
import { type Block, merged, type Read } from './check.ts';
import { addWarning, type Findings } from './fault.ts';
import type { QuorumConf, TieBreaker } from './model.ts';

const WINDOW_MS_DEFAULT = 10_000;

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
    device: readDevice(section),
  };
}

function readDevice(section: Block | undefined): QuorumConf['device'] {
  const device = section && merged(section, 'device');
  return device && { votes: device.integers.get('votes')?.value, line: device.line };
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
