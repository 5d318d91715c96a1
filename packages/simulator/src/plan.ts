/** A cluster and its days to come, drawn from one seed. */
import {
  assert,
  type NodeId,
  nodeId,
  type NodeName,
  nodeName,
  type Prng,
  prng,
} from '@holdfast/base';
import { encodeDisk, parseXml } from '@holdfast/cib';
import { drawCib } from './draw-cib.ts';
import { drawCuts, type PlannedCut } from './draw-cuts.ts';
import { between, pick, pickAny } from './stage.ts';

/**
 * `split`: two idle nodes, and one clean cut of their link. `cuts`: two idle nodes, many cuts, and
 * devices of every speed. `chaos`: everything else.
 */
export type Scenario = 'chaos' | 'split' | 'cuts';

/** Wrong worlds, to see whether the checkers notice (issue 2). */
export type Plant = 'no-wait-for-all' | 'no-fence-wait' | 'early-ack' | 'no-delay' | 'believed-lie';

export const PLANTS: readonly Plant[] = [
  'no-wait-for-all',
  'no-fence-wait',
  'early-ack',
  'no-delay',
  'believed-lie',
];

export type Choice = {
  readonly seed: number;
  readonly nodeCount?: number | undefined;
  /** Length of the period of faults, in ticks of TICK_MS. */
  readonly ticks?: number | undefined;
  readonly plant?: Plant | undefined;
  /** Nothing but so many cuts of the link of a pair. */
  readonly cuts?: number | undefined;
};

/** One tick of `--ticks`, in virtual ms. */
export const TICK_MS = 1000;

export type PlannedNode = {
  readonly id: NodeId;
  readonly name: NodeName;
  readonly startsAtMs: number;
  readonly wallOffsetMs: number;
  /** Whether the configuration is on its disk already; a joiner with an empty disk takes it over. */
  readonly knowsCib: boolean;
};

export type Plan = {
  readonly seed: number;
  readonly scenario: Scenario;
  readonly plant: Plant | undefined;
  readonly nodes: readonly PlannedNode[];
  readonly tokenMs: number;
  readonly waitForAll: boolean;
  /** The node that a delay protects in a split of two. */
  readonly protectedNode: NodeName | undefined;
  readonly faultsMs: number;
  /** The longest pause between two faults, in ms: few at a time, or a storm. */
  readonly pauseMsMax: number;
  /** The same for what operators ask. */
  readonly operatorPauseMsMax: number;
  readonly lastManStanding: boolean;
  readonly autoTieBreaker: boolean;
  /** Cuts to come, in `cuts`; none in any other scenario. */
  readonly cuts: readonly PlannedCut[];
  readonly firstCib: string;
  /** Primitives that are not fence devices. */
  readonly resources: readonly string[];
};

const NAMES = ['haone', 'hatwo', 'hathree', 'hafour', 'hafive'];

export function drawPlan(choice: Choice): Plan {
  const { cuts } = choice;
  return cuts === undefined ? drawDays(choice) : drawCutPlan(choice, cuts);
}

function drawDays(choice: Choice): Plan {
  const dice = prng(choice.seed);
  const count = choice.nodeCount ?? pick(dice, [2, 2, 2, 3, 3, 4, 5]);
  const isTwo = count === 2;
  const isSplit = isTwo && dice.chance(1, 6);
  const names = NAMES.slice(0, count).map((name) => nodeName(name));
  const drawnLength = isSplit ? 60_000 : between(dice, 40_000, 120_000);
  const protectedNode = isTwo ? names[dice.below(2)] : undefined;
  const drawn = drawCib(dice, names, choice.plant === 'no-delay' ? undefined : protectedNode);
  const read = parseXml(drawn.text);
  assert(read.ok, 'the drawn configuration is XML');
  return {
    seed: choice.seed,
    scenario: isSplit ? 'split' : 'chaos',
    plant: choice.plant,
    tokenMs: 1000,
    waitForAll: (isTwo || dice.chance(1, 3)) && choice.plant !== 'no-wait-for-all',
    protectedNode,
    faultsMs: choice.ticks === undefined ? drawnLength : choice.ticks * TICK_MS,
    cuts: [],
    firstCib: encodeDisk({ root: read.value, term: 0 }),
    resources: drawn.resources,
    pauseMsMax: pick(dice, [15_000, 15_000, 8000, 3000]),
    operatorPauseMsMax: pick(dice, [6000, 6000, 1000]),
    lastManStanding: !isTwo && dice.chance(1, 5),
    autoTieBreaker: count === 4 && dice.chance(1, 3),
    nodes: drawNodes(dice, names, isSplit),
  };
}

/** A pair and its cuts. Without a delay (the plant) nobody is protected, and both may go down. */
function drawCutPlan(choice: Choice, count: number): Plan {
  const dice = prng(choice.seed ^ 0xc075);
  const names = NAMES.slice(0, 2).map((name) => nodeName(name));
  const protectedNode = pickAny(dice, names);
  assert(protectedNode !== undefined, 'a pair has nodes');
  const isDelayed = choice.plant !== 'no-delay';
  const drawn = drawCuts(dice, names, { protectedNode, count, isDelayed });
  const read = parseXml(drawn.text);
  assert(read.ok, 'the drawn configuration is XML');
  return {
    seed: choice.seed,
    scenario: 'cuts',
    plant: choice.plant,
    tokenMs: pick(dice, [1000, 1000, 3000]),
    waitForAll: true,
    protectedNode,
    faultsMs: 0,
    cuts: drawn.cuts,
    firstCib: encodeDisk({ root: read.value, term: 0 }),
    resources: drawn.resources,
    pauseMsMax: 0,
    operatorPauseMsMax: 0,
    lastManStanding: false,
    autoTieBreaker: false,
    nodes: drawNodes(dice, names, true),
  };
}

function drawNodes(dice: Prng, names: readonly NodeName[], isSplit: boolean): PlannedNode[] {
  const isJoinerBlank = !isSplit && dice.chance(1, 5);
  return names.map((name, index) => ({
    id: nodeId(index + 1),
    name,
    startsAtMs: between(dice, 0, 3000),
    wallOffsetMs: between(dice, -200, 200),
    knowsCib: index < names.length - 1 || !isJoinerBlank,
  }));
}
