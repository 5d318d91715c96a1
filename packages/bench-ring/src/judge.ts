/** What is promised beside Corosync, and whether a comparison keeps it. */
import type { Latency } from './measure.ts';

/** One measured thing, ours and theirs. */
export type Row = {
  readonly what: string;
  readonly isSealed: boolean;
  readonly unit: string;
  readonly ours: number;
  readonly theirs: number;
  /** Ours divided by theirs must be at least (throughput) or at most (latency) this. */
  readonly bound: { readonly kind: 'at-least' | 'at-most'; readonly ratio: number } | undefined;
};

/** Throughput: so many times Corosync's over knet, sealed against sealed and plain against plain. */
const RATIO_BY_SIZE: Readonly<Record<number, number>> = { 64: 1.5, 512: 1.5, 1400: 1.2 };
const RATIO_ABOVE = 1;
const MEDIAN_RATIO = 1.2;
const P99_RATIO = 2;

export type Pair<Value> = { readonly ours: Value; readonly theirs: Value };

export function throughputRow(size: number, isSealed: boolean, rate: Pair<number>): Row {
  const ratio = RATIO_BY_SIZE[size] ?? RATIO_ABOVE;
  const what = `${size} B, one sender`;
  return { what, isSealed, unit: 'msg/s', ...rate, bound: { kind: 'at-least', ratio } };
}

/** `where`: at the sender, or at the receiver. */
export function latencyRows(where: string, isSealed: boolean, pair: Pair<Latency>): readonly Row[] {
  const row = (name: keyof Latency, ratio: number | undefined): Row => ({
    what: `${name.replace('999', '99.9')} at the ${where}, idle`,
    isSealed,
    unit: 'µs',
    ours: pair.ours[name],
    theirs: pair.theirs[name],
    bound: ratio === undefined ? undefined : { kind: 'at-most', ratio },
  });
  return [row('p50', MEDIAN_RATIO), row('p99', P99_RATIO), row('p999', undefined)];
}

export function ratioOf({ ours, theirs }: Row): number {
  return ours / theirs;
}

/** Whether a row keeps its promise; a row without one does; what was not measured does not. */
export function holds(row: Row): boolean {
  const { bound } = row;
  if (bound === undefined) return true;
  const ratio = ratioOf(row);
  return bound.kind === 'at-least' ? ratio >= bound.ratio : ratio <= bound.ratio;
}
