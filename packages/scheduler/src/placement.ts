/** Stage 3: which unit goes to which node (A4). Every score is kept with its source. */
import { addScores, type NodeName, type Score, ZERO } from '@holdfast/base';
import { booleanProperty } from '@holdfast/cib';
import { parseScoreText } from '@holdfast/status';
import { means } from './constraints.ts';
import type { Term } from './ledger.ts';
import { type Placed, scoreTerms } from './scores.ts';
import { type Situation, staysOn } from './situation.ts';
import type { Unit } from './units.ts';

export type Assignment = {
  readonly placed: Placed;
  readonly terms: readonly Term[];
};

export function assign(situation: Situation): Assignment {
  const placed = new Map<string, NodeName | undefined>();
  const terms: Term[] = [];
  const load = new Map<NodeName, number>();
  for (const block of blocksInOrder(situation)) {
    const { node, reach } = chooseForBlock(situation, block, placed, { terms, load });
    for (const unit of block) {
      const isWanted = wants(situation, unit) && reach.has(unit);
      placed.set(unit.id, isWanted ? node : undefined);
    }
    stopBehindStopped(block, placed);
    for (const unit of block) {
      const stays = staysOn(situation, unit);
      if (stays !== undefined) placed.set(unit.id, stays);
      const at = placed.get(unit.id);
      if (at !== undefined) load.set(at, (load.get(at) ?? 0) + 1);
    }
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
  return !booleanProperty(cib.configuration, 'stop-all-resources');
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

/** The node for a whole group; or, where nothing takes all of it, for as many first members as it can. */
function chooseForBlock(
  situation: Situation,
  block: readonly Unit[],
  placed: Placed,
  books: Books,
): { readonly node: NodeName | undefined; readonly reach: ReadonlySet<Unit> } {
  const rows = situation.nodes.map((node): Row => {
    const terms = block.map((unit) => scoreTerms(situation, unit, node, placed));
    books.terms.push(...terms.flat());
    return {
      name: node.name,
      terms,
      isHere: block.some((unit) => situation.activity(unit, node.name).standing === 'active'),
      load: books.load.get(node.name) ?? 0,
    };
  });
  for (let count = block.length; count > 0; count -= 1) {
    const node = chooseNode(rows, count, 'all') ?? chooseNode(rows, count, 'without wishes');
    if (node !== undefined) return { node, reach: new Set(block.slice(0, count)) };
  }
  return { node: undefined, reach: new Set() };
}

type Row = {
  readonly name: NodeName;
  /** Of each member on this node. */
  readonly terms: readonly (readonly Term[])[];
  readonly isHere: boolean;
  readonly load: number;
};

function chooseNode(
  rows: readonly Row[],
  count: number,
  which: 'all' | 'without wishes',
): NodeName | undefined {
  let best: (Row & { readonly total: Score }) | undefined;
  for (const row of rows) {
    const total = row.terms
      .slice(0, count)
      .flat()
      .filter(({ isWish }) => which === 'all' || isWish === undefined)
      .reduce((sum, { amount }) => addScores(sum, amount), ZERO);
    if (total < 0) continue;
    if (best === undefined || isBetter({ ...row, total }, best)) best = { ...row, total };
  }
  return best?.name;
}

/** Higher score, then where it runs already, then the emptier node, then the name (A4.10). */
function isBetter(a: Row & { readonly total: Score }, b: Row & { readonly total: Score }): boolean {
  if (a.total !== b.total) return a.total > b.total;
  if (a.isHere !== b.isHere) return a.isHere;
  return a.load < b.load;
}
