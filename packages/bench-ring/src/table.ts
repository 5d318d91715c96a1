/** Tables for people. */
import type { Comparison } from './compare.ts';
import { holds, ratioOf, type Row } from './judge.ts';
import type { Survey } from './survey.ts';

export function number(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (value >= 100) return Math.round(value).toLocaleString('en-US');
  return value.toFixed(value >= 10 ? 1 : 2);
}

/** Columns as wide as they need; the first one to the left, the others to the right. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function comparisonTable({ isSealed, rows, formedMs, memoryKb }: Comparison): string {
  const head = [isSealed ? 'sealed, 2 nodes in namespaces' : 'plain, 2 nodes in namespaces'];
  const body = rows.map(comparisonRow);
  const more = [
    ['forming, ms', number(formedMs.ours), number(formedMs.theirs), '', '', ''],
    [
      'memory of both nodes, MB',
      number(memoryKb.ours / 1024),
      number(memoryKb.theirs / 1024),
      '',
      '',
      '',
    ],
  ];
  return columns([
    [...head, 'Holdfast', 'Corosync', 'ratio', 'promised', 'held'],
    ...body,
    ...more,
  ]);
}

function comparisonRow(row: Row): readonly string[] {
  const { what, unit, ours, theirs, bound } = row;
  const promised =
    bound === undefined ? '' : `${bound.kind === 'at-least' ? '≥' : '≤'} ${bound.ratio}`;
  const held = bound === undefined ? '' : holds(row) ? 'yes' : 'NO';
  return [`${what}, ${unit}`, number(ours), number(theirs), number(ratioOf(row)), promised, held];
}

export function surveyTable(surveys: readonly Survey[]): string {
  const sizes = surveys[0]?.rates.map(({ size }) => size) ?? [];
  const head = ['Holdfast alone, msg/s one / all', ...sizes.map((size) => `${size} B`)];
  const rates = surveys.map((each) => [
    nameOf(each),
    ...each.rates.map(({ one, all }) => `${number(one)} / ${number(all)}`),
  ]);
  const more = ['', 'form ms', 'MB', 'turn ms', 'idle p50/p99/p99.9 µs', 'loaded p50/p99/p99.9 µs'];
  const others = surveys.map((each) => [
    nameOf(each),
    number(each.formedMs),
    number(each.memoryKb / 1024),
    number(each.rotationMs ?? NaN),
    three(each.idle.receiver),
    three(each.loaded.receiver),
  ]);
  return `${columns([head, ...rates])}\n\n${columns([more, ...others])}`;
}

function nameOf({ nodes, network, isSealed }: Survey): string {
  return `${nodes} nodes, ${network}, ${isSealed ? 'sealed' : 'plain'}`;
}

function three({ p50, p99, p999 }: Survey['idle']['sender']): string {
  return [p50, p99, p999].map(number).join(' / ');
}
