/** Strange CIBs, decided: each must be refused in words or come to a decision, in bounded time. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { epochMs } from '@holdfast/base';
import { readCib, type XmlElement } from '@holdfast/cib';
import { schedule } from '@holdfast/scheduler';
import { type Mutation, mutate, mutation } from './fuzz-mutate.ts';
import { CASES } from './places.ts';

/** CPU time that one decision may take; the largest case takes a tenth of it cold. */
export const DECISION_MS_MAX = 5000;

export type Fuzzed = {
  readonly runs: number;
  readonly refused: number;
  /** One sentence for the first wrong one, undefined: there is none. */
  readonly wrong: string | undefined;
  readonly slowestMs: number;
};

/** The trees of the recorded CIBs. */
export function recordedTrees(): readonly XmlElement[] {
  const folder = join(CASES, 'xml');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.xml'))
    .sort()
    .flatMap((name) => {
      const read = readCib(readFileSync(join(folder, name), 'utf8'));
      return read.ok ? [read.value.cib.root] : [];
    });
}

/** Decides `runs` mutated CIBs drawn from `seed`; `begin` is told each text before it is looked at. */
export function fuzz(
  { runs, seed }: { readonly runs: number; readonly seed: number },
  begin: (text: string) => void = () => undefined,
): Fuzzed {
  const trees = recordedTrees();
  let refused = 0;
  let slowestMs = 0;
  const drawn = fc.tuple(
    fc.nat({ max: trees.length - 1 }),
    fc.array(mutation, { minLength: 1, maxLength: 6 }),
  );
  const result = fc.check(
    fc.property(drawn, ([index, mutations]: [number, Mutation[]]) => {
      const tree = trees[index];
      if (tree === undefined) return;
      const text = mutate(tree, mutations);
      begin(text);
      const before = process.cpuUsage();
      const read = readCib(text);
      if (read.ok) schedule({ cib: read.value.cib, now: epochMs(1_700_000_000_000) });
      else refused += 1;
      const { user, system } = process.cpuUsage(before);
      const ms = (user + system) / 1000;
      slowestMs = Math.max(slowestMs, ms);
      if (ms > DECISION_MS_MAX) throw new Error(`took ${ms.toFixed(0)} ms of CPU`);
    }),
    { numRuns: runs, seed, endOnFailure: process.env['FUZZ_SHRINK'] === undefined },
  );
  const { errorInstance } = result;
  const why = errorInstance instanceof Error ? (errorInstance.stack ?? errorInstance.message) : '';
  const wrong = result.failed ? `${fc.defaultReportMessage(result)}\n${why}` : undefined;
  return { runs: result.numRuns, refused, wrong, slowestMs };
}
