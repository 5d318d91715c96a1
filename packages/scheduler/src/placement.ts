/** Stage 3: which unit goes to which node (A4). Every score is kept with its source, if asked. */
import {
  addScores,
  type EpochMs,
  INFINITY,
  MINUS_INFINITY,
  type NodeName,
  score,
  type Score,
  ZERO,
} from '@holdfast/base';
import { type Cib, property } from '@holdfast/cib';
import {
  type Activity,
  describeBan,
  type NodeReading,
  parseScoreText,
  quorumPolicy,
  readFailures,
} from '@holdfast/status';
import {
  type Colocation,
  type Constraints,
  locationMeans,
  locationScore,
  means,
} from './constraints.ts';
import type { Term } from './ledger.ts';
import type { Unit } from './units.ts';

export type Situation = {
  readonly cib: Cib;
  readonly now: EpochMs;
  readonly nodes: readonly NodeReading[];
  readonly units: readonly Unit[];
  readonly constraints: Constraints;
  /** By unit id and node: what is the case there. */
  readonly activity: (unit: Unit, node: NodeName) => Activity;
};

export type Assignment = {
  readonly placed: ReadonlyMap<string, NodeName | undefined>;
  readonly terms: readonly Term[];
};

export function assign(situation: Situation): Assignment {
  const placed = new Map<string, NodeName | undefined>();
  const terms: Term[] = [];
  const load = new Map<NodeName, number>();
  for (const block of blocksInOrder(situation)) {
    const node = chooseNode(situation, block, placed, { terms, load });
    for (const unit of block) {
      const isWanted = node !== undefined && wants(situation, unit);
      placed.set(unit.id, isWanted ? node : undefined);
      if (isWanted) load.set(node, (load.get(node) ?? 0) + 1);
    }
    stopBehindStopped(block, placed);
  }
  return { placed, terms };
}

/** In a group nothing runs behind a member that does not. */
function stopBehindStopped(
  block: readonly Unit[],
  placed: Map<string, NodeName | undefined>,
): void {
  let isBehind = false;
  for (const unit of block) {
    if (isBehind) placed.set(unit.id, undefined);
    isBehind ||= placed.get(unit.id) === undefined;
  }
}

function wants({ cib }: Situation, unit: Unit): boolean {
  if ((unit.meta.get('target-role') ?? 'Started') === 'Stopped') return false;
  return property(cib.configuration, 'stop-all-resources') !== 'true';
}

/** Groups as one; those that others depend on first, then by priority, then as configured. */
function blocksInOrder(situation: Situation): readonly (readonly Unit[])[] {
  const blocks = new Map<string, Unit[]>();
  for (const unit of situation.units) {
    const key = unit.group ?? unit.id;
    const block = blocks.get(key);
    if (block === undefined) blocks.set(key, [unit]);
    else block.push(unit);
  }
  const list = [...blocks.values()].sort(
    (a, b) => priorityOf(b) - priorityOf(a) || (a[0]?.order ?? 0) - (b[0]?.order ?? 0),
  );
  const done = new Set<readonly Unit[]>();
  const ordered: (readonly Unit[])[] = [];
  const visit = (block: readonly Unit[], trail: ReadonlySet<readonly Unit[]>): void => {
    if (done.has(block) || trail.has(block)) return;
    const next = new Set(trail).add(block);
    for (const primary of primariesOf(situation, block, list)) visit(primary, next);
    if (done.has(block)) return;
    done.add(block);
    ordered.push(block);
  };
  for (const block of list) visit(block, new Set());
  return ordered;
}

function priorityOf(block: readonly Unit[]): number {
  return Math.max(...block.map((unit) => parseScoreText(unit.meta.get('priority'))));
}

function primariesOf(
  situation: Situation,
  block: readonly Unit[],
  all: readonly (readonly Unit[])[],
): readonly (readonly Unit[])[] {
  const { tags } = situation.cib.configuration;
  const names = situation.constraints.colocations
    .filter(({ dependent }) => block.some((unit) => means(dependent, unit, tags)))
    .map(({ primary }) => primary);
  return all.filter(
    (other) =>
      other !== block && names.some((name) => other.some((unit) => means(name, unit, tags))),
  );
}

