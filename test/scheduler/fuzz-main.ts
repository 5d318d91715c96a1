/**
 * `npm run fuzz:scheduler -- --runs N [--seed S]`: mutated CIBs, each decided or refused in words.
 * The work is done in a thread, so that an endless loop is seen and its input kept.
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { DECISION_MS_MAX, fuzz, type Fuzzed } from './fuzz-run.ts';
import { ABSENT, hasCases } from './places.ts';

type Told =
  | { readonly kind: 'begin'; readonly text: string }
  | { readonly kind: 'end'; readonly end: Fuzzed };

const CHECK_MS = 1000;
/** On a clock, not of CPU: a loaded machine is slow. */
const SILENCE_MS_MAX = DECISION_MS_MAX * 12;

function numberAfter(option: string, fallback: number): number {
  const place = process.argv.indexOf(option);
  return place < 0 ? fallback : Number(process.argv[place + 1]);
}

function keep(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'holdfast-fuzz-')), 'cib.xml');
  writeFileSync(file, text);
  return file;
}

function watch(runs: number, seed: number): void {
  const worker = new Worker(fileURLToPath(import.meta.url), { workerData: { runs, seed } });
  let [last, heardAt] = ['', Date.now()];
  const timer = setInterval(() => {
    if (Date.now() - heardAt < SILENCE_MS_MAX) return;
    process.stdout.write(`seed ${seed}: no decision after ${SILENCE_MS_MAX} ms: ${keep(last)}\n`);
    process.exit(1);
  }, CHECK_MS);
  worker.on('message', (told: Told) => {
    heardAt = Date.now();
    if (told.kind === 'begin') {
      last = told.text;
      return;
    }
    clearInterval(timer);
    const { end } = told;
    process.stdout.write(
      `seed ${seed}: ${end.runs} runs, ${end.refused} refused, slowest ${end.slowestMs.toFixed(0)} ms of CPU\n`,
    );
    if (end.wrong === undefined) return;
    process.stdout.write(`${end.wrong.slice(0, 4000)}\nthe input: ${keep(last)}\n`);
    process.exitCode = 1;
  });
  worker.on('error', (error) => {
    process.stdout.write(`seed ${seed}: ${error.message}; the input: ${keep(last)}\n`);
    process.exit(1);
  });
}

if (!isMainThread) {
  const { runs, seed } = workerData as { readonly runs: number; readonly seed: number };
  const tell = (told: Told): void => parentPort?.postMessage(told);
  const end = fuzz({ runs, seed }, (text) => {
    tell({ kind: 'begin', text });
  });
  tell({ kind: 'end', end });
} else if (hasCases()) {
  watch(numberAfter('--runs', 10_000), numberAfter('--seed', Date.now() % 1_000_000));
} else {
  process.stdout.write(`${ABSENT}\n`);
}
