/** Do the names that the configuration mentions exist? */
import { nearest } from '@holdfast/base';
import { everyResource } from './every-resource.ts';
import type { CibFault } from './fault.ts';
import type { Configuration, Constraint, FencingLevel, ResourceSet } from './model.ts';

type Mention = {
  readonly attribute: string;
  readonly value: string;
};

export function checkReferences(configuration: Configuration): readonly CibFault[] {
  const resources = [...everyResource(configuration.resources)];
  const devices = new Set<string>();
  const known = new Set<string>(configuration.tags.keys());
  for (const resource of resources) {
    known.add(resource.id);
    if (resource.kind !== 'primitive') continue;
    if (resource.template !== undefined) known.add(resource.template);
    if (resource.agent.class === 'stonith') devices.add(resource.id);
  }
  const nodes = new Set<string>(configuration.nodes.map(({ name }) => name));
  return [
    ...configuration.constraints.flatMap((constraint) => checkConstraint(constraint, known)),
    ...configuration.constraints.flatMap((constraint) => checkNode(constraint, nodes)),
    ...configuration.fencingLevels.flatMap((level) => checkLevel(level, devices, nodes)),
  ];
}

function checkConstraint(constraint: Constraint, known: ReadonlySet<string>): readonly CibFault[] {
  return mentionsOf(constraint)
    .filter(({ value }) => !known.has(value))
    .map(({ attribute, value }) => ({
      severity: 'error',
      element: constraint.id,
      attribute,
      value,
      what: `there is no resource with this id${hint(value, known)}`,
    }));
}

function mentionsOf(constraint: Constraint): readonly Mention[] {
  const { what } = constraint;
  switch (what.kind) {
    case 'resource':
      return [{ attribute: 'rsc', value: what.id }];
    case 'pattern':
      return [];
    case 'sets':
      return what.sets.flatMap(mentionsOfSet);
    case 'pair':
      return 'first' in what
        ? [
            { attribute: 'first', value: what.first },
            { attribute: 'then', value: what.then },
          ]
        : [
            { attribute: 'rsc', value: what.dependent },
            { attribute: 'with-rsc', value: what.primary },
          ];
  }
}

function mentionsOfSet({ resources }: ResourceSet): readonly Mention[] {
  return resources.map((value) => ({ attribute: 'resource_ref', value }));
}

/** A node may be configured before it first joins, so this is only a warning. */
function checkNode(constraint: Constraint, nodes: ReadonlySet<string>): readonly CibFault[] {
  if (constraint.kind !== 'location' || constraint.node === undefined) return [];
  return unknownNode({ element: constraint.id, attribute: 'node', value: constraint.node }, nodes);
}

function unknownNode(
  place: { readonly element: string; readonly attribute: string; readonly value: string },
  nodes: ReadonlySet<string>,
): readonly CibFault[] {
  const isKnown = [...nodes].some((name) => name.toLowerCase() === place.value.toLowerCase());
  if (isKnown || nodes.size === 0) return [];
  const what = `no node of this name has been seen yet${hint(place.value, nodes)}`;
  return [{ ...place, severity: 'warning', what }];
}

function checkLevel(
  { id, target, devices }: FencingLevel,
  known: ReadonlySet<string>,
  nodes: ReadonlySet<string>,
): readonly CibFault[] {
  const missing = devices
    .filter((device) => !known.has(device))
    .map((value): CibFault => {
      const what = `there is no fence device with this id${hint(value, known)}`;
      return { severity: 'error', element: id, attribute: 'devices', value, what };
    });
  if (target.kind !== 'name') return missing;
  return [
    ...missing,
    ...unknownNode({ element: id, attribute: 'target', value: target.name }, nodes),
  ];
}

function hint(word: string, known: ReadonlySet<string>): string {
  const near = nearest(word, known);
  return near === undefined ? '' : `; did you mean ${near}?`;
}
