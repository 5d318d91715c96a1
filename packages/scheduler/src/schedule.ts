/** The decision: a CIB and a moment in, a transition graph and its reasons out. A pure function. */
import { type EpochMs, note, type Note } from '@holdfast/base';
import type { Cib } from '@holdfast/cib';
import type { Graph } from '@holdfast/transition';
import { calculate } from './calculate.ts';
import { keepLedger, type Ledger } from './explain/ledger.ts';
import { recheckAt } from './output/recheck.ts';
import type { SummaryLine } from './output/summary.ts';
import { transitionOf } from './output/transition.ts';

export type ScheduleInput = {
  readonly cib: Cib;
  readonly now: EpochMs;
  /** Keep the reasons, not only what they led to. */
  readonly explain?: boolean;
};

export type Schedule = {
  readonly graph: Graph;
  readonly notes: readonly Note[];
  readonly ledger: Ledger | undefined;
  /** When the decision may be another one, though nothing happens until then. */
  readonly recheckAt: EpochMs | undefined;
};

export function schedule({ cib, now, explain = false }: ScheduleInput): Schedule {
  const keeper = explain ? keepLedger() : undefined;
  const calculation = calculate({
    cib,
    now,
    ...(keeper === undefined ? {} : { explainer: keeper.explainer }),
  });
  const { work, cluster, summary } = calculation;
  const { graph, loop } = transitionOf(work, calculation.graph);
  const isIdle = graph.actions.length === 0;
  const notes = isIdle ? [] : summary.map((line) => note('info', 'decision', sentence(line)));
  return {
    graph,
    notes: loop === undefined ? notes : [...notes, loopNote(loop)],
    ledger: keeper?.ledger(calculation),
    recheckAt: recheckAt(cluster),
  };
}

function loopNote(loop: string): Note {
  const text = `order constraints go in a circle: ${loop}; nothing of it is done until one of them is changed`;
  return note('error', 'order-loop', text);
}

/** One line of the summary, as it stands in a log. */
export function sentence(line: SummaryLine): string {
  if (line.kind === 'fence') return `fence ${line.node} (${line.op}): ${line.reason}`;
  const { verb, resource, details, reason } = line;
  const because = reason === '' ? '' : `, ${reason}`;
  return `${verb.toLowerCase()} ${resource.id} (${details})${because}`;
}
