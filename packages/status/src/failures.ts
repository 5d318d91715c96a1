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
  const { count, lastMs } = countFailures(unit.historyId, node.attributes);
  const timeout = parseDuration(unit.meta.get('failure-timeout') ?? '0');
  const timeoutMs = timeout.ok ? timeout.value : 0;
  const mayExpire = timeoutMs > 0 && count > 0;
  const hasExpired = mayExpire && now >= lastMs + timeoutMs;
  const effective = hasExpired ? ZERO : count;
  const threshold = unit.meta.has('migration-threshold')
    ? parseScoreText(unit.meta.get('migration-threshold'))
    : INFINITY;
  return {
    count: effective,
    isBanned: threshold > 0 && effective >= threshold,
    expiresAt: mayExpire && !hasExpired ? epochMs(lastMs + timeoutMs) : undefined,
  };
}

/** Every failed operation has a count of its own; together they count. */
function countFailures(
  resource: string,
  attributes: ReadonlyMap<string, string>,
): { readonly count: Score; readonly lastMs: number } {
  const prefix = `fail-count-${resource}#`;
  let count: Score = ZERO;
  let lastMs = 0;
  for (const [name, value] of attributes) {
    if (!name.startsWith(prefix)) continue;
    count = addScores(count, parseScoreText(value));
    const last = attributes.get(name.replace('fail-count-', 'last-failure-')) ?? '0';
    lastMs = Math.max(lastMs, Number(last) * 1000);
  }
  return { count, lastMs };
}

export function describeBan({ count }: FailureReading): string {
  return `it failed there ${formatScore(count)} times`;
}
