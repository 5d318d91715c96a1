/** Stage 4: what has to be done, unit by unit: probe, stop, start, monitor, or nothing. */
import type { NodeName } from '@holdfast/base';
import { booleanProperty } from '@holdfast/cib';
import type { Activity } from '@holdfast/status';
import { means } from './constraints.ts';
import type { Reason } from './ledger.ts';
import { operationPlan } from './operations.ts';
import type { Assignment, Situation } from './placement.ts';
import { type Unit } from './units.ts';

/** What is to happen to one unit. */
export type UnitPlan = {
  readonly unit: Unit;
  /** Nodes where somebody has to look first. */
  readonly probes: readonly NodeName[];
  /** Clean nodes where it must be stopped. */
  stops: NodeName[];
  /** Nodes that are to be fenced, and with it whatever ran there. */
  readonly impliedStops: readonly NodeName[];
  start: NodeName | undefined;
  /** Where it goes on running. */
  keeps: NodeName | undefined;
  /** Left alone: not managed, an operation under way, or stuck without fencing. */
  readonly isFrozen: boolean;
  why: string;
};

export type Plan = {
  readonly units: readonly UnitPlan[];
  /** Nodes to be fenced, with the reason. */
  readonly fences: ReadonlyMap<NodeName, string>;
  readonly reasons: readonly Reason[];
};

export function plan(situation: Situation, assignment: Assignment): Plan {
  const fences = nodesToFence(situation);
  const units = situation.units.map((unit) =>
    planUnit(situation, unit, assignment.placed.get(unit.id), fences),
  );
  spread(situation, units);
  const reasons = units
    .filter(({ why }) => why !== '')
    .map(({ unit, why }) => ({ subject: unit.id, why }));
  return { units, fences, reasons };
}

/** Lost nodes, and nodes on which something could not be stopped (A2.4); only with quorum. */
function nodesToFence(situation: Situation): ReadonlyMap<NodeName, string> {
  const fences = new Map<NodeName, string>();
  const { cib } = situation;
  const mayFence =
    cib.quorate ||
    situation.cib.configuration.properties.some(({ pairs }) =>
      pairs.some(({ name, value }) => name === 'no-quorum-policy' && value === 'ignore'),
    );
  if (!mayFence || !booleanProperty(cib.configuration, 'stonith-enabled')) return fences;
  for (const node of situation.nodes) {
    if (node.isUnclean) fences.set(node.name, `${node.name} is lost and not proven down`);
  }
  for (const unit of situation.units) {
    for (const node of situation.nodes) {
      const activity = situation.activity(unit, node.name);
      if (!node.isOnline || !activity.isStuck || !unit.isManaged) continue;
      fences.set(node.name, `${unit.id} could not be stopped on ${node.name}: ${activity.why}`);
    }
  }
  return fences;
}

function planUnit(
  situation: Situation,
  unit: Unit,
  target: NodeName | undefined,
  fences: ReadonlyMap<NodeName, string>,
): UnitPlan {
  const running: NodeName[] = [];
  const impliedStops: NodeName[] = [];
  const probes: NodeName[] = [];
  let isFrozen = !unit.isManaged;
  let mayRunUnproven = false;
  for (const node of situation.nodes) {
    const activity = situation.activity(unit, node.name);
    if (fences.has(node.name)) {
      if (activity.standing !== 'stopped') impliedStops.push(node.name);
      continue;
    }
    if (node.isUnclean) {
      mayRunUnproven ||= activity.standing !== 'stopped';
      continue;
    }
    if (!node.isOnline) continue;
    if (node.isMaintenance && activity.standing !== 'stopped') isFrozen = true;
    if (activity.standing === 'busy') isFrozen = true;
    if (activity.standing === 'active') running.push(node.name);
    if (activity.standing === 'unknown' && needsProbe(situation, unit)) probes.push(node.name);
    if (activity.isStuck) isFrozen = true;
  }
  const base = { unit, probes, impliedStops, stops: [], start: undefined, keeps: undefined };
  if (isFrozen) return { ...base, isFrozen, why: '' };
  const start = mayRunUnproven ? undefined : target;
  return { ...base, isFrozen, ...transitionOf(situation, unit, running, start) };
}

