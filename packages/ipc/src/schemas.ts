/** The schema of every method's parameters and result. A method without one does not compile. */
import type { Methods } from './methods.ts';

export type MethodName = keyof Methods;
export type Schema = Readonly<Record<string, unknown>>;

/** No text in a request is longer than this, except the CIB itself, which the message limit bounds. */
const TEXT_MAX = 65_536;

/** More votes than any cluster has; a slip of the finger beyond it would block for ever. */
const VOTES_MAX = 1_000_000;

const text: Schema = { type: 'string' };
const word: Schema = { type: 'string', minLength: 1, maxLength: TEXT_MAX };
const texts: Schema = { type: 'array', items: text };
const count: Schema = { type: 'number', minimum: 0 };

/** An object of exactly these fields; those named in `optional` may be missing. */
function record(
  fields: Readonly<Record<string, Schema>>,
  optional: readonly string[] = [],
): Schema {
  const required = Object.keys(fields).filter((name) => !optional.includes(name));
  return { type: 'object', properties: fields, required, additionalProperties: false };
}

function orNull(schema: Schema): Schema {
  return { anyOf: [schema, { type: 'null' }] };
}

function oneOf(...words: readonly string[]): Schema {
  return { type: 'string', enum: words };
}

const nothing = record({});
const outcome = record({ outcome: text });
const receipt = record({
  version: word,
  storedOn: texts,
  durable: { type: 'boolean' },
  warnings: texts,
});

const fenceRecord = record({
  id: text,
  target: text,
  action: text,
  state: oneOf('pending', 'done', 'failed', 'withdrawn'),
  origin: text,
  tried: texts,
  detail: text,
  progress: orNull(record({ words: text, untilMs: orNull(count) })),
  devices: texts,
  startedAtMs: count,
  endedAtMs: orNull(count),
});

const flag: Schema = { type: 'boolean' };
const list = (items: Schema): Schema => ({ type: 'array', items });

const fencingStatus = record({
  targets: list(
    record({
      node: text,
      levels: list(texts),
      attempts: orNull(record({ failures: count, reason: text, nextAtMs: orNull(count) })),
      isHeld: flag,
      budgetMs: count,
    }),
  ),
  paths: list(
    record({
      target: text,
      device: text,
      executor: text,
      goodAtMs: orNull(count),
      last: orNull(
        record({
          kind: oneOf('asked', 'cycled'),
          isGood: flag,
          words: text,
          tookMs: count,
          atMs: count,
        }),
      ),
    }),
  ),
});

const fenceRace = record({
  cuts: list(
    record({
      sides: list(texts),
      shots: list(
        record({
          by: text,
          target: text,
          devices: texts,
          leastMs: count,
          mostMs: count,
          timeoutMs: count,
        }),
      ),
      survivors: texts,
      verdict: text,
      isSafe: flag,
    }),
  ),
  notes: texts,
});

const clusterStatus = record({
  cluster: text,
  node: text,
  nodeId: count,
  version: text,
  dc: orNull(text),
  ring: record({ id: text, state: text, members: texts, addresses: texts }),
  quorum: record({
    quorate: { type: 'boolean' },
    totalVotes: count,
    expectedVotes: count,
    needed: count,
    flags: texts,
    waitingFor: texts,
    strangers: { type: 'array', items: record({ node: text, sections: texts }) },
    device: orNull(record({ votes: count, counted: { type: 'boolean' } })),
  }),
  controller: text,
  warnings: texts,
  counters: { type: 'object', additionalProperties: { type: 'number' } },
});

export const SCHEMAS: {
  readonly [Name in MethodName]: { readonly params: Schema; readonly result: Schema };
} = {
  'cib.query': {
    params: record({ section: word }, ['section']),
    result: record({ xml: text, version: word }),
  },
  'cib.replace': {
    params: record({ base: word, xml: { type: 'string', minLength: 1 }, user: word }),
    result: receipt,
  },
  'node.attribute': {
    params: record({
      node: word,
      name: word,
      value: orNull({ type: 'string', maxLength: TEXT_MAX }),
      lifetime: oneOf('forever', 'reboot'),
      user: word,
    }),
    result: receipt,
  },
  'resource.cleanup': {
    params: record({ resource: word, node: word, user: word }, ['resource', 'node']),
    result: receipt,
  },
  'fence.request': {
    params: record({ node: word, action: oneOf('off', 'on', 'reboot'), user: word }),
    result: outcome,
  },
  'fence.confirm': { params: record({ node: word, user: word }), result: outcome },
  'fence.drill': {
    params: record({ node: word, device: word, really: flag, user: word }, ['device']),
    result: outcome,
  },
  'fence.status': { params: nothing, result: fencingStatus },
  'fence.race': { params: nothing, result: fenceRace },
  'fence.history': {
    params: nothing,
    result: record({ entries: { type: 'array', items: fenceRecord } }),
  },
  'cluster.status': { params: nothing, result: clusterStatus },
  'cluster.stop': { params: record({ user: word }), result: outcome },
  'quorum.unblock': { params: record({ user: word }), result: outcome },
  'quorum.expect': {
    params: record({ votes: { type: 'integer', minimum: 1, maximum: VOTES_MAX }, user: word }),
    result: outcome,
  },
  'corosync.reload': {
    params: record({ dry: { type: 'boolean' }, user: word }),
    result: record({
      outcome: text,
      changes: {
        type: 'array',
        items: record({ key: text, from: text, to: text, effect: oneOf('now', 'restart') }),
      },
      warnings: texts,
    }),
  },
  'agent.list': {
    params: record({ class: word, provider: word }, ['class', 'provider']),
    result: record({ agents: texts }),
  },
  'agent.metadata': { params: record({ agent: word }), result: record({ xml: text }) },
  explain: { params: record({ subject: word }), result: record({ lines: texts }) },
};

/** Methods that change nothing: the only ones the read-only socket answers. */
export const READING_METHODS: ReadonlySet<MethodName> = new Set<MethodName>([
  'cib.query',
  'fence.history',
  'fence.status',
  'fence.race',
  'cluster.status',
  'agent.list',
  'agent.metadata',
  'explain',
]);

export const METHOD_NAMES = Object.keys(SCHEMAS) as readonly MethodName[];

export function isMethodName(name: string): name is MethodName {
  return Object.hasOwn(SCHEMAS, name);
}
