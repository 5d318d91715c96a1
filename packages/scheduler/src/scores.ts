/** Stage 3: what one unit scores on one node, term by term, each with its source (A4.1, A4.2). */
import { INFINITY, MINUS_INFINITY, type NodeName, type Score, ZERO } from '@holdfast/base';
import { booleanProperty } from '@holdfast/cib';
import {
  describeBan,
  type NodeReading,
  parseScoreText,
  quorumPolicy,
  readFailures,
} from '@holdfast/status';
import { type Colocation, locationScore, meansInPlacing } from './constraints.ts';
import type { Term } from './ledger.ts';
import { type Situation, staysOn } from './situation.ts';
import type { Unit } from './units.ts';

/** By unit id: where it goes; undefined where it runs nowhere; no entry: not yet decided. */
export type Placed = ReadonlyMap<string, NodeName | undefined>;

export function scoreTerms(
  situation: Situation,
  unit: Unit,
  node: NodeReading,
  placed: Placed,
): readonly Term[] {
  const terms: Term[] = [];
  const on = { unit: unit.id, node: node.name };
  const add = (source: string, amount: Score): void => {
    terms.push({ ...on, source, amount });
  };
  const ban = whyNot(situation, unit, node);
  if (ban !== undefined) add(ban, MINUS_INFINITY);
  if (unit.isManaged && situation.activity(unit, node.name).standing === 'active')
    add('stickiness: it runs here', parseScoreText(unit.meta.get('resource-stickiness')));
  if (staysOn(situation, unit) === node.name) add('it stays where it is', INFINITY);
  const failures = readFailures(unit, node, situation.now);
  if (failures.isBanned) add(describeBan(failures), MINUS_INFINITY);
  addLocations(situation, unit, node, add);
  for (const colocation of situation.constraints.colocations) {
    const amount = colocationScore(situation, colocation, unit, { node, placed });
    if (amount === undefined) continue;
    const isWish = colocation.score < 0 && colocation.score !== MINUS_INFINITY;
    const source = `colocation ${colocation.id}`;
    terms.push({ ...on, source, amount, ...(isWish ? { isWish } : {}) });
  }
  return terms;
}

function addLocations(
  { cib, now, constraints }: Situation,
  unit: Unit,
  node: NodeReading,
  add: (source: string, amount: Score) => void,
): void {
  const { configuration } = cib;
  let isListed = booleanProperty(configuration, 'symmetric-cluster');
  for (const constraint of constraints.locations) {
    const amount = locationScore(constraint, unit, node, { tags: configuration.tags, now });
    if (amount === undefined) continue;
    isListed = true;
    add(`location ${constraint.id}`, amount);
  }
  if (!isListed) add('it may run only where a location constraint says so', MINUS_INFINITY);
}

/** Why nothing may run on this node; undefined where it may. */
function whyNot(situation: Situation, unit: Unit, node: NodeReading): string | undefined {
  if (unit.isRemoved) return 'it is no longer configured';
  const unfit = whyUnfit(situation, node);
  if (unfit !== undefined) return unfit;
  if (unit.onlyOn !== undefined && unit.onlyOn !== node.name)
    return 'this instance belongs to another node';
  switch (quorumPolicy(situation.cib)) {
    case 'full':
      return undefined;
    case 'stop':
      return 'this partition has no quorum';
    case 'freeze':
      return situation.activity(unit, node.name).standing === 'active'
        ? undefined
        : 'this partition has no quorum (freeze)';
  }
}

function whyUnfit({ fences }: Situation, node: NodeReading): string | undefined {
  if (fences.has(node.name)) return 'the node is to be fenced';
  if (node.isUnclean) return 'the node is lost and not proven down';
  if (!node.isOnline) return 'the node is not online';
  if (node.isStandby) return 'the node is in standby';
  if (node.isMaintenance) return 'the node is in maintenance';
  return node.isLeaving ? 'the node is leaving' : undefined;
}

/** What a colocation with something already placed gives on this node (A4.6.10). */
function colocationScore(
  { cib, units }: Situation,
  { dependent, primary, score }: Colocation,
  unit: Unit,
  { node, placed }: { readonly node: NodeReading; readonly placed: Placed },
): Score | undefined {
  const { tags } = cib.configuration;
  if (!meansInPlacing(dependent, unit, tags, 'first')) return undefined;
  const end = score === INFINITY ? 'last' : 'first';
  const primaries = units.filter(
    (other) =>
      other.id !== unit.id && placed.has(other.id) && meansInPlacing(primary, other, tags, end),
  );
  if (primaries.length === 0) return undefined;
  if (primaries.some(({ id }) => placed.get(id) === node.name))
    return score === INFINITY ? ZERO : score;
  return score === INFINITY ? MINUS_INFINITY : undefined;
}
