/** Stage 1: resources as the units that are placed, each with its effective options (A1.6). */
import { type EpochMs, type NodeName, parseDuration } from '@holdfast/base';
import {
  booleanProperty,
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
  /** First, last of its group; both where it stands alone. */
  readonly isFirst: boolean;
  readonly isLast: boolean;
  /** Clone instances are bound to a node each. */
  readonly onlyOn: NodeName | undefined;
  readonly isManaged: boolean;
  /** Known by its history only: it is no longer configured (A2.8). */
  readonly isRemoved: boolean;
  /** Position in the configuration: earlier is placed first among equals. */
  readonly order: number;
};

export function readUnits(cib: Cib, nodes: readonly NodeReading[], now: EpochMs): readonly Unit[] {
  const units: Unit[] = [];
  const { configuration } = cib;
  const push = (primitive: Primitive, around: Around): void => {
    units.push(unit(configuration, primitive, { ...around, now }, units.length));
  };
  for (const resource of configuration.resources) {
    switch (resource.kind) {
      case 'primitive':
        push(resource, { parents: [] });
        break;
      case 'group':
        pushMembers(push, resource, { parents: [resource] });
        break;
      case 'clone':
        pushInstances(push, resource, nodes);
        break;
      case 'bundle':
        break;
    }
  }
  for (const primitive of removedPrimitives(cib, units))
    push(primitive, { parents: [], isRemoved: true });
  return units;
}

type Push = (primitive: Primitive, around: Around) => void;

type Around = {
  readonly parents: readonly (Group | Clone)[];
  readonly group?: string;
  readonly isFirst?: boolean;
  readonly isLast?: boolean;
  readonly onlyOn?: NodeName;
  readonly number?: number;
  readonly isRemoved?: boolean;
};

function pushMembers(push: Push, { id, members }: Group, around: Around): void {
  members.forEach((member, index) => {
    push(member, {
      ...around,
      group: around.number === undefined ? id : `${id}:${around.number}`,
      isFirst: index === 0,
      isLast: index === members.length - 1,
    });
  });
}

/** An anonymous clone: one instance for each node, at most `clone-max` of them. */
function pushInstances(push: Push, clone: Clone, nodes: readonly NodeReading[]): void {
  const most = Number(unpack(clone.meta).get('clone-max') ?? nodes.length);
  nodes.slice(0, most).forEach(({ name }, number) => {
    const around: Around = { parents: [clone], onlyOn: name, number };
    if (clone.child.kind === 'primitive') push(clone.child, around);
    else pushMembers(push, clone.child, { ...around, parents: [clone.child, clone] });
  });
}

/** What nodes have a history of, though nobody configures it any more (A2.8.1). */
function removedPrimitives(cib: Cib, units: readonly Unit[]): readonly Primitive[] {
  const known = new Set(units.map(({ historyId }) => historyId));
  const removed = new Map<string, Primitive>();
  for (const { resource, agent } of cib.status.nodes.flatMap(({ history }) => history)) {
    if (known.has(resource.replace(/:\d+$/, ''))) continue;
    removed.set(resource, {
      kind: 'primitive',
      id: resource,
      description: undefined,
      meta: [],
      instance: [],
      agent,
      template: undefined,
      operations: [],
      utilization: [],
    });
  }
  return [...removed.values()];
}

function unit(
  configuration: Configuration,
  primitive: Primitive,
  around: Around & { readonly now: EpochMs },
  order: number,
): Unit {
  const { now, parents, group, onlyOn, number, isRemoved = false } = around;
  const meta = metaOf(configuration, primitive, { now }, parents);
  return {
    id: number === undefined ? primitive.id : `${primitive.id}:${number}`,
    historyId: primitive.id,
    primitive,
    meta,
    instance: instanceOf(primitive, { now }, parents),
    parents: parents.map(({ id }) => id),
    group,
    isFirst: around.isFirst ?? true,
    isLast: around.isLast ?? true,
    onlyOn,
    isManaged: isRemoved ? isStoppedWhenRemoved(configuration) : isManaged(meta),
    isRemoved,
    order,
  };
}

function isManaged(meta: ReadonlyMap<string, string>): boolean {
  return (
    (parseBoolean(meta.get('is-managed')) ?? true) &&
    !(parseBoolean(meta.get('maintenance')) ?? false)
  );
}

function isStoppedWhenRemoved(configuration: Configuration): boolean {
  return booleanProperty(configuration, 'stop-removed-resources');
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
