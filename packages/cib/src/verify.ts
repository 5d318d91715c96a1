/** Everything wrong with a configuration, not the first thing only. */
import { nearest, parseDuration, parseScore } from '@holdfast/base';
import { type CibFault, describeFault } from './fault.ts';
import type { Configuration, NvSet, Primitive, Resource, ResourceSet } from './model.ts';
import { parseBoolean } from './read-context.ts';
import { readConfiguration } from './read.ts';
import { findOption, META_ATTRIBUTES, OP_ATTRIBUTES, type Option, PROPERTIES } from './table.ts';
import { booleanProperty } from './values.ts';
import type { XmlElement } from './xml.ts';

export { describeFault };

export function verify(cib: XmlElement): readonly CibFault[] {
  const { configuration, faults } = readConfiguration(cib);
  const ids = new Set<string>([...everyResource(configuration.resources)].map(({ id }) => id));
  return [
    ...faults,
    ...configuration.properties.flatMap((set) => checkSet(set, PROPERTIES, 'property')),
    ...configuration.resourceDefaults.flatMap((set) =>
      checkSet(set, META_ATTRIBUTES, 'meta-attribute'),
    ),
    ...[...everyResource(configuration.resources)].flatMap(checkResource),
    ...configuration.constraints.flatMap((constraint) =>
      checkReferences(configuration, constraint, ids),
    ),
    ...checkFencing(configuration),
  ];
}

/** Every resource of the tree, collections before what is inside. */
export function* everyResource(resources: readonly Resource[]): Generator<Resource> {
  for (const resource of resources) {
    yield resource;
    switch (resource.kind) {
      case 'primitive':
        break;
      case 'group':
        yield* resource.members;
        break;
      case 'clone':
        yield* everyResource([resource.child]);
        break;
      case 'bundle':
        if (resource.child !== undefined) yield resource.child;
        break;
    }
  }
}

function checkSet(set: NvSet, table: readonly Option[], word: string): readonly CibFault[] {
  return set.pairs.flatMap(({ id, name, value }) =>
    checkValue(table, word, { element: id, name, value }),
  );
}

function checkValue(
  table: readonly Option[],
  word: string,
  what: { readonly element: string; readonly name: string; readonly value: string },
): readonly CibFault[] {
  const { element, name, value } = what;
  const option = findOption(table, name);
  if (option === undefined) {
    const near = nearest(
      name,
      table.map((each) => each.name),
    );
    const hint = near === undefined ? '' : `; did you mean ${near}?`;
    return [
      {
        severity: 'warning',
        element,
        attribute: name,
        value,
        what: `there is no such ${word}${hint}`,
      },
    ];
  }
  const expected = expectation(option, value);
  return expected === undefined
    ? []
    : [{ severity: 'error', element, attribute: name, value, what: `expected ${expected}` }];
}

/** What the value should have been; undefined where it is right. */
export function expectation(option: Option, value: string): string | undefined {
  const { type } = option;
  if (value === '#default') return undefined;
  switch (type) {
    case 'text':
      return undefined;
    case 'boolean':
      return parseBoolean(value) === undefined ? 'true or false' : undefined;
    case 'duration':
      return parseDuration(value).ok ? undefined : 'a length of time such as 20s or 2min';
    case 'integer':
      return /^-?\d+$/.test(value) ? undefined : 'a whole number';
    case 'score':
      return parseScore(value).ok ? undefined : 'a number, INFINITY or -INFINITY';
    default:
      return type.some((word) => word.toLowerCase() === value.toLowerCase())
        ? undefined
        : `one of ${type.join(', ')}`;
  }
}

function checkResource(resource: Resource): readonly CibFault[] {
  const faults = resource.meta.flatMap((set) => checkMeta(set));
  return resource.kind === 'primitive' ? [...faults, ...checkOperations(resource)] : faults;
}

function checkMeta(set: NvSet): readonly CibFault[] {
  return checkSet(set, META_ATTRIBUTES, 'meta-attribute');
}

function checkOperations(primitive: Primitive): readonly CibFault[] {
  return primitive.operations.flatMap((op) => {
    const given = {
      ...op.options,
      interval: op.interval,
      ...(op.role === undefined ? {} : { role: op.role }),
    };
    return Object.entries(given).flatMap(([name, value]) =>
      name === 'OCF_CHECK_LEVEL' || name === 'prereq'
        ? []
        : checkValue(OP_ATTRIBUTES, 'attribute of an operation', { element: op.id, name, value }),
    );
  });
}

function checkReferences(
  configuration: Configuration,
  constraint: Configuration['constraints'][number],
  ids: ReadonlySet<string>,
): readonly CibFault[] {
  const fromSets = (sets: readonly ResourceSet[]): readonly string[] =>
    sets.flatMap(({ resources }) => resources);
  const named = ((): readonly string[] => {
    const { what } = constraint;
    switch (what.kind) {
      case 'resource':
        return [what.id];
      case 'pattern':
        return [];
      case 'sets':
        return fromSets(what.sets);
      case 'pair':
        return 'first' in what ? [what.first, what.then] : [what.dependent, what.primary];
    }
  })();
  return named
    .filter((id) => !ids.has(id) && !configuration.tags.has(id))
    .map((id) => {
      const near = nearest(id, ids);
      const hint = near === undefined ? '' : `; did you mean ${near}?`;
      return {
        severity: 'error',
        element: constraint.id,
        attribute: 'rsc',
        value: id,
        what: `there is no resource with this id${hint}`,
      };
    });
}

function checkFencing(configuration: Configuration): readonly CibFault[] {
  const primitives = [...everyResource(configuration.resources)].filter(
    (each): each is Primitive => each.kind === 'primitive',
  );
  const devices = primitives.filter(({ agent }) => agent.class === 'stonith');
  if (!booleanProperty(configuration, 'stonith-enabled')) {
    const what =
      'a lost node is recovered from without proof that it is off: shared data can be destroyed';
    return [
      {
        severity: 'warning',
        element: 'cib-bootstrap-options',
        attribute: 'stonith-enabled',
        value: 'false',
        what,
      },
    ];
  }
  if (devices.length > 0 || primitives.length === 0) return [];
  const what =
    'fencing is on, but there is no fence device: nothing is recovered from a lost node, and nothing starts; add one (crm configure primitive … stonith:…)';
  return [{ severity: 'error', element: 'resources', attribute: '', value: '', what }];
}
