/** `npm run sim`: worlds from seeds, and their verdicts. Exit code 1 where a promise was broken. */
import { performance } from 'node:perf_hooks';
import { addSpent, type Outcome, runBatch } from './batch.ts';
import type { Spent } from './host-setup.ts';
import { runCommand, say, seconds } from './command.ts';
import { type Options, readOptions, USAGE } from './options.ts';

const LINE_EVERY = 50;

type Tally = {
  seeds: number;
  virtualMs: number;
  events: number;
  datagrams: number;
  shots: number;
  faults: number;
  readonly spent: Spent;
  failure: Outcome | undefined;
};

function add(tally: Tally, outcome: Outcome): void {
  tally.seeds += 1;
  tally.virtualMs += outcome.virtualMs;
  tally.events += outcome.events;
  tally.datagrams += outcome.datagrams;
  tally.shots += outcome.shots;
  tally.faults += outcome.faults;
  addSpent(tally.spent, outcome.spent);
  if (outcome.violation !== undefined && tally.failure === undefined) tally.failure = outcome;
}

function sayOne({
  seed,
  nodeCount,
  scenario,
  virtualMs,
  events,
  shots,
  faults,
  hash,
  violation,
}: Outcome): void {
  const verdict = violation === undefined ? 'held' : `VIOLATED ${violation.checker}`;
  say(
    `seed ${seed}: ${nodeCount} nodes, ${scenario}, ${faults} faults, ${shots} shots, ${Math.round(virtualMs / 1000)} virtual s, ${events} events, history ${hash}: ${verdict}`,
  );
  if (violation !== undefined) say(`  ${violation.text}`);
}

function sayFailure({ seed, violation, story }: Outcome, options: Options): void {
  if (violation === undefined) return;
  for (const line of story) say(line);
  say('');
  say(`seed ${seed} violates ${violation.checker} at ${(violation.at / 1000).toFixed(3)} s:`);
  say(`  ${violation.text}`);
  const more = [
    options.nodeCount === undefined ? '' : ` --nodes ${options.nodeCount}`,
    options.ticks === undefined ? '' : ` --ticks ${options.ticks}`,
    options.plant === undefined ? '' : ` --plant ${options.plant}`,
    options.cuts === undefined ? '' : ` --cuts ${options.cuts}`,
  ].join('');
  say(`  the whole story: npm run sim -- --seed ${seed}${more} --story`);
}

function sayTotals(tally: Tally, realMs: number): void {
  const { spent } = tally;
  say(
    `${tally.seeds} seeds, ${Math.round(tally.virtualMs / 60_000)} virtual minutes, ${tally.faults} faults, ${tally.shots} shots, ${tally.events} events in ${seconds(realMs)}`,
  );
  say(
    `of the threads' time: rings ${seconds(spent.ringMs)}, nodes ${seconds(spent.nodeMs)}, scheduler ${seconds(spent.scheduleMs)} (${spent.schedules} decisions)`,
  );
}

function sayJson(tally: Tally, realMs: number): void {
  const { failure } = tally;
  const result = {
    seeds: tally.seeds,
    held: failure === undefined,
    virtualMs: tally.virtualMs,
    realMs: Math.round(realMs),
    events: tally.events,
    shots: tally.shots,
    faults: tally.faults,
    failure: failure?.violation === undefined ? null : { seed: failure.seed, ...failure.violation },
  };
  say(JSON.stringify(result));
}

async function simulateAll(options: Options): Promise<boolean> {
  const began = performance.now();
  const tally: Tally = {
    seeds: 0,
    virtualMs: 0,
    events: 0,
    datagrams: 0,
    shots: 0,
    faults: 0,
    spent: { ringMs: 0, nodeMs: 0, scheduleMs: 0, schedules: 0 },
    failure: undefined,
  };
  const seeds = Array.from({ length: options.count }, (_, index) => options.from + index);
  const { nodeCount, ticks, plant, cuts, isStory } = options;
  const { isKeepGoing } = options;
  const order = {
    choice: { nodeCount, ticks, plant, cuts },
    isStory: isStory && options.count === 1,
    isKeepGoing,
  };
  await runBatch(seeds, options.workers, order, (outcome) => {
    if (tally.failure !== undefined && !isKeepGoing) return;
    add(tally, outcome);
    if (options.count === 1 && isStory && outcome.violation === undefined)
      for (const line of outcome.story) say(line);
    if (options.count === 1 || (isKeepGoing && outcome.violation !== undefined)) sayOne(outcome);
    else if (tally.seeds % LINE_EVERY === 0) {
      say(`${tally.seeds} of ${options.count} seeds held, ${seconds(performance.now() - began)}`);
    }
  });
  const realMs = performance.now() - began;
  if (tally.failure !== undefined && !isKeepGoing) sayFailure(tally.failure, options);
  sayTotals(tally, realMs);
  if (options.isJson) sayJson(tally, realMs);
  return tally.failure === undefined;
}

process.exitCode = await runCommand(readOptions(process.argv.slice(2)), USAGE, simulateAll);
