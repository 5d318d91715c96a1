/** The decision: a CIB and a moment in, a transition graph and its reasons out. A pure function. */
import { type EpochMs, epochMs, note, type Note } from '@holdfast/base';
import { type Cib, everyResource, nextRuleChange, type NvSet, type Rule } from '@holdfast/cib';
import type { Graph } from '@holdfast/transition';
import { calculate } from './calculate.ts';
import { keepLedger, type Ledger } from './explain/ledger.ts';
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
    recheckAt: recheckAt(cib, now, cluster.recheckAt),
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

/** When a failure is forgotten, or a rule that speaks of dates begins or ends to hold. */
function recheckAt(cib: Cib, now: EpochMs, seconds: number | undefined): EpochMs | undefined {
  const moments = rulesOf(cib)
    .map((rule) => nextRuleChange(rule, { now }))
    .filter((at) => at !== undefined);
  if (seconds !== undefined) moments.push(epochMs(seconds * 1000));
  return moments.length === 0 ? undefined : epochMs(Math.min(...moments));
}

function rulesOf({ configuration }: Cib): readonly Rule[] {
  const { properties, resourceDefaults, opDefaults, resources, constraints } = configuration;
  const sets: NvSet[] = [...properties, ...resourceDefaults, ...opDefaults];
  for (const each of everyResource(resources)) {
    sets.push(...each.meta, ...each.instance);
    if (each.kind !== 'primitive') continue;
    for (const { meta, instance } of each.operations) sets.push(...meta, ...instance);
  }
  const rules: Rule[] = sets.flatMap(({ rule }) => (rule === undefined ? [] : [rule]));
  for (const each of constraints) if (each.kind === 'location') rules.push(...each.rules);
  return rules;
}
