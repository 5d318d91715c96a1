/** Clusters by chance: whatever their shape, some things never happen. */
import fc from 'fast-check';
import t from 'tap';
import type { ActionId, Graph } from '@holdfast/transition';
import {
  decide,
  group,
  meta,
  monitor,
  type NodeShape,
  primitive,
  say,
  type Shape,
} from './support/cluster.js';
import { step, transition } from '@holdfast/transition';

const NODES = ['haone', 'hatwo', 'hathree'] as const;
const RESOURCES = ['a', 'b', 'c', 'd', 'ping'] as const;

const done = fc.constantFrom(
  ['probe 7'],
  ['probe 0'],
  ['start 0'],
  ['start 0', 'monitor/10000 0'],
  ['start 0', 'monitor/10000 1'],
  ['start 1'],
  ['start 0', 'stop 0'],
  ['start 0', 'stop 1'],
  ['start pending'],
  ['start 0', 'stop pending'],
);

const node: fc.Arbitrary<NodeShape> = fc.record({
  is: fc.constantFrom('online', 'online', 'lost', 'left', 'unseen', 'joining'),
  attributes: fc.constantFrom({}, {}, { standby: 'on' }, { maintenance: 'true' }),
  transient: fc.constantFrom({}, {}, { shutdown: '1' }, { 'fail-count-a#start_0': 'INFINITY' }),
  has: fc.dictionary(fc.constantFrom(...RESOURCES, 'old'), done),
});

const score = fc.constantFrom('INFINITY', '-INFINITY', '100', '-100', '0');
const some = fc.constantFrom(...RESOURCES.slice(0, 4), 'g', 'c-ping');

const constraint = fc.oneof(
  fc
    .record({ rsc: some, node: fc.constantFrom(...NODES), score })
    .map((c) => `<rsc_location ID rsc="${c.rsc}" node="${c.node}" score="${c.score}"/>`),
  fc
    .record({ rsc: some, primary: some, score })
    .map((c) => `<rsc_colocation ID rsc="${c.rsc}" with-rsc="${c.primary}" score="${c.score}"/>`),
  fc
    .record({
      first: some,
      then: some,
      kind: fc.constantFrom('Mandatory', 'Optional', 'Serialize'),
    })
    .map((c) => `<rsc_order ID first="${c.first}" then="${c.then}" kind="${c.kind}"/>`),
);

const metas = fc.constantFrom(
  {},
  {},
  { 'target-role': 'Stopped' },
  { 'is-managed': 'false' },
  { 'resource-stickiness': '100' },
);

const shape: fc.Arbitrary<Shape> = fc
  .record({
    quorate: fc.constantFrom(true, true, false),
    policy: fc.constantFrom('stop', 'freeze', 'ignore'),
    fencing: fc.constantFrom('true', 'true', 'false'),
    nodes: fc.tuple(node, node, node),
    a: metas,
    c: metas,
    constraints: fc.array(constraint, { maxLength: 5 }),
  })
  .map(({ quorate, policy, fencing, nodes, a, c, constraints }) => ({
    quorate,
    properties: { 'no-quorum-policy': policy, 'stonith-enabled': fencing },
    resources:
      primitive('a', meta('a', a) + monitor('a')) +
      group('g', ['b', 'c'], meta('g', c)) +
      primitive('d') +
      `<clone id="c-ping">${primitive('ping')}</clone>`,
    constraints: constraints.map((text, index) => text.replace('ID', `id="x${index}"`)).join(''),
    nodes: { haone: nodes[0], hatwo: nodes[1], hathree: nodes[2] },
  }));

/** Walked with every action a success, it comes to an end with nothing left over. */
function isWalkable(graph: Graph): boolean {
  const state = transition(graph);
  const effects = step(state, { kind: 'start' });
  for (const effect of effects) {
    if (effect.kind === 'finished') return effect.outcome === 'complete';
    effects.push(...step(state, { kind: 'completed', id: effect.action.id, ok: true }));
  }
  return false;
}

function inputsOf(graph: Graph, id: ActionId): ReadonlySet<ActionId> {
  const seen = new Set<ActionId>([id]);
  for (const each of seen)
    for (const input of graph.actions.find((action) => action.id === each)?.after ?? [])
      seen.add(input);
  return seen;
}

