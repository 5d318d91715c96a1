/** Stage 1: resources as the units that are placed, each with its effective options (A1.6). */
import { type NodeName, parseDuration } from '@holdfast/base';
import {
  type Cib,
  type Clone,
  type Configuration,
  type Group,
  instanceOf,
  metaOf,
  type OpEntry,
  parseBoolean,
  type Primitive,
  unpack,
} from '@holdfast/cib';
import type { NodeReading } from '@holdfast/status';

/** One instance of one primitive. */
export type Unit = {
  /** `web`, or `ping:1` for an instance of a clone. */
  readonly id: string;
  /** What the node's history calls it: without an instance number. */
  readonly historyId: string;
  readonly primitive: Primitive;
  readonly meta: ReadonlyMap<string, string>;
  readonly instance: ReadonlyMap<string, string>;
  /** The collections around it, innermost first: constraints may name any of them. */
  readonly parents: readonly string[];
  readonly group: string | undefined;
  /** Clone instances are bound to a node each. */
  readonly onlyOn: NodeName | undefined;
  readonly isManaged: boolean;
  /** Position in the configuration: earlier is placed first among equals. */
  readonly order: number;
};

export function readUnits(cib: Cib, nodes: readonly NodeReading[]): readonly Unit[] {
  const units: Unit[] = [];
  const { configuration } = cib;
  for (const resource of configuration.resources) {
    switch (resource.kind) {
      case 'primitive':
        units.push(unit(configuration, resource, { parents: [] }, units.length));
        break;
      case 'group':
        for (const member of resource.members)
          units.push(
            unit(configuration, member, { parents: [resource], group: resource.id }, units.length),
          );
        break;
      case 'clone':
        units.push(...cloneUnits(configuration, resource, nodes, units.length));
        break;
      case 'bundle':
        break;
    }
  }
  return units;
}

type Around = {
  readonly parents: readonly (Group | Clone)[];
  readonly group?: string;
  readonly onlyOn?: NodeName;
  readonly number?: number;
};

function unit(
  configuration: Configuration,
  primitive: Primitive,
  around: Around,
  order: number,
): Unit {
  const meta = new Map(unpack(primitive.meta));
  for (const parent of around.parents)
    for (const [name, value] of unpack(parent.meta)) if (!meta.has(name)) meta.set(name, value);
  for (const [name, value] of metaOf(configuration, primitive))
    if (!meta.has(name)) meta.set(name, value);
  const isManaged =
    (parseBoolean(meta.get('is-managed')) ?? true) &&
    !(parseBoolean(meta.get('maintenance')) ?? false);
  return {
    id: around.number === undefined ? primitive.id : `${primitive.id}:${around.number}`,
    historyId: primitive.id,
    primitive,
    meta,
    instance: instanceOf(primitive),
    parents: around.parents.map(({ id }) => id),
    group:
      around.group === undefined
        ? undefined
        : around.number === undefined
          ? around.group
          : `${around.group}:${around.number}`,
    onlyOn: around.onlyOn,
    isManaged,
    order,
  };
}

/** An anonymous clone: one instance for each node, at most `clone-max` of them. */
function cloneUnits(
  configuration: Configuration,
  clone: Clone,
  nodes: readonly NodeReading[],
  first: number,
): readonly Unit[] {
  const meta = unpack(clone.meta);
  const most = Number(meta.get('clone-max') ?? nodes.length);
  const units: Unit[] = [];
  nodes.forEach(({ name }, number) => {
    if (number >= most) return;
    const around: Around = { parents: [clone], onlyOn: name, number };
    if (clone.child.kind === 'primitive') {
      units.push(unit(configuration, clone.child, around, first + units.length));
      return;
    }
    const group = clone.child;
    for (const member of group.members) {
      units.push(
        unit(
          configuration,
          member,
          { ...around, parents: [group, clone], group: group.id },
          first + units.length,
        ),
      );
    }
  });
  return units;
}

/** The configured `<op>` of this name without an interval, for its timeout and the like. */
export function opEntry(unit: Unit, task: string): OpEntry | undefined {
  return unit.primitive.operations.find((op) => op.name === task && intervalOf(op) === 0);
}

/** Monitors that recur while it runs. */
export function recurringOps(unit: Unit): readonly OpEntry[] {
  return unit.primitive.operations.filter(
    (op) =>
      intervalOf(op) > 0 &&
      parseBoolean(op.options['enabled']) !== false &&
      op.role !== 'Stopped' &&
      op.role !== 'Promoted' &&
      op.role !== 'Master',
  );
}

export function intervalOf(op: OpEntry): number {
  const read = parseDuration(op.interval);
  return read.ok ? read.value : 0;
}
