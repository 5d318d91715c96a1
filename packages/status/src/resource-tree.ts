/** From what is active to the tree of resources. */
import {
  booleanProperty,
  type Bundle,
  type Cib,
  type Clone,
  type Group,
  metaOf,
  parseBoolean,
  parseRole,
  type Primitive,
  type Resource,
} from '@holdfast/cib';
import type { ActiveReading, Instance } from './active.ts';
import { replicasOf } from './node-standing.ts';
import { addressAt, isUniqueClone } from './places.ts';
import type {
  BundleReading,
  CloneReading,
  GroupReading,
  InstanceReading,
  PrimitiveReading,
  ResourceReading,
  Standing,
} from './resource-reading.ts';
import { isManaged } from './surroundings.ts';

type Source = { readonly cib: Cib; readonly active: ActiveReading };

/** Configured resources in their order, higher priority first; then what is no longer configured. */
export function readResourceTree(cib: Cib, active: ActiveReading): readonly ResourceReading[] {
  const source: Source = { cib, active };
  const { configuration } = cib;
  const priority = (resource: Resource): number =>
    Number.parseInt(metaOf(configuration, resource).get('priority') ?? '0', 10) || 0;
  const ordered = [...configuration.resources].sort((a, b) => priority(b) - priority(a));
  const removed = [...active.places.values()].filter(({ isRemoved }) => isRemoved);
  return [
    ...ordered.map((resource) => readResource(source, resource)),
    ...removed.map(({ id, agent }): PrimitiveReading => {
      const standing = { id, isManaged: true, isMaintenance: false, targetRole: undefined };
      return { ...standing, ...bare(source, id), agent, isRemoved: true };
    }),
  ];
}

function readResource(source: Source, resource: Resource): ResourceReading {
  switch (resource.kind) {
    case 'primitive':
      return readPrimitive(source, resource, { parents: [] });
    case 'group':
      return readGroup(source, resource, { parents: [] });
    case 'clone':
      return readClone(source, resource);
    case 'bundle':
      return readBundle(source, resource);
  }
}

/** `parents`, innermost first; `number` of the instance where there are several. */
type Around = { readonly parents: readonly Resource[]; readonly number?: number };

function standingOf({ cib }: Source, resource: Resource, { parents }: Around): Standing {
  const meta = metaOf(cib.configuration, resource, {}, parents);
  const role = parseRole(meta.get('target-role'));
  const mode = booleanProperty(cib.configuration, 'maintenance-mode');
  return {
    id: resource.id,
    isManaged: isManaged(cib.configuration, { meta }),
    isMaintenance: mode || parseBoolean(meta.get('maintenance')) === true,
    targetRole: role === 'Stopped' || role === 'Unpromoted' ? role : undefined,
  };
}

function readPrimitive(source: Source, primitive: Primitive, around: Around): PrimitiveReading {
  const { parents, number } = around;
  const place = source.active.places.get(primitive.id);
  const numbered = place?.isUnique === true && number !== undefined;
  return {
    ...standingOf(source, primitive, around),
    kind: 'primitive',
    id: numbered ? `${primitive.id}:${number}` : primitive.id,
    agent: primitive.agent,
    isRemoved: false,
    isPromotable:
      place?.isPromotable ?? parents.some((each) => each.kind === 'clone' && each.promotable),
    instances: instancesOf(source, primitive.id, number),
    ...tracesOf(source, primitive.id),
  };
}

type Traces = Pick<PrimitiveReading, 'pending' | 'masked' | 'isFailureIgnored'>;

function tracesOf({ active }: Source, id: string): Traces {
  const traces = active.traces.filter(({ place }) => place.id === id);
  const found = [...active.instances.filter(({ place }) => place.id === id), ...traces];
  const underWay = traces.find(({ reading }) => reading.pending !== undefined);
  const entry = underWay?.reading.pending;
  return {
    pending:
      underWay === undefined || entry === undefined ? undefined : { node: underWay.node, entry },
    masked: new Map(
      found.flatMap(({ node, reading }) =>
        reading.masked === undefined ? [] : [[node, reading.masked] as const],
      ),
    ),
    isFailureIgnored: found.some(({ reading }) => reading.hasIgnored),
  };
}