/** Does it run, or may it, on a node that is neither here nor proven down? */
function dangers(shape: Shape, resource: string): readonly string[] {
  if (shape.properties?.['stonith-enabled'] === 'false') return [];
  // Under freeze, what a member runs may go on elsewhere: nobody else can have it.
  const isActive = Object.values(shape.nodes).some(
    ({ is, has }) =>
      is === 'online' && !['probe 7', 'stop 0'].includes(has?.[resource]?.at(-1) ?? 'stop 0'),
  );
  if (shape.quorate === false && isActive) return [];
  return Object.entries(shape.nodes)
    .filter(([, { is, has, transient }]) => {
      const last = has?.[resource]?.at(-1);
      const isStopped = last === 'probe 7' || last === 'stop 0';
      // It had asked to leave, and nothing says that it ran this.
      const hasLeft = transient?.['shutdown'] === '1' && last === undefined;
      return (is === 'lost' || is === 'unseen') && !isStopped && !hasLeft;
    })
    .map(([name]) => name);
}

void t.test('no graph ever holds itself up', (t) => {
  fc.assert(
    fc.property(shape, (shape) => isWalkable(decide(shape).graph)),
    { numRuns: 150 },
  );
  t.end();
});

void t.test('nothing starts that may run on a lost node before that node is fenced', (t) => {
  fc.assert(
    fc.property(shape, (shape) => {
      const { graph } = decide(shape);
      const fences = new Map(
        graph.actions.flatMap((a) =>
          a.kind === 'fence' ? [[String(a.target), a.id] as const] : [],
        ),
      );
      return graph.actions
        .filter((action) => action.kind === 'resource' && action.task === 'start')
        .every((action) => {
          // An instance of a clone is about its own node; nothing is started twice there.
          if (action.kind !== 'resource' || action.resource === 'ping') return true;
          const running = shape.nodes[action.node]?.has?.[action.resource] ?? [];
          if (running.length > 0 && !['probe 7', 'stop 0'].includes(running.at(-1) ?? ''))
            return true;
          const inputs = inputsOf(graph, action.id);
          return dangers(shape, action.resource).every((name) => {
            const fence = fences.get(name);
            return fence !== undefined && inputs.has(fence);
          });
        });
    }),
    { numRuns: 150 },
  );
  t.end();
});

void t.test('no resource is started on two nodes, nor where it is not stopped first', (t) => {
  fc.assert(
    fc.property(shape, (shape) => {
      const { graph } = decide(shape);
      const started = graph.actions.filter((a) => a.kind === 'resource' && a.task === 'start');
      return started.every((start) => {
        if (start.kind !== 'resource' || start.resource === 'ping') return true;
        const inputs = inputsOf(graph, start.id);
        const stops = graph.actions.filter(
          (a) => a.kind === 'resource' && a.task === 'stop' && a.resource === start.resource,
        );
        const twins = started.filter((a) => a.kind === 'resource' && a.resource === start.resource);
        return twins.length === 1 && stops.every(({ id }) => inputs.has(id));
      });
    }),
    { numRuns: 150 },
  );
  t.end();
});

/** A node that wants to leave is listened to as long as its daemon answers. */
function isThere({ nodes }: Shape, name: string): boolean {
  const node = nodes[name];
  return node?.is === 'online' || (node?.is === 'joining' && node.transient?.['shutdown'] === '1');
}

void t.test('nothing is done on a node that is not there, or is to be fenced', (t) => {
  fc.assert(
    fc.property(shape, (shape) => {
      const { graph } = decide(shape);
      const fenced = graph.actions.flatMap((a) => (a.kind === 'fence' ? [a.target] : []));
      return graph.actions.every(
        (a) =>
          (a.kind !== 'resource' && a.kind !== 'cancel') ||
          (isThere(shape, a.node) && !fenced.includes(a.node)),
      );
    }),
    { numRuns: 150 },
  );
  t.end();
});

void t.test('without quorum only members are fenced, unless the operator ignores quorum', (t) => {
  fc.assert(
    fc.property(shape, (shape) => {
      const mayFence =
        shape.quorate !== false || shape.properties?.['no-quorum-policy'] === 'ignore';
      const isMember = (node: string): boolean =>
        shape.nodes[node]?.is === 'online' || shape.nodes[node]?.is === 'joining';
      return (
        mayFence ||
        decide(shape).graph.actions.every((a) => a.kind !== 'fence' || isMember(a.target))
      );
    }),
    { numRuns: 100 },
  );
  t.end();
});

void t.test('the same cluster is always decided the same', (t) => {
  fc.assert(
    fc.property(shape, (shape) => {
      t.same(decide(shape), decide(shape));
      t.same(say(shape), say({ ...shape }));
    }),
    { numRuns: 30 },
  );
  t.end();
});
