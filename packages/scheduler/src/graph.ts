/** Stages 5 and 6: the order of everything, and the graph (B4, B8). */
import { milliseconds, type NodeName } from '@holdfast/base';
import { booleanProperty, type HistoryEntry, property } from '@holdfast/cib';
import type { NodeReading } from '@holdfast/status';
import type { ActionId, Graph, GraphAction } from '@holdfast/transition';
import type { Ordering } from './constraints.ts';
import { operationPlan } from './operations.ts';
import type { Plan } from './plan.ts';
import type { Situation } from './situation.ts';
import { orderedPairs } from './spread.ts';
import type { UnitPlan } from './unit-plan.ts';
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
  addFences(book);
  for (const each of plan.units) addStops(book, each);
  for (const each of plan.units) addStart(book, each, probes);
  for (const each of plan.units) addRecurring(book, each);
  for (const ordering of situation.constraints.orderings) {
    for (const [first, then] of orderedPairs(situation, plan.units, ordering))
      addOrder(book, first.unit, then.unit, ordering);
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

function addFences(book: Book): void {
  const wanted = property(book.situation.cib.configuration, 'stonith-action');
  const action = wanted === 'off' || wanted === 'poweroff' ? 'off' : 'reboot';
  for (const [target, reason] of book.situation.fences) {
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
function addRecurring(book: Book, { unit, start, keeps, isFrozen }: UnitPlan): void {
  const node = start ?? keeps;
  if (node === undefined || isFrozen) return;
  const { recurring } = book.situation.activity(unit, node);
  const known = start === undefined ? recurring : new Map<string, HistoryEntry>();
  const started = book.starts.get(unit);
  const wanted = new Set<string>();
  for (const op of recurringOps(unit)) {
    const key = `${op.name}/${intervalOf(op)}`;
    wanted.add(key);
    const plan = operationPlan(book.situation.cib, unit, node, { task: op.name, op });
    if (isSame(known.get(key), plan.opDigest)) continue;
    add(
      book,
      (id) => ({ kind: 'resource', id, after: [], priority: 0, ...plan }),
      started === undefined ? [] : [started],
    );
  }
  for (const [key, entry] of known) if (!wanted.has(key)) addCancel(book, unit, node, entry);
}

function isSame(known: HistoryEntry | undefined, digest: string | undefined): boolean {
  return known !== undefined && (known.opDigest === undefined || known.opDigest === digest);
}

function addCancel(book: Book, unit: Unit, node: NodeName, entry: HistoryEntry): void {
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

/** What `first` does comes before what `then` does; where it is symmetrical, undone in reverse. */
function addOrder(book: Book, first: Unit, then: Unit, ordering: Ordering): void {
  const { firstTask, thenTask, isSymmetrical } = ordering;
  putBefore(book, actionsOf(book, first, firstTask), actionsOf(book, then, thenTask));
  if (!isSymmetrical) return;
  const undoThen = actionsOf(book, then, undoing(thenTask));
  putBefore(book, undoThen, actionsOf(book, first, undoing(firstTask)));
}

function actionsOf(book: Book, unit: Unit, task: string): readonly ActionId[] {
  if (isUndoing(task)) return book.stops.get(unit) ?? [];
  const start = book.starts.get(unit);
  return start === undefined ? [] : [start];
}

function undoing(task: string): string {
  return isUndoing(task) ? 'start' : 'stop';
}

function isUndoing(task: string): boolean {
  return task === 'stop' || task === 'demote';
}

/** An implied stop waits for its fence only. An order that would close a circle is left out (B4). */
function putBefore(book: Book, befores: readonly ActionId[], afters: readonly ActionId[]): void {
  for (const id of afters) {
    const draft = book.drafts[id - 1];
    if (draft === undefined || draft.action.kind === 'pseudo') continue;
    for (const before of befores) if (!comesBefore(book, id, before)) draft.after.add(before);
  }
}

/** Does `id`, step by step, come before `later`, or is it the same? */
function comesBefore(book: Book, id: ActionId, later: ActionId): boolean {
  const seen = new Set<ActionId>([later]);
  for (const each of seen) {
    if (each === id) return true;
    for (const input of book.drafts[each - 1]?.after ?? []) seen.add(input);
  }
  return false;
}

/**
 * A node that wants to leave may, when everybody has looked what runs there and everything on it has
 * stopped: its goodbye counts as a proof. A probe that finds something fails, and holds the word back.
 */
function addShutdowns(book: Book, probes: readonly ActionId[]): void {
  const { nodes, fences } = book.situation;
  for (const node of nodes) {
    if (!node.isLeaving || !node.isOnline || fences.has(node.name)) continue;
    const stops = [...book.stops].flatMap(([unit, ids]) =>
      ids.filter((id) => isOn(book, id, node.name)).map((id) => ({ unit, id })),
    );
    const stopped = new Set(stops.map(({ unit }) => unit));
    if (!mayLeave(book.situation, node, stopped)) continue;
    const before = [
      ...probes.filter((id) => isOn(book, id, node.name)),
      ...stops.map(({ id }) => id),
    ];
    add(book, (id) => ({ kind: 'shutdown', id, after: [], priority: 0, node: node.name }), before);
  }
}

function isOn(book: Book, id: ActionId, node: NodeName): boolean {
  const action = book.drafts[id - 1]?.action;
  return action?.kind === 'resource' && action.node === node;
}

/** What is not managed stays behind as the operator wanted it; everything else must be seen to stop. */
function mayLeave(
  { units, cib, activity }: Situation,
  node: NodeReading,
  stopped: ReadonlySet<Unit>,
): boolean {
  const isSafe = booleanProperty(cib.configuration, 'stonith-enabled');
  return units.every((unit) => {
    const { standing, isStuck } = activity(unit, node.name);
    if (standing === 'busy') return false;
    if (standing !== 'active' || stopped.has(unit) || !unit.isManaged || node.isMaintenance)
      return true;
    return isStuck && !isSafe;
  });
}
