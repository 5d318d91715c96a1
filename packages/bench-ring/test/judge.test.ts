/** Promises and numbers of the benchmark. */
import t from 'tap';
import { holds, latencyRows, throughputRow } from '#src/judge.js';
import { latencyOf, quantile, rateOf } from '#src/measure.js';
import { columns } from '#src/table.js';

void t.test('each size has its own promise', (t) => {
  const rows = [
    { size: 64, ours: 1.5, held: true },
    { size: 64, ours: 1.49, held: false },
    { size: 512, ours: 1.49, held: false },
    { size: 1400, ours: 1.2, held: true },
    { size: 1400, ours: 1.19, held: false },
    { size: 8000, ours: 1, held: true },
    { size: 64_000, ours: 0.99, held: false },
    { size: 64, ours: NaN, held: false },
    { size: 64, ours: 0, held: false },
  ];
  for (const { size, ours, held } of rows)
    t.equal(holds(throughputRow(size, true, { ours, theirs: 1 })), held, `${size} B: ${ours}`);
  t.end();
});

void t.test('the median may be 1.2 times, the 99th percentile twice as long', (t) => {
  const theirs = { p50: 100, p99: 100, p999: 100 };
  const verdicts = (p50: number, p99: number): boolean[] =>
    latencyRows('sender', false, { ours: { p50, p99, p999: 9999 }, theirs }).map(holds);
  t.same(verdicts(120, 200), [true, true, true]);
  t.same(verdicts(121, 200), [false, true, true]);
  t.same(verdicts(120, 201), [true, false, true]);
  t.end();
});

void t.test('numbers are what they are called', (t) => {
  const seen = (count: number, lastUs: number): Parameters<typeof rateOf>[0][number] => ({
    kind: 'seen',
    count,
    firstUs: 1_000_000,
    lastUs,
    own: [],
    others: [],
  });
  t.equal(rateOf([seen(1001, 2_000_000), seen(501, 2_000_000)]), 500, 'the slowest counts');
  t.equal(rateOf([seen(1, 1_000_000)]), 0);
  const numbers = Array.from({ length: 1000 }, (_, index) => 1000 - index);
  t.same(latencyOf(numbers), { p50: 501, p99: 991, p999: 1000 });
  t.ok(Number.isNaN(quantile([], 0.5)));
  t.equal(
    columns([
      ['a', 'bb'],
      ['ccc', 'd'],
    ]),
    'a    bb\nccc   d',
  );
  t.end();
});
