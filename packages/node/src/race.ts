/**
 * What each possible cut of the ring comes to: who shoots whom, when, and who survives, from the
 * delays in force. Says it beforehand, so that nobody has to find out by a cable.
 */
import { formatDuration, milliseconds, type NodeId, type NodeName } from '@holdfast/base';
import { executorAmong, priorityDelayMs, readFencerConfig } from '@holdfast/controller';
import {
  delayBounds,
  type FenceDevice,
  type FencerConfig,
  planFor,
  timeoutOf,
} from '@holdfast/fencer';
import { type QuorumConfig, votesNeeded } from '@holdfast/quorum';
import type { NodeMachine } from './machine.ts';

export type Shot = {
  readonly by: NodeName;
  readonly target: NodeName;
  readonly devices: readonly string[];
  /** From the cut to the command at the last device of the first level, in ms. */
  readonly leastMs: number;
  readonly mostMs: number;
  /** How long that device may take. */
  readonly timeoutMs: number;
};

export type Cut = {
  readonly sides: readonly (readonly NodeName[])[];
  readonly shots: readonly Shot[];
  readonly survivors: readonly NodeName[];
  readonly verdict: string;
  readonly isSafe: boolean;
};

export type Race = { readonly cuts: readonly Cut[]; readonly notes: readonly string[] };

/** Beyond so many nodes only cuts of one node from the others are told. */
const NODES_MAX = 6;
/** Two sides notice a cut, and decide, at times that differ by about so much. */
export const SKEW_MS = 3000;

/** `detectMs`: from a cut to a new membership: token, consensus and a little. */
export function readRace(state: NodeMachine, detectMs: number, atMs: number): Race {
  const { names } = state.config;
  const ids = [...names.keys()];
  const notes: string[] = [];
  if (ids.length > NODES_MAX)
    notes.push(
      `with more than ${NODES_MAX} nodes, only cuts of one node from the others are shown`,
    );
  const sides = splits(ids);
  const race: RaceParts = {
    state,
    detectMs,
    atMs,
    fencer: readFencerConfig(state.controller.store.configuration),
  };
  if (ids.length < 2) notes.push('one node alone cannot be cut from anybody');
  notes.push(
    'times count from the cut to the command at the device; how long the device takes comes on top',
  );
  return { cuts: sides.map((left) => judge(race, left, without(ids, left))), notes };
}

type RaceParts = {
  readonly state: NodeMachine;
  readonly detectMs: number;
  readonly atMs: number;
  readonly fencer: FencerConfig;
};

/** Every way to part the nodes in two; the first node is always on the left. */
function splits(ids: readonly NodeId[]): readonly (readonly NodeId[])[] {
  if (ids.length > NODES_MAX) return ids.map((id) => [id]);
  const [first, ...rest] = ids;
  if (first === undefined || rest.length === 0) return [];
  const all: NodeId[][] = [];
  for (let mask = 0; mask < 2 ** rest.length - 1; mask += 1) {
    all.push([first, ...rest.filter((_, index) => (mask & (1 << index)) !== 0)]);
  }
  return all;
}

function without(ids: readonly NodeId[], left: readonly NodeId[]): readonly NodeId[] {
  return ids.filter((id) => !left.includes(id));
}

function judge(race: RaceParts, left: readonly NodeId[], right: readonly NodeId[]): Cut {
  const { quorum, names } = race.state.config;
  const name = (id: NodeId): NodeName[] => [names.get(id)].flatMap((each) => each ?? []);
  const sides = [left.flatMap(name), right.flatMap(name)];
  const [a = [], b = []] = sides;
  const hasA = isQuorate(quorum, left);
  const hasB = isQuorate(quorum, right);
  const shotsA = hasA ? b.map((target) => shotAt(race, a, target)) : [];
  const shotsB = hasB ? a.map((target) => shotAt(race, b, target)) : [];
  const shots = [...shotsA, ...shotsB].flatMap((shot) => shot ?? []);
  const common = { sides, shots };
  if (!hasA && !hasB) {
    const verdict = 'neither side has a quorum: nobody shoots, and everything stops';
    return { ...common, survivors: [...a, ...b], verdict, isSafe: true };
  }
  if (hasA !== hasB) {
    const [winners, losers, ours] = hasA ? [a, b, shotsA] : [b, a, shotsB];
    return { ...common, ...oneSided(winners, losers, ours) };
  }
  return { ...common, ...duel([a, shotsA], [b, shotsB]) };
}

