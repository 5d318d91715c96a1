/** Everything wrong with a configuration, not the first thing only. */
import { nearest } from '@holdfast/base';
import { everyResource } from './every-resource.ts';
import type { CibFault } from './fault.ts';
import { readDuration } from './literals.ts';
import type { Configuration, NvSet, OpEntry, Primitive, Resource } from './model.ts';
import { expectation, findOption, type Option } from './option.ts';
import { readConfiguration } from './read.ts';
import { META_ATTRIBUTES, OP_ATTRIBUTES, PROPERTIES } from './table.ts';
import { checkDangers } from './verify-dangers.ts';
import type { Surroundings } from './verify-fencing.ts';
import { checkReferences } from './verify-references.ts';
import { checkText } from './verify-text.ts';
import type { XmlElement } from './xml.ts';

/**
 * Reads the configuration below `<cib>`, and says all that is wrong or probably not meant; with its
 * surroundings also what a cluster that runs should not be left with.
 */
export function verify(cib: XmlElement, surroundings?: Surroundings): readonly CibFault[] {
  const { configuration, faults } = readConfiguration(cib);
  const resources = [...everyResource(configuration.resources)];
  return [
    ...checkText(cib),
    ...faults,
    ...checkSets(configuration.properties, PROPERTIES, 'property'),
    ...checkSets(configuration.resourceDefaults, META_ATTRIBUTES, 'meta-attribute'),
    ...checkSets(configuration.opDefaults, OP_ATTRIBUTES, 'attribute of an operation'),
    ...resources.flatMap(checkResource),
    ...checkNodes(configuration),
    ...checkReferences(configuration),
    ...checkDangers(configuration, surroundings),
  ];
}

function checkSets(
  sets: readonly NvSet[],
  table: readonly Option[],
  word: string,
): readonly CibFault[] {
  return sets.flatMap(({ pairs }) =>
    pairs.flatMap(({ id, name, value }) => checkValue(table, word, { element: id, name, value })),
  );
}

function checkValue(
  table: readonly Option[],
  word: string,
  what: { readonly element: string; readonly name: string; readonly value: string },
): readonly CibFault[] {
  const { element, name: attribute, value } = what;
  const option = findOption(table, attribute);
  if (option === undefined) {
    const near = nearest(
      attribute,
      table.flatMap(({ spellings }) => spellings),
    );
    const hint = near === undefined ? '' : `; did you mean ${near}?`;
    const said = `there is no such ${word}${hint}`;
    return [{ severity: 'warning', element, attribute, value, what: said }];
  }
  const expected = expectation(option, value);
  if (expected === undefined) return [];
  return [{ severity: 'error', element, attribute, value, what: `expected ${expected}` }];
}

function checkResource(resource: Resource): readonly CibFault[] {
  const faults = checkSets(resource.meta, META_ATTRIBUTES, 'meta-attribute');
  return resource.kind === 'primitive' ? [...faults, ...checkOperations(resource)] : faults;
}

/** What agents and old versions put among an operation's options. */
const FOREIGN_OPTIONS: ReadonlySet<string> = new Set(['OCF_CHECK_LEVEL', 'prereq', 'trace_ra']);

function checkOperations({ operations }: Primitive): readonly CibFault[] {
  const seen = new Map<string, OpEntry>();
  return operations.flatMap((op) => {
    const role = op.role === undefined ? {} : { role: op.role };
    const given = Object.entries({ ...op.options, interval: op.interval, ...role });
    const faults = given
      .filter(([name]) => !FOREIGN_OPTIONS.has(name))
      .flatMap(([name, value]) =>
        checkValue(OP_ATTRIBUTES, 'attribute of an operation', { element: op.id, name, value }),
      );
    const intervalMs = readDuration(op.interval) ?? 0;
    const key = `${op.name} ${intervalMs}`;
    const twin = seen.get(key);
    seen.set(key, op);
    return [...faults, ...checkInterval(op, intervalMs, twin)];
  });
}

/** Results are filed by name and interval: of two operations that share both, only the first is done. */
function checkInterval(
  { id, name, interval }: OpEntry,
  intervalMs: number,
  twin: OpEntry | undefined,
): readonly CibFault[] {
  const fault = { element: id, attribute: 'interval', value: interval } as const;
  const isRecurring = intervalMs > 0;
  if (twin !== undefined) {
    const what = `${twin.id} is the same operation with the same interval, and only that is done; make it differ by a second`;
    return [{ ...fault, severity: 'warning', what }];
  }
  if (!isRecurring || name === 'monitor') return [];
  return [{ ...fault, severity: 'warning', what: `only a monitor recurs; ${name} should have 0` }];
}

function checkNodes({ nodes }: Configuration): readonly CibFault[] {
  const seen = new Set<string>();
  return nodes.flatMap(({ id, name }): readonly CibFault[] => {
    const isTwin = seen.has(name.toLowerCase());
    seen.add(name.toLowerCase());
    const what = 'two nodes have this name';
    return isTwin
      ? [{ severity: 'error', element: id, attribute: 'uname', value: name, what }]
      : [];
  });
}
