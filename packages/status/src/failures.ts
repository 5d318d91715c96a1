/** Fail counts on a node: what bans a resource there, and when it is forgotten (A2.7, C4.8). */
import {
  addScores,
  type EpochMs,
  epochMs,
  formatScore,
  INFINITY,
  parseDuration,
  type Score,
  ZERO,
} from '@holdfast/base';
import type { NodeReading } from './nodes.ts';
import { parseScoreText } from './scores.ts';

export type FailureReading = {
  readonly count: Score;
  readonly isBanned: boolean;
  /** When the failures stop counting; undefined: never, or there are none. */
  readonly expiresAt: EpochMs | undefined;
};

export function readFailures(
  unit: { readonly historyId: string; readonly meta: ReadonlyMap<string, string> },
  node: NodeReading,
  now: EpochMs,
): FailureReading {
  const prefix = `fail-count-${unit.historyId}#`;
  let count: Score = ZERO;
  let last = 0;
  for (const [name, value] of node.attributes) {
    if (!name.startsWith(prefix)) continue;
    count = addScores(count, parseScoreText(value));
    const at = Number(node.attributes.get(name.replace('fail-count-', 'last-failure-')) ?? '0');
    last = Math.max(last, at * 1000);
  }
  const timeout = parseDuration(unit.meta.get('failure-timeout') ?? '0');
  const timeoutMs = timeout.ok ? timeout.value : 0;
  const hasExpired = timeoutMs > 0 && count > 0 && now >= last + timeoutMs;
  const effective = hasExpired ? ZERO : count;
  const threshold = unit.meta.has('migration-threshold')
    ? parseScoreText(unit.meta.get('migration-threshold'))
    : INFINITY;
  return {
    count: effective,
    isBanned: threshold > 0 && effective >= threshold,
    expiresAt: timeoutMs > 0 && count > 0 && !hasExpired ? epochMs(last + timeoutMs) : undefined,
  };
}

export function describeBan({ count }: FailureReading): string {
  return `it failed there ${formatScore(count)} times`;
}
