/** Many seeds, on several threads; each thread takes every n-th seed, so that all get on alike. */
import { runThreads } from './command.ts';
import type { Spent } from './host-setup.ts';
import type { Choice } from './plan.ts';
import type { Verdict } from './simulate.ts';

export type BatchOrder = {
  readonly seeds: readonly number[];
  readonly choice: Omit<Choice, 'seed'>;
  readonly isStory: boolean;
  readonly isKeepGoing: boolean;
};

/** A verdict as it travels between threads. */
export type Outcome = Omit<Verdict, 'lines' | 'plan'> & {
  readonly nodeCount: number;
  readonly scenario: string;
  readonly story: readonly string[];
};

/** Lines of a failing seed's story that are worth reading first. */
const STORY_LINES = 150;

export function outcomeOf(verdict: Verdict, isStory: boolean): Outcome {
  const { lines, plan, ...rest } = verdict;
  const isWorthTelling = isStory || verdict.violation !== undefined;
  return {
    ...rest,
    nodeCount: plan.nodes.length,
    scenario: plan.scenario,
    story: isWorthTelling ? lines(isStory ? undefined : STORY_LINES) : [],
  };
}

/** Runs all seeds, or stops at the first that fails. */
export async function runBatch(
  seeds: readonly number[],
  workers: number,
  order: Omit<BatchOrder, 'seeds'>,
  onOutcome: (outcome: Outcome) => void,
): Promise<void> {
  const count = Math.min(workers, seeds.length);
  const shares = Array.from({ length: count }, (_, share): BatchOrder => {
    return { ...order, seeds: seeds.filter((__, index) => index % count === share) };
  });
  const script = new URL('./batch-thread.js', import.meta.url);
  await runThreads(script, shares, (message, stopAll) => {
    const outcome = message as Outcome;
    onOutcome(outcome);
    if (outcome.violation !== undefined && !order.isKeepGoing) stopAll();
  });
}

export function addSpent(total: Spent, more: Spent): void {
  total.ringMs += more.ringMs;
  total.nodeMs += more.nodeMs;
  total.scheduleMs += more.scheduleMs;
  total.schedules += more.schedules;
}