function bare(
  source: Source,
  id: string,
): Pick<PrimitiveReading, 'kind' | 'isPromotable' | 'instances'> & Traces {
  const instances = instancesOf(source, id, undefined);
  return { kind: 'primitive', isPromotable: false, instances, ...tracesOf(source, id) };
}

function instancesOf(
  { active }: Source,
  id: string,
  number: number | undefined,
): readonly InstanceReading[] {
  return active.instances
    .filter((each) => each.place.id === id && (number === undefined || each.number === number))
    .map((each) => instanceReading(active, each));
}

function instanceReading({ nodes }: ActiveReading, instance: Instance): InstanceReading {
  const { node, role, isFailed, isRemoved, isBlocked, isManaged: managed, reading } = instance;
  const standing = nodes.find(({ name }) => name === node);
  return {
    node,
    role,
    isFailed,
    isRemoved,
    isBlocked,
    isManaged: managed,
    isNodeMaintenance: standing?.isMaintenance ?? false,
    isNodeUnclean: standing?.isOnline === false && standing.uncleanWhy !== undefined,
    pending: reading.pending,
  };
}

function readGroup(source: Source, group: Group, around: Around): GroupReading {
  const inside: Around = { ...around, parents: [group, ...around.parents] };
  return {
    ...standingOf(source, group, around),
    kind: 'group',
    id: around.number === undefined ? group.id : `${group.id}:${around.number}`,
    members: group.members.map((member) => readPrimitive(source, member, inside)),
  };
}

function readClone(source: Source, clone: Clone): CloneReading {
  const { cib, active } = source;
  const meta = metaOf(cib.configuration, clone);
  const given = Number.parseInt(meta.get('clone-max') ?? '', 10);
  const most = Number.isNaN(given) ? Math.max(1, active.nodes.length) : Math.max(0, given);
  const seen = active.instances
    .filter(({ place }) => place.clone === clone)
    .map(({ number = 0 }) => number + 1);
  const count = Math.max(most, ...seen);
  const instances = Array.from({ length: count }, (_, number) => {
    const around: Around = { parents: [clone], number };
    return clone.child.kind === 'group'
      ? readGroup(source, clone.child, around)
      : readPrimitive(source, clone.child, around);
  });
  return {
    ...standingOf(source, clone, { parents: [] }),
    kind: 'clone',
    childId: clone.child.id,
    isPromotable: clone.promotable,
    isUnique: isUniqueClone(cib.configuration, clone),
    most,
    instances,
  };
}

function readBundle(source: Source, bundle: Bundle): BundleReading {
  const { engine, container, network, child } = bundle;
  const perHost = Number(container['replicas-per-host'] ?? '1');
  const start = network?.attributes['ip-range-start'];
  const standing = standingOf(source, bundle, { parents: [] });
  const replicas = Array.from({ length: replicasOf(container) }, (_, number) => {
    const carrier = `${bundle.id}-${engine}-${number}`;
    const shown: PrimitiveReading =
      child === undefined
        ? carrierReading(source, carrier, engine, standing)
        : readPrimitive(source, child, { parents: [bundle], number });
    const [at] = instancesOf(source, carrier, undefined);
    const instances =
      at === undefined
        ? []
        : shown.instances.map((each) => ({
            ...each,
            node: at.node,
            isNodeUnclean: at.isNodeUnclean,
          }));
    return {
      name: child === undefined ? carrier : `${bundle.id}-${number}`,
      address: start === undefined ? undefined : addressAt(start, number),
      node: at?.node,
      primitive: { ...shown, instances },
    };
  });
  return {
    ...standing,
    kind: 'bundle',
    image: container['image'] ?? '',
    isUnique: perHost > 1,
    replicas,
  };
}

function carrierReading(
  source: Source,
  id: string,
  engine: string,
  standing: Standing,
): PrimitiveReading {
  return {
    ...standing,
    ...bare(source, id),
    id,
    agent: { class: 'ocf', provider: 'heartbeat', type: engine },
    isRemoved: false,
  };
}
