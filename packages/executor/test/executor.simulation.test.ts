/**
 * Goal: whatever agents do, a resource never has two operations at once (killed ones that linger
 * count), every one-off is reported exactly once, a cancelled monitor never runs again, and in the end
 * nothing is left waiting.
 *
 * Method: draw a workload and agent durations from a seed (some longer than any timeout, some that
 * take their time to die), run them on a simulated clock, check after every step. A failure prints
 * its seed: SEED=n replays it.
 */
import {
  assert,
  type CallId,
  type Instant,
  instant,
  milliseconds,
  type Prng,
  prng,
  resourceId,
} from '@holdfast/base';
import type { ExecutorEffect, ExecutorInput, Operation } from '@holdfast/executor';
import { deadline, executor, step } from '@holdfast/executor';
import t from 'tap';
import { every, op, result } from './support.ts';

const SEEDS = process.env['SEED'] === undefined ? range(1, 300) : [Number(process.env['SEED'])];
const INPUTS_PER_RUN = 60;
const ACTIVE_MS = 60_000;
const LIMIT_MS = 600_000;

type Event = { readonly at: number; readonly input: ExecutorInput };
type World = {
  readonly dice: Prng;
  readonly pending: Event[];
  readonly alive: Map<string, CallId>;
  readonly owed: Map<string, number>;
  runs: number;
  kills: number;
};

void t.test('one operation at a time, each reported once, and all come to rest', (t) => {
  let runs = 0;
  let kills = 0;
  for (const seed of SEEDS) {
    try {
      const world = simulate(seed);
      runs += world.runs;
      kills += world.kills;
    } catch (cause) {
      t.fail(`SEED=${seed}: ${String(cause)}`);
    }
  }
  t.ok(runs > SEEDS.length * 10, `${runs} runs`);
  t.ok(kills > 0, `${kills} kills`);
  t.end();
});

void t.test('the same seed gives the same story', (t) => {
  t.equal(simulate(7).runs, simulate(7).runs);
  t.end();
});

function simulate(seed: number): World {
  const dice = prng(seed);
  const state = executor();
  const world: World = { dice, pending: [], alive: new Map(), owed: new Map(), runs: 0, kills: 0 };
  for (let index = 0; index < INPUTS_PER_RUN; index += 1) {
    const input = drawInput(dice, `op-${index}`);
    if (input.kind === 'execute' && input.op.intervalMs === 0) world.owed.set(input.op.userData, 1);
    if (input.kind === 'cancel') world.owed.set(input.userData, 1);
    world.pending.push({ at: dice.below(ACTIVE_MS), input });
  }
  for (const [name, intervalMs] of [
    ['r0', 1000],
    ['r1', 3000],
  ] as const) {
    const cancel = { resource: resourceId(name), task: 'monitor', userData: `end-${name}` };
    world.owed.set(cancel.userData, 1);
    const input = { kind: 'cancel', intervalMs: milliseconds(intervalMs), ...cancel } as const;
    world.pending.push({ at: ACTIVE_MS + 1, input });
  }
  for (;;) {
    const next = takeNext(world.pending, deadline(state));
    if (next === undefined) break;
    assert(next.at < LIMIT_MS, 'it comes to rest');
    if (next.input.kind === 'exited') forget(world.alive, next.input.call);
    for (const effect of step(state, next.input, instant(next.at))) apply(world, effect, next.at);
  }
  for (const [key, left] of world.owed) assert(left === 0, `${key} is owed ${left} reports`);
  assert(world.alive.size === 0, 'nothing runs in the end');
  return world;
}

function apply(world: World, effect: ExecutorEffect, at: number): void {
  const { dice, alive, owed, pending } = world;
  switch (effect.kind) {
    case 'report': {
      const left = owed.get(effect.op.userData);
      if (left !== undefined) owed.set(effect.op.userData, left - 1);
      return;
    }
    case 'kill': {
      world.kills += 1;
      const index = pending.findIndex(
        ({ input }) => input.kind === 'exited' && input.call === effect.call,
      );
      const dies = pending[index];
      assert(dies !== undefined, 'only what runs is killed');
      const within = dice.chance(1, 10) ? 8000 : dice.below(20);
      pending[index] = { ...dies, at: at + within };
      return;
    }
    case 'run': {
      world.runs += 1;
      assert(!alive.has(effect.op.resource), `two operations on ${effect.op.resource}`);
      alive.set(effect.op.resource, effect.call);
      const takes = dice.chance(1, 5) ? 30_000 : dice.below(3000);
      const ended = result(dice.chance(1, 4) ? 1 : 0);
      pending.push({ at: at + takes, input: { kind: 'exited', call: effect.call, result: ended } });
      return;
    }
    case 'note':
      return;
  }
}

/** The earlier of the next thing that happens and the machine's own deadline. */
function takeNext(pending: Event[], due: Instant | undefined): Event | undefined {
  pending.sort((a, b) => a.at - b.at);
  const first = pending[0];
  if (due !== undefined && (first === undefined || due < first.at)) {
    return { at: due, input: { kind: 'tick' } };
  }
  return pending.shift();
}

/** Monitors only on r0 every second and r1 every three: the end of the run cancels exactly these. */
function drawInput(dice: Prng, userData: string): ExecutorInput {
  const resource = resourceId(`r${dice.below(4)}`);
  const timeoutMs = milliseconds(10_000);
  if (dice.chance(1, 4)) {
    const which = dice.below(2);
    const monitored = resourceId(`r${which}`);
    const intervalMs = which === 0 ? 1000 : 3000;
    if (dice.chance(1, 4)) {
      const cancel = { resource: monitored, task: 'monitor', userData };
      return { kind: 'cancel', intervalMs: milliseconds(intervalMs), ...cancel };
    }
    return { kind: 'execute', op: every(monitored, intervalMs, { timeoutMs, userData: 'm' }) };
  }
  const drawn: Operation = op(resource, dice.chance(1, 2) ? 'start' : 'monitor', {
    timeoutMs,
    userData,
    startDelayMs: milliseconds(dice.chance(1, 6) ? dice.below(4000) : 0),
  });
  return { kind: 'execute', op: drawn };
}

function forget(alive: Map<string, CallId>, call: CallId): void {
  for (const [resource, running] of alive) if (running === call) alive.delete(resource);
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
