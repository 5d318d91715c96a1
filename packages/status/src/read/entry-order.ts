/** Which of two recorded operations is the older one (A2.6.4), and which recurring ones still run (B1.7.2). */
import type { HistoryEntry } from '@holdfast/cib';
import { stableMergeSort } from './merge-sort.ts';

/** Below 0: `a` is older. */
export function compareAge(a: HistoryEntry, b: HistoryEntry): number {
  const isSameNode = a.onNode === b.onNode;
  if (isSameNode && a.id === b.id) return 0;
  if (a.callId < 0 && b.callId < 0) return 0;
  if (isSameNode) {
    if (a.callId >= 0 && a.callId < b.callId) return -1;
    if (b.callId >= 0 && a.callId > b.callId) return 1;
  }
  if (a.callId >= 0 && b.callId >= 0) {
    if (a.lastRcChange > 0 && a.lastRcChange < b.lastRcChange) return -1;
    if (b.lastRcChange > 0 && a.lastRcChange > b.lastRcChange) return 1;
    return 0;
  }
  return compareTransitions(a, b);
}

/** Exactly one of them is under way: it is the newer one, unless its transition is an older one. */
function compareTransitions(a: HistoryEntry, b: HistoryEntry): number {
  const [left, right] = [transitionOf(a), transitionOf(b)];
  if (left === undefined || right === undefined) return 0;
  if (left.by !== right.by || left.number === right.number) return a.callId < 0 ? 1 : -1;
  if (left.number < 0) return 1;
  if (right.number < 0) return -1;
  return left.number < right.number ? -1 : 1;
}

type Transition = { readonly number: number; readonly by: string };

function transitionOf({ transitionKey }: HistoryEntry): Transition | undefined {
  const [action, transition, expected, by] = transitionKey.split(':');
  if (action === undefined || transition === undefined) return undefined;
  if (expected === undefined || by === undefined) return undefined;
  return { number: Number(transition), by };
}

/** Oldest first. */
export function inOrder(ops: readonly HistoryEntry[]): readonly HistoryEntry[] {
  if (ops.length < 2) return ops;
  return stableMergeSort([...ops].reverse(), compareAge);
}

/** Where, among operations in order, the last start and the last stop stand; -1: nowhere. */
export function startAndStop(entries: readonly HistoryEntry[]): {
  readonly start: number;
  readonly stop: number;
} {
  let start = -1;
  let stop = -1;
  let implied = -1;
  let cloned = -1;
  for (const [index, { task, rc, opStatus }] of entries.entries()) {
    if (task === 'stop' && opStatus === 0) stop = index;
    else if (task === 'start' || task === 'migrate_from') start = index;
    else if (implied <= stop && task === 'monitor') {
      if (rc === 0 || rc === 8) implied = index;
    } else if (task === 'promote' || task === 'demote') cloned = index;
  }
  if (start === -1) start = cloned === -1 ? implied : cloned;
  return { start, stop };
}
