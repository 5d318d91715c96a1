/** `npm run sim:ring`: rings from seeds, and their verdicts. Exit code 1 where a rule was broken. */
import { performance } from 'node:perf_hooks';
import { runCommand, runThreads, say, seconds } from '../command.ts';
import { readRingOptions, type RingOptions, USAGE } from './options.ts';
import { type RingVerdict, simulateRing } from './simulate.ts';
import type { RingShare } from './thread.ts';

const LINE_EVERY = 1000;
/** Broken seeds that are named one by one. */
const NAMED_MAX = 20;

type Tally = {
  seeds: number;
  virtualMs: number;
  datagrams: number;
  delivered: number;
  rings: number;
  faults: number;
  convergedMsMax: number;
  readonly broken: RingVerdict[];
};

function add(tally: Tally, verdict: RingVerdict): void {
  tally.seeds += 1;
  tally.virtualMs += verdict.virtualMs;
  tally.datagrams += verdict.datagrams;
  tally.delivered += verdict.delivered;
  tally.rings += verdict.rings;
  tally.faults += verdict.faults;
  tally.convergedMsMax = Math.max(tally.convergedMsMax, verdict.convergedMs);
  if (verdict.broken.length === 0) return;
  tally.broken.push(verdict);
  if (tally.broken.length <= NAMED_MAX) sayBroken(verdict);
}

function sayBroken({ seed, nodes, broken }: RingVerdict): void {
  say(`seed ${seed}, ${nodes} nodes: VIOLATED`);
  for (const { rule, text } of broken.slice(0, 3)) say(`  ${rule}: ${text}`);
}

async function runShares(options: RingOptions, onVerdict: (v: RingVerdict) => void): Promise<void> {
  const { from, count, nodes, plant } = options;
  const every = Math.min(options.workers, count);
  const shares = Array.from({ length: every }, (_, index): RingShare => {
    return { from: from + index, every, count: Math.ceil((count - index) / every), nodes, plant };
  });
  await runThreads(new URL('./thread.js', import.meta.url), shares, (message) => {
    onVerdict(message as RingVerdict);
  });
}

function runOne({ from: seed, nodes, plant, isStory }: RingOptions): RingVerdict {
  const verdict = simulateRing({ seed, nodes, plant }, isStory ? say : undefined);
  say(
    `seed ${seed}: ${verdict.nodes} nodes, ${verdict.faults} faults, ${Math.round(verdict.virtualMs)} virtual ms, ${verdict.datagrams} datagrams, ${verdict.delivered} deliveries, history ${verdict.digest.toString(16)}`,
  );
  return verdict;
}

function sayTotals(tally: Tally, realMs: number): void {
  say(
    `${tally.seeds} seeds, ${tally.broken.length} broken: ${Math.round(tally.virtualMs / 60_000)} virtual minutes, ${tally.faults} faults, ${tally.rings} memberships, ${tally.datagrams} datagrams, ${tally.delivered} deliveries in ${seconds(realMs)}; slowest to one ring after the heal ${Math.round(tally.convergedMsMax)} ms`,
  );
  const [first] = tally.broken;
  if (first !== undefined) say(`the whole story: npm run sim:ring -- --seed ${first.seed} --story`);
}

async function simulateAll(options: RingOptions): Promise<boolean> {
  const began = performance.now();
  const tally: Tally = {
    seeds: 0,
    virtualMs: 0,
    datagrams: 0,
    delivered: 0,
    rings: 0,
    faults: 0,
    convergedMsMax: 0,
    broken: [],
  };
  const sayLine = (verdict: RingVerdict): void => {
    add(tally, verdict);
    if (tally.seeds % LINE_EVERY === 0)
      say(`${tally.seeds} seeds, ${seconds(performance.now() - began)}`);
  };
  if (options.count === 1) add(tally, runOne(options));
  else await runShares(options, sayLine);
  sayTotals(tally, performance.now() - began);
  if (options.isJson)
    say(JSON.stringify({ ...tally, broken: tally.broken.map(({ seed }) => seed) }));
  return tally.broken.length === 0;
}

process.exitCode = await runCommand(readRingOptions(process.argv.slice(2)), USAGE, simulateAll);