type Books = { readonly terms: Term[]; readonly load: ReadonlyMap<NodeName, number> };

function chooseNode(
  situation: Situation,
  block: readonly Unit[],
  placed: ReadonlyMap<string, NodeName | undefined>,
  books: Books,
): NodeName | undefined {
  let best:
    | {
        readonly name: NodeName;
        readonly total: Score;
        readonly isHere: boolean;
        readonly load: number;
      }
    | undefined;
  for (const node of situation.nodes) {
    let total: Score = ZERO;
    let isHere = false;
    for (const unit of block) {
      const terms = scoreTerms(situation, unit, node, placed);
      books.terms.push(...terms);
      for (const { amount } of terms) total = addScores(total, amount);
      isHere ||= situation.activity(unit, node.name).standing === 'active';
    }
    if (total < 0) continue;
    const candidate = { name: node.name, total, isHere, load: books.load.get(node.name) ?? 0 };
    if (best === undefined || isBetter(candidate, best)) best = candidate;
  }
  return best?.name;
}

/** Higher score, then where it runs already, then the emptier node, then the name (A4.10). */
function isBetter(
  a: { total: Score; isHere: boolean; load: number },
  b: { total: Score; isHere: boolean; load: number },
): boolean {
  if (a.total !== b.total) return a.total > b.total;
  if (a.isHere !== b.isHere) return a.isHere;
  return a.load < b.load;
}

function scoreTerms(
  situation: Situation,
  unit: Unit,
  node: NodeReading,
  placed: ReadonlyMap<string, NodeName | undefined>,
): readonly Term[] {
  const terms: Term[] = [];
  const add = (source: string, amount: Score): void => {
    terms.push({ unit: unit.id, node: node.name, source, amount });
  };
  const ban = whyNot(situation, unit, node);
  if (ban !== undefined) add(ban, MINUS_INFINITY);
  const { configuration } = situation.cib;
  if (property(configuration, 'symmetric-cluster') === 'false')
    add('the cluster is not symmetric', MINUS_INFINITY);
  const activity = situation.activity(unit, node.name);
  if (activity.standing === 'active' || activity.standing === 'busy') {
    add('stickiness: it runs here', parseScoreText(unit.meta.get('resource-stickiness')));
    if (!unit.isManaged || node.isMaintenance) add('it is not managed and runs here', INFINITY);
  }
  const failures = readFailures(unit, node, situation.now);
  if (failures.isBanned) add(describeBan(failures), MINUS_INFINITY);
  for (const constraint of situation.constraints.locations) {
    if (!locationMeans(constraint, unit, configuration.tags)) continue;
    const amount = locationScore(constraint, node);
    if (amount !== undefined) add(`location ${constraint.id}`, amount);
  }
  for (const colocation of situation.constraints.colocations) {
    const amount = colocationScore(situation, colocation, unit, { node, placed });
    if (amount !== undefined) add(`colocation ${colocation.id}`, amount);
  }
  return terms;
}

/** Why nothing may run on this node; undefined where it may. */
function whyNot(situation: Situation, unit: Unit, node: NodeReading): string | undefined {
  if (!node.isOnline)
    return node.isUnclean ? 'the node is lost and not proven down' : 'the node is not online';
  if (node.isStandby) return 'the node is in standby';
  if (node.isLeaving) return 'the node is leaving';
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

/** What a colocation with something already placed gives on this node. */
function colocationScore(
  situation: Situation,
  colocation: Colocation,
  unit: Unit,
  at: { readonly node: NodeReading; readonly placed: ReadonlyMap<string, NodeName | undefined> },
): Score | undefined {
  const { tags } = situation.cib.configuration;
  if (!means(colocation.dependent, unit, tags)) return undefined;
  const primaries = situation.units.filter(
    (other) =>
      other.id !== unit.id && means(colocation.primary, other, tags) && at.placed.has(other.id),
  );
  if (primaries.length === 0) return undefined;
  const isHere = primaries.some((primary) => at.placed.get(primary.id) === at.node.name);
  if (isHere) return colocation.score;
  return colocation.score === INFINITY
    ? MINUS_INFINITY
    : colocation.score < 0
      ? undefined
      : score(0);
}