/** Fence devices are registered, not found; everything else is looked for before it is started. */
function needsProbe({ cib }: Situation, unit: Unit): boolean {
  return (
    unit.primitive.agent.class !== 'stonith' &&
    booleanProperty(cib.configuration, 'enable-startup-probes')
  );
}

type Moves = Pick<UnitPlan, 'stops' | 'start' | 'keeps' | 'why'>;

function transitionOf(
  situation: Situation,
  unit: Unit,
  running: readonly NodeName[],
  target: NodeName | undefined,
): Moves {
  const [only] = running;
  if (only === undefined) {
    return {
      stops: [],
      start: target,
      keeps: undefined,
      why: target === undefined ? '' : `${unit.id} is started on ${target}`,
    };
  }
  const activity = situation.activity(unit, only);
  if (
    running.length === 1 &&
    only === target &&
    !activity.hasFailed &&
    !hasChanged(situation, unit, only, activity)
  ) {
    return { stops: [], start: undefined, keeps: only, why: '' };
  }
  return {
    stops: [...running],
    start: target,
    keeps: undefined,
    why: moveReason(unit, running, target, activity),
  };
}

function moveReason(
  unit: Unit,
  running: readonly NodeName[],
  target: NodeName | undefined,
  activity: Activity,
): string {
  const [only] = running;
  if (running.length > 1)
    return `${unit.id} runs on ${running.join(' and ')}: it is stopped everywhere first`;
  if (activity.hasFailed) return `${unit.id} on ${only ?? ''}: ${activity.why}`;
  if (target === undefined) return `${unit.id} is stopped on ${only ?? ''}`;
  return only === target
    ? `${unit.id} is restarted on ${target}: its parameters changed`
    : `${unit.id} moves from ${only ?? ''} to ${target}`;
}

/** B3: it runs with other parameters than those configured now. */
function hasChanged(situation: Situation, unit: Unit, node: NodeName, activity: Activity): boolean {
  if (activity.startDigest === undefined) return false;
  return (
    operationPlan(situation.cib, unit, node, { task: 'start' }).opDigest !== activity.startDigest
  );
}

/**
 * What one unit's move means for others, until nothing changes any more: whoever must run behind it is
 * stopped with it, and does not start where it does not.
 */
function spread(situation: Situation, plans: readonly UnitPlan[]): void {
  for (let round = 0; round <= plans.length; round += 1) {
    let hasChangedAny = false;
    for (const ordering of situation.constraints.orderings) {
      if (!ordering.isMandatory || ordering.firstTask !== 'start' || ordering.thenTask !== 'start')
        continue;
      for (const first of named(situation, plans, ordering.first)) {
        for (const then of named(situation, plans, ordering.then)) {
          if (first !== then && isRelevant(first, then))
            hasChangedAny = follow(first, then, ordering.isSymmetrical) || hasChangedAny;
        }
      }
    }
    if (!hasChangedAny) return;
  }
}

/** Instances of clones are ordered node by node. */
function isRelevant(first: UnitPlan, then: UnitPlan): boolean {
  return (
    first.unit.onlyOn === undefined ||
    then.unit.onlyOn === undefined ||
    first.unit.onlyOn === then.unit.onlyOn
  );
}

export function named(
  situation: Situation,
  plans: readonly UnitPlan[],
  name: string,
): readonly UnitPlan[] {
  const { tags } = situation.cib.configuration;
  return plans.filter(({ unit }) => means(name, unit, tags));
}

function follow(first: UnitPlan, then: UnitPlan, isSymmetrical: boolean): boolean {
  if (then.isFrozen || first.isFrozen) return false;
  let hasMoved = false;
  if (first.start === undefined && first.keeps === undefined && then.start !== undefined) {
    then.start = undefined;
    then.why = `${then.unit.id} cannot run without ${first.unit.id}`;
    hasMoved = true;
  }
  const firstStops =
    first.stops.length > 0 || (first.keeps === undefined && first.start === undefined);
  if (isSymmetrical && firstStops && then.keeps !== undefined) {
    then.stops = [then.keeps];
    then.start = first.start === undefined ? undefined : then.keeps;
    then.keeps = undefined;
    then.why = `${then.unit.id} is stopped because ${first.unit.id}, before it, is`;
    hasMoved = true;
  }
  return hasMoved;
}
