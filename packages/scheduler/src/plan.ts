/** Stage 4: what has to be done, unit by unit: probe, stop, start, monitor, or nothing. */
import type { NodeName } from '@holdfast/base';
import { booleanProperty } from '@holdfast/cib';
import type { Activity, NodeReading } from '@holdfast/status';
import type { Reason } from './ledger.ts';
import { operationPlan } from './operations.ts';
import type { Assignment } from './placement.ts';
import type { Situation } from './situation.ts';
import { spread } from './spread.ts';
import type { UnitPlan } from './unit-plan.ts';
import type { Unit } from './units.ts';

export type Plan = {
  readonly units: readonly UnitPlan[];
  readonly reasons: readonly Reason[];
};

export function plan(situation: Situation, assignment: Assignment): Plan {
  const units = situation.units.map((unit) =>
    planUnit(situation, unit, assignment.placed.get(unit.id)),
  );
  spread(situation, units);
  const reasons = units
    .filter(({ why }) => why !== '')
    .map(({ unit, why }) => ({ subject: unit.id, why }));
  return { units, reasons };
}

/** Where a unit is, or may be. */
type Whereabouts = {
  readonly running: NodeName[];
  readonly impliedStops: NodeName[];
  readonly probes: NodeName[];
  isFrozen: boolean;
  isUnsettled: boolean;
  /** It may run where nobody can look, and which is not to be fenced: it must not start elsewhere. */
  mayRunUnproven: boolean;
  /** Such a node is known to have run it: that it seems to run here too proves nothing. */
  didRunUnproven: boolean;
};

function planUnit(situation: Situation, unit: Unit, target: NodeName | undefined): UnitPlan {
  const found: Whereabouts = {
    running: [],
    impliedStops: [],
    probes: [],
    isFrozen: !unit.isManaged,
    isUnsettled: false,
    mayRunUnproven: false,
    didRunUnproven: false,
  };
  for (const node of situation.nodes) look(situation, unit, node, found);
  const { running, probes, impliedStops, isUnsettled } = found;
  const isFrozen = found.isFrozen || isUnsettled;
  const idle = { stops: [], start: undefined, keeps: undefined, why: '' };
  const isActive = running.length > 0;
  const base = { unit, probes, impliedStops, isFrozen, isUnsettled, isActive, isHeld: false };
  if (isFrozen) return { ...base, ...idle };
  const moves = transitionOf(situation, unit, running, target);
  const isElsewhere = moves.start !== undefined && !running.includes(moves.start);
  const isUnsafe = found.didRunUnproven || (found.mayRunUnproven && isElsewhere);
  if (moves.start === undefined || !isUnsafe) return { ...base, ...moves };
  const why = `${unit.id} is not started: it may still run on a node that is not proven down`;
  return { ...base, ...moves, start: undefined, why };
}

function look(situation: Situation, unit: Unit, node: NodeReading, found: Whereabouts): void {
  const { standing, isStuck } = situation.activity(unit, node.name);
  if (situation.fences.has(node.name)) {
    if (standing !== 'stopped') found.impliedStops.push(node.name);
    return;
  }
  if (!node.isOnline) {
    lookFromAfar(node, standing, found);
    return;
  }
  found.isFrozen ||= node.isMaintenance && standing !== 'stopped';
  found.isUnsettled ||= isStuck || standing === 'busy';
  if (standing === 'active') found.running.push(node.name);
  if (standing === 'unknown' && needsProbe(situation, unit)) found.probes.push(node.name);
}

function lookFromAfar(node: NodeReading, standing: Activity['standing'], found: Whereabouts): void {
  found.mayRunUnproven ||= mayRunUnseen(node, standing);
  found.didRunUnproven ||= didRun(node, standing);
}

function didRun({ isUnclean }: NodeReading, standing: Activity['standing']): boolean {
  return isUnclean && (standing === 'active' || standing === 'busy');
}

/** On a node that does not answer: lost and not fenced, or on its way into the cluster. */
function mayRunUnseen(node: NodeReading, standing: Activity['standing']): boolean {
  if (node.isUnclean) return standing !== 'stopped';
  return node.state?.inCluster === true && (standing === 'active' || standing === 'busy');
}

/** Fence devices are registered, not found; everything else is looked for before it is started. */
function needsProbe({ cib }: Situation, unit: Unit): boolean {
  return (
    !unit.isRemoved &&
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
  if (unit.isRemoved)
    return `${unit.id} is stopped on ${running.join(' and ')}: it is no longer configured`;
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
