/** Values as the cluster uses them: sets merged, aliases known, defaults from the table filled in. */
import { type EpochMs, type Milliseconds, milliseconds, type Score, ZERO } from '@holdfast/base';
import { integerPrefix, parseBoolean, readDuration, readScore } from './literals.ts';
import type { Configuration, NvSet, OpEntry, Primitive, Resource } from './model.ts';
import { findOption, isUsable, type Option } from './option.ts';
import type { RuleContext } from './rules.ts';
import { META_ATTRIBUTES, PROPERTIES } from './table.ts';
import { unpack } from './unpack.ts';

const unpacked = new WeakMap<readonly NvSet[], ReadonlyMap<string, string>>();

/** Merged once where no rule asks for anything; a configuration is never changed in place. */
function unpackProperties(
  { properties }: Configuration,
  context: RuleContext | undefined,
): ReadonlyMap<string, string> {
  if (context !== undefined && properties.some(({ rule }) => rule !== undefined)) {
    return unpack(properties, context);
  }
  let values = unpacked.get(properties);
  if (values === undefined) {
    values = unpack(properties);
    unpacked.set(properties, values);
  }
  return values;
}

/**
 * A cluster property as written, or its default; undefined where it has neither. A value that is not
 * of its type counts as not written (A1.3). `context.now` decides between sets with dates.
 */
export function property(
  configuration: Configuration,
  name: string,
  context?: RuleContext,
): string | undefined {
  const values = unpackProperties(configuration, context);
  const option = findOption(PROPERTIES, name);
  if (option === undefined) return values.get(name);
  for (const spelling of option.spellings) {
    const value = values.get(spelling);
    if (value !== undefined) return isUsable(option, value) ? value : fallbackOf(option);
  }
  return fallbackOf(option);
}

function fallbackOf({ fallback }: Option): string | undefined {
  return fallback === '' ? undefined : fallback;
}

export function booleanProperty(configuration: Configuration, name: string): boolean {
  return parseBoolean(property(configuration, name)) ?? false;
}

export function durationProperty(configuration: Configuration, name: string): Milliseconds {
  return readDuration(property(configuration, name)) ?? milliseconds(0);
}

export function integerProperty(configuration: Configuration, name: string): number {
  return integerPrefix(property(configuration, name) ?? '0') ?? 0;
}

/**
 * The meta-attributes of a resource (A1.6.1): its own, then those of the collections around it
 * (`parents`, innermost first), then the cluster's defaults. Rules see the resource's own agent.
 */
export function metaOf(
  configuration: Configuration,
  resource: Resource,
  context: RuleContext = {},
  parents: readonly Resource[] = [],
): ReadonlyMap<string, string> {
  const asked: RuleContext =
    resource.kind === 'primitive' ? { resource: resource.agent, ...context } : context;
  const layers = [resource.meta, ...parents.map(({ meta }) => meta)];
  return inLayers([...layers, configuration.resourceDefaults], asked);
}

/** The parameters of a primitive: its own, then those of the collections around it (A1.10). */
export function instanceOf(
  primitive: Primitive,
  context: RuleContext = {},
  parents: readonly Resource[] = [],
): ReadonlyMap<string, string> {
  return inLayers([primitive.instance, ...parents.map(({ instance }) => instance)], context);
}

function inLayers(
  layers: readonly (readonly NvSet[])[],
  context: RuleContext,
): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const sets of layers) {
    for (const [name, value] of unpack(sets, context)) {
      if (!values.has(name)) values.set(name, value);
    }
  }
  return values;
}

/** A meta-attribute as a score; its default where it is missing, 0 where it is no score. */
export function metaScore(values: ReadonlyMap<string, string>, name: string): Score {
  return readScore(values.get(name) ?? metaFallback(name)) ?? ZERO;
}

export function metaBoolean(values: ReadonlyMap<string, string>, name: string): boolean {
  const fallback = parseBoolean(metaFallback(name)) ?? false;
  return parseBoolean(values.get(name)) ?? fallback;
}

export function metaDuration(values: ReadonlyMap<string, string>, name: string): Milliseconds {
  return readDuration(values.get(name) ?? metaFallback(name)) ?? milliseconds(0);
}

function metaFallback(name: string): string | undefined {
  return findOption(META_ATTRIBUTES, name)?.fallback;
}

/**
 * The configured operation of this name and interval; disabled ones count. Migrations fall back to
 * an operation called `migrate` (B1.4).
 */
export function findOp(
  primitive: Primitive,
  name: string,
  intervalMs: number,
): OpEntry | undefined {
  const find = (wanted: string, interval: number): OpEntry | undefined =>
    primitive.operations.find(
      (op) => op.name === wanted && (readDuration(op.interval) ?? 0) === interval,
    );
  const found = find(name, intervalMs);
  if (found !== undefined || (name !== 'migrate_to' && name !== 'migrate_from')) return found;
  return find('migrate', 0);
}

/**
 * The options of an operation (A2.7.11): attributes of the `<op>`, then its meta-attributes, then the
 * cluster's defaults. `name` and `intervalMs` are what is really run, also where nothing is configured.
 */
export function opOptions(
  configuration: Configuration,
  primitive: Primitive,
  run: { readonly name: string; readonly intervalMs: number; readonly now?: EpochMs },
): ReadonlyMap<string, string> {
  const op = findOp(primitive, run.name, run.intervalMs);
  const context: RuleContext = {
    ...(run.now === undefined ? {} : { now: run.now }),
    op: { name: run.name, intervalMs: run.intervalMs },
    resource: primitive.agent,
  };
  const values = new Map(Object.entries(op?.options ?? {}));
  if (op?.role !== undefined) values.set('role', op.role);
  for (const [name, value] of inLayers([op?.meta ?? [], configuration.opDefaults], context)) {
    if (!values.has(name)) values.set(name, value);
  }
  return values;
}

/** How long an operation may take, in ms: 20 s where nothing usable is said (C0.3). */
export function opTimeout(options: ReadonlyMap<string, string>): Milliseconds {
  const given = readDuration(options.get('timeout'));
  return given === undefined || given <= 0 ? milliseconds(20_000) : given;
}
