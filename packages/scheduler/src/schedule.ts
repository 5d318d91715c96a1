/**
 * The decision: a CIB and a moment in, a transition graph and its reasons out. A pure function in
 * stages: status → constraints → assignment → plan → graph.
 */
import {
  earliest,
  type EpochMs,
  epochMs,
  instant,
  type NodeName,
  note,
  type Note,
} from '@holdfast/base';
import { type Cib, nextRuleChange, type ResourceHistory, type Rule } from '@holdfast/cib';
import type { Graph } from '@holdfast/transition';
import { type Activity, readActivity, readFailures, readNodes } from '@holdfast/status';
import { readConstraintTables } from './constraints.ts';
import { buildGraph } from './graph.ts';
import type { Ledger } from './ledger.ts';
import { nodesToFence } from './fences.ts';
import { assign } from './placement.ts';
import { plan } from './plan.ts';
import type { Observed, Situation } from './situation.ts';
import { readUnits, type Unit } from './units.ts';

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
  const situation = readSituation(cib, now);
  const assignment = assign(situation);
  const decided = plan(situation, assignment);
  const graph = buildGraph(situation, decided);
  const notes = decided.reasons.map(({ why }) => note('info', 'decision', why));
  return {
    graph,
    notes: graph.actions.length === 0 ? [] : notes,
    ledger: explain ? { terms: assignment.terms, reasons: decided.reasons } : undefined,
    recheckAt: recheckAt(situation),
  };
}

function readSituation(cib: Cib, now: EpochMs): Situation {
  const nodes = readNodes(cib);
  const units = readUnits(cib, nodes, now);
  const known = new Map<string, ResourceHistory>();
  for (const { name, state } of nodes) {
    for (const history of state?.history ?? []) known.set(`${name}/${history.resource}`, history);
  }
  const read = new Map<string, Activity>();
  const activity = (unit: Unit, node: NodeName): Activity => {
    const key = `${node}/${unit.historyId}`;
    let found = read.get(key);
    if (found === undefined) {
      found = readActivity(known.get(key));
      read.set(key, found);
    }
    // An instance that belongs to another node is that node's affair.
    return unit.onlyOn !== undefined && unit.onlyOn !== node
      ? { ...found, standing: 'stopped', hasFailed: false, isStuck: false }
      : found;
  };
  const constraints = readConstraintTables(cib, units);
  const observed: Observed = { cib, now, nodes, units, constraints, activity };
  return { ...observed, fences: nodesToFence(observed) };
}

/** When a failure will be forgotten, or a rule that speaks of dates will hold no more, or only then. */
function recheckAt(situation: Situation): EpochMs | undefined {
  const { units, nodes, now } = situation;
  const expiries = units.flatMap((unit) =>
    nodes.map((node) => readFailures(unit, node, now).expiresAt),
  );
  const changes = rulesOf(situation).map((rule) => nextRuleChange(rule, { now }));
  const moments = [...expiries, ...changes];
  const first = earliest(...moments.map((at) => (at === undefined ? undefined : instant(at))));
  return first === undefined ? undefined : epochMs(first);
}

function rulesOf({ cib, units, constraints }: Situation): readonly Rule[] {
  const { properties, resourceDefaults, opDefaults } = cib.configuration;
  const sets = [
    ...[properties, resourceDefaults, opDefaults].flat(),
    ...units.flatMap(({ primitive: { meta, instance } }) => [...meta, ...instance]),
  ];
  return [
    ...sets.flatMap(({ rule }) => (rule === undefined ? [] : [rule])),
    ...constraints.locations.flatMap(({ rules }) => rules),
  ];
}