/** Quorate right after the cut, when all were together before. */
function isQuorate(config: QuorumConfig, side: readonly NodeId[]): boolean {
  const votes = (ids: Iterable<NodeId>): number =>
    [...ids].reduce((sum, id) => sum + (config.votes.get(id) ?? 0), 0);
  const total = votes(side);
  if (config.twoNode) return total > 0;
  if (total >= votesNeeded(config, config.expectedVotes, total)) return true;
  const breaker = config.autoTieBreaker;
  if (breaker === undefined || total * 2 !== config.expectedVotes) return false;
  const all = [...config.votes.keys()].sort((x, y) => x - y);
  const chosen =
    breaker.kind === 'lowest'
      ? all[0]
      : breaker.kind === 'highest'
        ? all.at(-1)
        : breaker.nodes.find((id) => all.includes(id));
  return chosen !== undefined && side.includes(chosen);
}

function shotAt(
  { state, detectMs, atMs, fencer }: RaceParts,
  side: readonly NodeName[],
  target: NodeName,
): Shot | undefined {
  const order = { target, action: 'off' } as const;
  const level = planFor(fencer, order)[0] ?? [];
  const by = executorAmong(state.controller, order, side);
  if (by === undefined || level.length === 0) return undefined;
  const own = priorityDelayMs(state.controller, target, atMs, (each) => side.includes(each));
  const bounds = level.map((device) => delayBounds(device, target));
  const sum = (pick: (bound: (typeof bounds)[number]) => number): number =>
    bounds.reduce((total, bound) => total + pick(bound), detectMs + own);
  return {
    by,
    target,
    devices: level.map(({ id }) => id),
    leastMs: sum(({ leastMs }) => leastMs),
    mostMs: sum(({ mostMs }) => mostMs),
    timeoutMs: level.reduce((total, each) => total + offTimeout(each, fencer), 0),
  };
}

function offTimeout(device: FenceDevice, fencer: FencerConfig): number {
  return timeoutOf(device, 'off', fencer);
}

type Verdict = Pick<Cut, 'survivors' | 'verdict' | 'isSafe'>;

function oneSided(
  winners: readonly NodeName[],
  losers: readonly NodeName[],
  shots: readonly (Shot | undefined)[],
): Verdict {
  const words = `${winners.join(' and ')} ${winners.length === 1 ? 'has' : 'have'} the quorum`;
  const missing = losers.filter((_, index) => shots[index] === undefined);
  if (missing.length > 0) {
    const verdict = `${words}, but no fence device for ${missing.join(', ')}: what ran there is not recovered`;
    return { survivors: winners, verdict, isSafe: false };
  }
  const verdict = `${words} and survive${winners.length === 1 ? 's' : ''}`;
  return { survivors: winners, verdict, isSafe: true };
}

type Side = readonly [readonly NodeName[], readonly (Shot | undefined)[]];

/** Both sides may shoot: whoever is certainly later loses, if the other's device is quick enough. */
function duel(left: Side, right: Side): Verdict {
  const [a, shotsA] = left;
  const [b, shotsB] = right;
  const missing = [
    ...b.filter((_, index) => shotsA[index] === undefined),
    ...a.filter((_, index) => shotsB[index] === undefined),
  ];
  if (missing.length > 0) {
    const verdict = `both sides go on, and no device fences ${missing.join(', ')}: that side shoots, and the other cannot`;
    return { survivors: missing, verdict, isSafe: false };
  }
  const lastA = Math.max(...shotsA.map((shot) => shot?.mostMs ?? 0));
  const firstA = Math.min(...shotsA.map((shot) => shot?.leastMs ?? 0));
  const lastB = Math.max(...shotsB.map((shot) => shot?.mostMs ?? 0));
  const firstB = Math.min(...shotsB.map((shot) => shot?.leastMs ?? 0));
  if (firstB - lastA > SKEW_MS) return won(a, firstB - lastA, shotsA);
  if (firstA - lastB > SKEW_MS) return won(b, firstA - lastB, shotsB);
  const verdict = `both sides shoot within ${text(SKEW_MS)} of each other: BOTH MAY GO DOWN; give the device that fences the more important node pcmk_delay_base`;
  return { survivors: [], verdict, isSafe: false };
}

function won(
  winners: readonly NodeName[],
  marginMs: number,
  shots: readonly (Shot | undefined)[],
): Verdict {
  const roomMs = marginMs - SKEW_MS;
  const timeoutMs = Math.max(...shots.map((shot) => shot?.timeoutMs ?? 0));
  const devices = [...new Set(shots.flatMap((shot) => shot?.devices ?? []))].join(', ');
  const who = winners.join(' and ');
  const survives = `${who} survive${winners.length === 1 ? 's' : ''}`;
  const verdict =
    roomMs >= timeoutMs
      ? `${survives}: ${devices} may even use up the whole timeout of ${text(timeoutMs)}`
      : `${survives} if ${devices} acts within ${text(roomMs)}; a longer delay, or pcmk_off_timeout (now ${text(timeoutMs)}) below that, makes it certain`;
  return { survivors: winners, verdict, isSafe: true };
}

function text(ms: number): string {
  return formatDuration(milliseconds(ms));
}
