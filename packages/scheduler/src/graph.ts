/** Stages 5 and 6: the order of everything, and the graph (B4, B8). */
import { milliseconds, type NodeName } from '@holdfast/base';
import { property } from '@holdfast/cib';
import type { ActionId, Graph, GraphAction } from '@holdfast/transition';
import { operationPlan } from './operations.ts';
import type { Situation } from './placement.ts';
import { named, type Plan, type UnitPlan } from './plan.ts';
import { recurringOps, intervalOf, type Unit } from './units.ts';

/** The graph while it is built: actions by what they do, so that constraints find them. */
type Book = {
  readonly situation: Situation;
  readonly drafts: { readonly action: GraphAction; readonly after: Set<ActionId> }[];
  readonly starts: Map<Unit, ActionId>;
  readonly stops: Map<Unit, ActionId[]>;
  readonly fences: Map<NodeName, ActionId>;
};

export function buildGraph(situation: Situation, plan: Plan): Graph {
  const book: Book = {
    situation,
    drafts: [],
    starts: new Map(),
    stops: new Map(),
    fences: new Map(),
  };
  const probes = plan.units.flatMap((each) =>
    each.probes.map((node) => addProbe(book, each.unit, node)),
  );
  addFences(book, plan);
  for (const each of plan.units) addStops(book, each);
  for (const each of plan.units) addStart(book, each, probes);
  for (const each of plan.units) addRecurring(book, each);
  for (const ordering of situation.constraints.orderings) {
    for (const first of named(situation, plan.units, ordering.first)) {
      for (const then of named(situation, plan.units, ordering.then))
        if (first !== then) addOrder(book, first, then, ordering.isSymmetrical);
    }
  }
  addShutdowns(book, probes);
  const batchLimit = Number(property(situation.cib.configuration, 'batch-limit') ?? '0');
  return {
    actions: book.drafts.map(({ action, after }) => ({
      ...action,
      after: [...after].sort((a, b) => a - b),
    })),
    batchLimit: Number.isInteger(batchLimit) ? Math.max(0, batchLimit) : 0,
  };
}

function add(
  book: Book,
  make: (id: ActionId) => GraphAction,
  after: Iterable<ActionId> = [],
): ActionId {
  const id = book.drafts.length + 1;
  book.drafts.push({ action: make(id), after: new Set(after) });
  return id;
}

function addProbe(book: Book, unit: Unit, node: NodeName): ActionId {
  const plan = operationPlan(book.situation.cib, unit, node, { task: 'monitor', targetRc: 7 });
  return add(book, (id) => ({ kind: 'resource', id, after: [], priority: 0, ...plan }));
}

/** One after another, as the reference does, so that a device is not asked for two things at once. */
function addFences(book: Book, plan: Plan): void {
  const wanted = property(book.situation.cib.configuration, 'stonith-action');
  const action = wanted === 'off' || wanted === 'poweroff' ? 'off' : 'reboot';
  for (const [target, reason] of plan.fences) {
    const id = add(book, (own) => ({
      kind: 'fence',
      id: own,
      after: [],
      priority: 1000,
      target,
      action,
      reason,
    }));
    book.fences.set(target, id);
  }
}

function addStops(book: Book, { unit, stops, impliedStops }: UnitPlan): void {
  const ids = stops.map((node) => {
    const plan = operationPlan(book.situation.cib, unit, node, { task: 'stop' });
    return add(book, (id) => ({ kind: 'resource', id, after: [], priority: 0, ...plan }));
  });
  for (const node of impliedStops) {
    const fence = book.fences.get(node);
    ids.push(
      add(
        book,
        (id) => ({
          kind: 'pseudo',
          id,
          after: [],
          priority: 0,
          resource: unit.id,
          task: 'stop',
          node,
        }),
        fence === undefined ? [] : [fence],
      ),
    );
  }
  book.stops.set(unit, ids);
}

