/** Values as the cluster uses them: several sets merged, aliases known, defaults filled in. */
import {
  type Milliseconds,
  milliseconds,
  parseDuration,
  parseScore,
  type Score,
  ZERO,
} from '@holdfast/base';
import type { Configuration, NvSet, Primitive, Resource } from './model.ts';
import { parseBoolean } from './read-context.ts';
import { matches, type RuleContext } from './rules.ts';
import { findOption, META_ATTRIBUTES, PROPERTIES } from './table.ts';

/**
 * Merges sets: those with the higher score first, in document order among equals; the first value of
 * a name wins; sets whose rule does not hold are left out (A0.13).
 */
export function unpack(
  sets: readonly NvSet[],
  context: RuleContext = {},
): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  const ordered = [...sets].sort((a, b) => b.score - a.score);
  for (const set of ordered) {
    if (set.rule !== undefined && !matches(set.rule, context)) continue;
    for (const { name, value } of set.pairs) if (!values.has(name)) values.set(name, value);
  }
  return values;
}

const unpacked = new WeakMap<Configuration, ReadonlyMap<string, string>>();

/** A cluster property as written, or its default; undefined where it has neither. */
export function property(configuration: Configuration, name: string): string | undefined {
  let values = unpacked.get(configuration);
  if (values === undefined) {
    values = unpack(configuration.properties);
    unpacked.set(configuration, values);
  }
  const option = findOption(PROPERTIES, name);
  for (const spelling of [name, option?.name ?? name, ...(option?.aliases ?? [])]) {
    const value = values.get(spelling);
    if (value !== undefined) return value;
  }
  return option === undefined || option.fallback === '' ? undefined : option.fallback;
}

/** An invalid value counts as unset: the default holds (A1.2). */
export function booleanProperty(configuration: Configuration, name: string): boolean {
  const read = parseBoolean(property(configuration, name));
  return read ?? findOption(PROPERTIES, name)?.fallback === 'true';
}

export function durationProperty(configuration: Configuration, name: string): Milliseconds {
  const read = parseDuration(property(configuration, name) ?? '0');
  if (read.ok) return read.value;
  const fallback = parseDuration(findOption(PROPERTIES, name)?.fallback ?? '0');
  return fallback.ok ? fallback.value : milliseconds(0);
}

/** The resource's own meta-attributes over the cluster's resource defaults. */
export function metaOf(
  configuration: Configuration,
  resource: Resource,
  context: RuleContext = {},
): ReadonlyMap<string, string> {
  return unpackBehind(resource.meta, configuration.resourceDefaults, context);
}

function unpackBehind(
  own: readonly NvSet[],
  behind: readonly NvSet[],
  context: RuleContext,
): ReadonlyMap<string, string> {
  const values = new Map(unpack(own, context));
  for (const [name, value] of unpack(behind, context))
    if (!values.has(name)) values.set(name, value);
  return values;
}

export function instanceOf(
  primitive: Primitive,
  context: RuleContext = {},
): ReadonlyMap<string, string> {
  return unpack(primitive.instance, context);
}

export function metaScore(values: ReadonlyMap<string, string>, name: string): Score {
  const text = values.get(name) ?? findOption(META_ATTRIBUTES, name)?.fallback ?? '0';
  const read = parseScore(text);
  return read.ok ? read.value : ZERO;
}
