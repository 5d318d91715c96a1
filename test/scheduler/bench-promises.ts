/** What is promised of the time and memory of a calculation, against what was measured. */
import type { BenchSize } from './bench-input.ts';
import type { Measured } from './bench-measure.ts';

export type Row = BenchSize & {
  readonly engine: Measured;
  readonly reference: Measured | undefined;
};

export type Growth = {
  readonly nodes: number;
  readonly state: string;
  readonly exponent: number;
};

/** CPU of a warm calculation over the reference's, by size. */
const CPU_RATIO_MAX = [
  { n: 1000, nodes: 8, ratioMax: 0.5 },
  { n: 5000, nodes: 8, ratioMax: 0.2 },
];
const MEMORY_RATIO_MAX = 2;
const EXPONENT_MAX = 1.15;
const EXPONENT_FROM = 100;
const SMALL_MS_MAX = 2;
const SMALL = 10;
/** The size of clusters that the promises on growth and small ones are about. */
const NODES = 8;

/** The slope of log(CPU) over log(resources), from 100 resources on: least squares. */
export function exponents(rows: readonly Row[]): readonly Growth[] {
  const kinds = new Map<string, Row[]>();
  for (const row of rows) {
    if (row.n < EXPONENT_FROM) continue;
    const key = `${row.nodes} ${row.state}`;
    kinds.set(key, [...(kinds.get(key) ?? []), row]);
  }
  return [...kinds.values()]
    .filter((group) => group.length > 1)
    .map((group) => ({
      nodes: group[0]?.nodes ?? 0,
      state: group[0]?.state ?? '',
      exponent: slope(group.map(({ n, engine }) => [Math.log(n), Math.log(engine.cpuMs)])),
    }));
}

function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))];
  const over = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return over / points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}

/** One sentence for each promise that is not held. */
export function broken(rows: readonly Row[]): readonly string[] {
  const sentences: string[] = [];
  for (const row of rows) {
    const { n, nodes, state, engine, reference } = row;
    const place = `${n} resources × ${nodes} nodes, ${state}`;
    if (n <= SMALL && nodes <= NODES && engine.cpuMs >= SMALL_MS_MAX) {
      sentences.push(`${place}: ${engine.cpuMs.toFixed(2)} ms, below ${SMALL_MS_MAX} ms promised`);
    }
    if (reference === undefined) continue;
    const promise = CPU_RATIO_MAX.find((each) => each.n === n && each.nodes === nodes);
    const ratio = engine.cpuMs / reference.cpuMs;
    if (promise !== undefined && ratio > promise.ratioMax) {
      sentences.push(`${place}: ${ratio.toFixed(2)}× the CPU, ${promise.ratioMax}× promised`);
    }
    const memory = engine.peakMb / reference.peakMb;
    if (promise !== undefined && memory > MEMORY_RATIO_MAX) {
      sentences.push(`${place}: ${memory.toFixed(2)}× the memory, ${MEMORY_RATIO_MAX}× promised`);
    }
  }
  for (const { nodes, state, exponent } of exponents(rows)) {
    if (nodes !== NODES || exponent <= EXPONENT_MAX) continue;
    sentences.push(
      `${nodes} nodes, ${state}: grows with exponent ${exponent.toFixed(2)}, ${EXPONENT_MAX} promised`,
    );
  }
  return sentences;
}