/** After its stops, after everybody has looked everywhere for it, and after every fence. */
function addStart(
  book: Book,
  { unit, start, isFrozen }: UnitPlan,
  probes: readonly ActionId[],
): void {
  if (start === undefined || isFrozen) return;
  const plan = operationPlan(book.situation.cib, unit, start, { task: 'start' });
  const isDevice = unit.primitive.agent.class === 'stonith';
  const own = probes.filter((id) => isProbeOf(book, id, unit));
  const after = [
    ...(book.stops.get(unit) ?? []),
    ...own,
    ...(isDevice ? [] : book.fences.values()),
  ];
  book.starts.set(
    unit,
    add(book, (id) => ({ kind: 'resource', id, after: [], priority: 0, ...plan }), after),
  );
}

function isProbeOf(book: Book, id: ActionId, unit: Unit): boolean {
  const action = book.drafts[id - 1]?.action;
  return action?.kind === 'resource' && action.resource === unit.historyId;
}

/** Monitors for what runs or will run; those no longer configured are cancelled. */
function addRecurring(book: Book, each: UnitPlan): void {
  const { unit, start, keeps, isFrozen } = each;
  const node = start ?? keeps;
  if (node === undefined || isFrozen) return;
  const activity = book.situation.activity(unit, node);
  const isFresh = start !== undefined;
  const wanted = new Set<string>();
  for (const op of recurringOps(unit)) {
    const key = `${op.name}/${intervalOf(op)}`;
    wanted.add(key);
    const plan = operationPlan(book.situation.cib, unit, node, { task: op.name, op });
    const known = activity.recurring.get(key);
    const isSame =
      known !== undefined && (known.opDigest === undefined || known.opDigest === plan.opDigest);
    if (!isFresh && isSame) continue;
    const started = book.starts.get(unit);
    add(
      book,
      (id) => ({ kind: 'resource', id, after: [], priority: 0, ...plan }),
      started === undefined ? [] : [started],
    );
  }
  if (isFresh) return;
  for (const [key, entry] of activity.recurring) {
    if (wanted.has(key)) continue;
    add(book, (id) => ({
      kind: 'cancel',
      id,
      after: [],
      priority: 0,
      node,
      resource: unit.historyId,
      task: entry.task,
      intervalMs: milliseconds(entry.intervalMs),
    }));
  }
}

/** `first` starts before `then`; and where it is symmetrical, `then` stops before `first`. */
function addOrder(book: Book, first: UnitPlan, then: UnitPlan, isSymmetrical: boolean): void {
  const firstStart = book.starts.get(first.unit);
  const thenStart = book.starts.get(then.unit);
  if (firstStart !== undefined && thenStart !== undefined)
    book.drafts[thenStart - 1]?.after.add(firstStart);
  if (!isSymmetrical) return;
  for (const firstStop of book.stops.get(first.unit) ?? []) {
    for (const thenStop of book.stops.get(then.unit) ?? []) {
      if (!isPseudo(book, firstStop)) book.drafts[firstStop - 1]?.after.add(thenStop);
    }
  }
}

function isPseudo(book: Book, id: ActionId): boolean {
  return book.drafts[id - 1]?.action.kind === 'pseudo';
}

/**
 * A node that wants to leave may, when everybody has looked what runs there and everything on it has
 * stopped: its goodbye counts as a proof. A probe that finds something fails, and holds the word back.
 */
function addShutdowns(book: Book, probes: readonly ActionId[]): void {
  for (const node of book.situation.nodes) {
    if (!node.isLeaving || !node.isOnline || book.fences.has(node.name)) continue;
    const isBusy = book.situation.units.some(
      (unit) => book.situation.activity(unit, node.name).standing === 'busy',
    );
    if (isBusy) continue;
    const before = [...probes, ...[...book.stops.values()].flat()].filter((id) => {
      const action = book.drafts[id - 1]?.action;
      return action?.kind === 'resource' && action.node === node.name;
    });
    add(book, (id) => ({ kind: 'shutdown', id, after: [], priority: 0, node: node.name }), before);
  }
}
