/**
 * `npm run bench:scheduler`: calculations of growing clusters, and the reference's on the same files.
 *   --check        exit code 1 where a promise of `bench-promises.ts` is not held
 *   --json         one JSON object as the last line
 *   --quick        8 nodes only
 *   --runs N       warm runs of each input (3)
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { benchCib, type BenchSize, STATES } from './bench-input.ts';
import { hasReference, measureEngine, measureReference } from './bench-measure.ts';
import { broken, exponents, type Row } from './bench-promises.ts';

const CHILD = fileURLToPath(new URL('bench-child.js', import.meta.url));
const args = process.argv.slice(2);

function numberAfter(option: string, fallback: number): number {
  const place = args.indexOf(option);
  return place < 0 ? fallback : Number(args[place + 1]);
}

function line(cells: readonly string[]): string {
  return cells.map((cell, index) => (index === 2 ? cell.padEnd(9) : cell.padStart(9))).join(' ');
}

function shown(value: number | undefined, digits: number): string {
  return value === undefined ? '-' : value.toFixed(digits);
}

function measure(folder: string, size: BenchSize, isCompared: boolean): Row {
  const file = join(folder, 'cib.xml');
  writeFileSync(file, benchCib(size));
  const engine = measureEngine(CHILD, file, numberAfter('--runs', 3));
  const reference = isCompared ? measureReference(file) : undefined;
  return { ...size, engine, reference };
}

function print({ n, nodes, state, engine, reference }: Row): void {
  const ratio = reference === undefined ? undefined : engine.cpuMs / reference.cpuMs;
  process.stdout.write(
    `${line([
      String(n),
      String(nodes),
      state,
      shown(engine.wallMs, 2),
      shown(engine.cpuMs, 2),
      shown(engine.peakMb, 0),
      shown(reference?.cpuMs, 0),
      shown(reference?.peakMb, 0),
      shown(ratio, 3),
    ])}\n`,
  );
}

const isCompared = hasReference();
if (!isCompared)
  process.stdout.write('crm_simulate and time are not installed: nothing is compared\n');
process.stdout.write(
  `${line(['resources', 'nodes', 'state', 'ms', 'cpu ms', 'peak MB', 'ref cpu', 'ref MB', 'cpu ratio'])}\n`,
);

function sizes(): readonly BenchSize[] {
  const nodeCounts = args.includes('--quick') ? [8] : [2, 8, 32];
  return nodeCounts.flatMap((nodes) =>
    [10, 100, 1000, 5000].flatMap((n) => STATES.map((state) => ({ n, nodes, state }))),
  );
}

const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
const rows: Row[] = [];
try {
  for (const size of sizes()) {
    const row = measure(folder, size, isCompared);
    rows.push(row);
    print(row);
  }
} finally {
  rmSync(folder, { recursive: true });
}
for (const { nodes, state, exponent } of exponents(rows)) {
  process.stdout.write(`growth in resources, ${nodes} nodes, ${state}: ${exponent.toFixed(2)}\n`);
}
const sentences = broken(rows);
for (const sentence of sentences) process.stdout.write(`not held: ${sentence}\n`);
if (args.includes('--check') && sentences.length > 0) process.exitCode = 1;
if (args.includes('--json')) {
  process.stdout.write(`${JSON.stringify({ rows, growth: exponents(rows), broken: sentences })}\n`);
}
