/** One seed, from the first start to the verdict. */
import { InvariantError } from '@holdfast/base';
import { readNode } from '@holdfast/node';
import { whatDiffers, whatIsMissing } from './checks/converged.ts';
import { cutAgainAndAgain, type Pace } from './cuts.ts';
import { checkPromises } from './checks/promises.ts';
import { Healer } from './healer.ts';
import type { Spent } from './host-setup.ts';
import { type Choice, drawPlan, type Plan } from './plan.ts';
import { type CheckerName, tell, type Violation, violate } from './stage.ts';
import { buildWorld, type World } from './world.ts';

/** From the first start, and from the heal, to a cluster at rest. */
const SETTLE_MS_MAX = 120_000;
const CONVERGE_MS_MAX = 240_000;
/** At rest means: for so long. */
const REST_MS = 5000;
const LOOK_EVERY_MS = 500;
/** The clean split lasts so long; the verdict on it falls after that. */
const SPLIT_MS = 45_000;
/** Things that happen without virtual time getting on much: a world gone mad. */
const EVENTS_MAX = 2_000_000;

export type Verdict = {
  readonly seed: number;
  readonly plan: Plan;
  readonly violation: Violation | undefined;
  /** Equal for equal histories. */
  readonly hash: string;
  readonly virtualMs: number;
  readonly events: number;
  readonly datagrams: number;
  readonly shots: number;
  readonly faults: number;
  readonly spent: Spent;
  readonly lines: (count?: number) => readonly string[];
};

export function simulate(choice: Choice, clock: () => number = () => 0): Verdict {
  const plan = drawPlan(choice);
  const world = buildWorld(plan, clock);
  try {
    live(world);
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    const place = (cause.stack ?? '')
      .split('\n')
      .slice(1, 6)
      .map((line) => line.trim())
      .join(' ');
    violate(
      world.stage,
      'invariant',
      `${cause instanceof InvariantError ? '' : `${cause.name}: `}${cause.message} (${place})`,
    );
  }
  const { stage, network, shots, faults, spent } = world;
  return {
    seed: choice.seed,
    plan,
    violation: stage.violation,
    hash: stage.history.hash(),
    virtualMs: stage.agenda.now(),
    events: stage.agenda.count(),
    datagrams: network.sent,
    shots: shots.hits.length,
    faults: faults.count,
    spent,
    lines: (count) => stage.history.lines(count),
  };
}

function live(world: World): void {
  const { plan, stage } = world;
  tell(
    stage,
    'world',
    `${plan.nodes.length} nodes, ${plan.scenario}, resources ${plan.resources.join(' ')}`,
  );
  const healer = new Healer(world);
  healer.begin();
  const first = { lengthMsMax: SETTLE_MS_MAX, when: 'after the first start', isTidy: nothing };
  if (!rest(world, first)) return;
  switch (plan.scenario) {
    case 'chaos':
      world.faults.begin();
      world.operator.begin();
      if (!run(world, plan.faultsMs)) return;
      break;
    case 'split':
      if (!split(world)) return;
      break;
    case 'cuts':
      if (!cutAgainAndAgain(world, paceOf(world))) return;
      break;
  }
  world.operator.end();
  world.faults.heal();
  world.shots.heal();
  healer.tidy();
  const isTidy = (): string | undefined =>
    healer.isTidy() ? undefined : 'the operator has not tidied up yet';
  if (rest(world, { lengthMsMax: CONVERGE_MS_MAX, when: 'after the heal', isTidy })) judge(world);
}

function paceOf(world: World): Pace {
  const lengthMsMax = CONVERGE_MS_MAX;
  return {
    run: (lengthMs) => run(world, lengthMs),
    rest: (when) => rest(world, { lengthMsMax, when, isTidy: nothing }),
  };
}

function nothing(): undefined {
  return undefined;
}

function split(world: World): boolean {
  const { stage, network, shots, plan } = world;
  const [first, second] = plan.nodes;
  if (first === undefined || second === undefined || plan.protectedNode === undefined) return true;
  const since = stage.agenda.now();
  tell(stage, 'network', 'the link between the two nodes is cut');
  network.cut(first.id, second.id, SPLIT_MS);
  network.cut(second.id, first.id, SPLIT_MS);
  if (!run(world, SPLIT_MS - 1)) return false;
  shots.checkSplit(since, plan.protectedNode);
  return stage.violation === undefined;
}

/** Lets so much time pass. False: something was violated. */
function run({ stage }: World, lengthMs: number): boolean {
  const until = stage.agenda.now() + lengthMs;
  while (stage.violation === undefined && stage.agenda.next(until)) {
    if (stage.agenda.count() > EVENTS_MAX)
      violate(stage, 'liveness', `${EVENTS_MAX} events and no end`);
  }
  return stage.violation === undefined;
}

type Patience = {
  readonly lengthMsMax: number;
  readonly when: string;
  /** What else must be so; undefined: nothing. */
  readonly isTidy: () => string | undefined;
};

/** Waits for a cluster at rest. */
function rest(world: World, { lengthMsMax, when, isTidy }: Patience): boolean {
  const { stage } = world;
  const until = stage.agenda.now() + lengthMsMax;
  let missing = look(world, isTidy);
  let since = stage.agenda.now();
  while (stage.agenda.now() < until) {
    if (!run(world, LOOK_EVERY_MS)) return false;
    missing = look(world, isTidy);
    if (missing !== undefined) since = stage.agenda.now();
    else if (stage.agenda.now() - since >= REST_MS) return true;
  }
  const { checker, what } = missing ?? { checker: 'liveness', what: 'it does not stay so' };
  violate(stage, checker, `${lengthMsMax / 1000} s ${when} the cluster is not at rest: ${what}`);
  return false;
}

type Missing = { readonly checker: CheckerName; readonly what: string };

/** The first thing that is not as it must be at rest. */
function look(world: World, isTidy: () => string | undefined): Missing | undefined {
  const { hosts, plan, owners } = world;
  const untidy = whatIsMissing(hosts, plan.resources, owners) ?? isTidy();
  if (untidy !== undefined) return { checker: 'liveness', what: untidy };
  const silent = unanswered(world);
  if (silent !== undefined) return { checker: 'answers', what: silent };
  const differs = whatDiffers(hosts);
  return differs === undefined ? undefined : { checker: 'equal-cibs', what: differs };
}

function judge(world: World): void {
  const { stage, hosts, operator, plan } = world;
  const [first] = hosts;
  if (first?.daemon === undefined) return;
  checkPromises(stage, operator.writes, readNode(first.daemon.node).cib);
  tell(
    stage,
    'world',
    `at rest: ${plan.resources.map((id) => `${id} on ${[...world.owners.ownersOf(id)].join()}`).join(', ')}`,
  );
}

function unanswered({ hosts }: World): string | undefined {
  for (const { daemon, name } of hosts) {
    const open = [...(daemon?.requests ?? [])];
    if (open.length > 0) return `${name} has not answered ${open.join(' ')}`;
  }
  return undefined;
}
