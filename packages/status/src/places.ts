/** Every primitive of a configuration with what surrounds it, and how histories find it (A2.6.2). */
import type { AgentName } from '@holdfast/base';
import {
  type Bundle,
  type Clone,
  type Configuration,
  type Group,
  metaOf,
  parseBoolean,
  type Primitive,
  type Resource,
  unpack,
} from '@holdfast/cib';
import { replicasOf } from './node-standing.ts';

/** A primitive in its place. */
export type Place = {
  /** As the configuration spells it, without an instance number. */
  readonly id: string;
  readonly agent: AgentName;
  /** Undefined for what is no longer configured, and for what a bundle implies. */
  readonly primitive: Primitive | undefined;
  readonly group: Group | undefined;
  readonly clone: Clone | undefined;
  /** The bundle around it, and which replica it is, where the name tells. */
  readonly bundle: Bundle | undefined;
  readonly replica: number | undefined;
  /** The resource that carries this connection or is carried as a container. */
  readonly container: string | undefined;
  readonly meta: ReadonlyMap<string, string>;
  readonly isUnique: boolean;
  readonly isPromotable: boolean;
  /** Known only from histories. */
  readonly isRemoved: boolean;
};

const REMOTE: AgentName = { class: 'ocf', provider: 'pacemaker', type: 'remote' };

export function readPlaces(configuration: Configuration): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>();
  for (const resource of configuration.resources) {
    for (const place of placesIn(configuration, resource)) {
      if (!places.has(place.id)) places.set(place.id, place);
    }
  }
  return places;
}

function placesIn(configuration: Configuration, resource: Resource): readonly Place[] {
  switch (resource.kind) {
    case 'primitive':
      return withGuest(placeOf(configuration, resource, []));
    case 'group':
      return resource.members.flatMap((member) =>
        withGuest(placeOf(configuration, member, [resource])),
      );
    case 'clone':
      return resource.child.kind === 'primitive'
        ? [placeOf(configuration, resource.child, [resource])]
        : placesInClonedGroup(configuration, resource, resource.child);
    case 'bundle':
      return placesInBundle(configuration, resource);
  }
}

function placesInClonedGroup(
  configuration: Configuration,
  clone: Clone,
  group: Group,
): readonly Place[] {
  return group.members.map((member) => placeOf(configuration, member, [group, clone]));
}

/** `parents`, innermost first. */
function placeOf(
  configuration: Configuration,
  primitive: Primitive,
  parents: readonly (Group | Clone | Bundle)[],
): Place {
  const meta = metaOf(configuration, primitive, {}, parents);
  const clone = parents.find((each) => each.kind === 'clone');
  const bundle = parents.find((each) => each.kind === 'bundle');
  return {
    id: primitive.id,
    agent: primitive.agent,
    primitive,
    group: parents.find((each) => each.kind === 'group'),
    clone,
    bundle,
    replica: undefined,
    container: meta.get('container'),
    meta,
    isUnique: clone === undefined ? bundle === undefined : isUniqueClone(configuration, clone),
    isPromotable: clone?.promotable ?? (bundle !== undefined && isPromotableBundle(bundle)),
    isRemoved: false,
  };
}

function isPromotableBundle({ container, meta }: Bundle): boolean {
  const most = Number(container['promoted-max'] ?? '0');
  return most > 0 || parseBoolean(unpack(meta).get('promotable')) === true;
}

/** Several instances on a node must differ, unless the clone says something else (A1.6). */
export function isUniqueClone(configuration: Configuration, clone: Clone): boolean {
  const meta = metaOf(configuration, clone);
  const inside = clone.child.kind === 'group' ? clone.child.members : [clone.child];
  // Only agents that are told their instance can tell instances apart (A1.7.2).
  if (inside.some(({ agent }) => agent.class !== 'ocf' && agent.class !== 'stonith')) return false;
  const given = parseBoolean(meta.get('globally-unique'));
  return given ?? Number(meta.get('clone-node-max') ?? '1') > 1;
}

/** A guest node's connection is a resource that nobody wrote (A1.9.1). */
function withGuest(place: Place): readonly Place[] {
  const name = place.primitive === undefined ? undefined : place.meta.get('remote-node');
  return name === undefined ? [place] : [place, implied(name, REMOTE, { container: place.id })];
}

function implied(
  id: string,
  agent: AgentName,
  more: Partial<Pick<Place, 'bundle' | 'replica' | 'container'>>,
): Place {
  return {
    id,
    agent,
    primitive: undefined,
    group: undefined,
    clone: undefined,
    bundle: more.bundle,
    replica: more.replica,
    container: more.container,
    meta: new Map(),
    isUnique: true,
    isPromotable: false,
    isRemoved: false,
  };
}

/** Per replica a container, an address and a connection; the service inside (A1.8). */
function placesInBundle(configuration: Configuration, bundle: Bundle): readonly Place[] {
  const places: Place[] = [];
  const { engine, network, child } = bundle;
  const start = network?.attributes['ip-range-start'];
  for (let replica = 0; replica < replicasOf(bundle.container); replica += 1) {
    const container = `${bundle.id}-${engine}-${replica}`;
    const agent = { class: 'ocf', provider: 'heartbeat', type: engine };
    places.push(implied(container, agent, { bundle, replica }));
    if (start !== undefined) {
      const ip = { class: 'ocf', provider: 'heartbeat', type: 'IPaddr2' };
      places.push(implied(`${bundle.id}-ip-${addressAt(start, replica)}`, ip, { bundle, replica }));
    }
    if (child === undefined) continue;
    places.push(implied(`${bundle.id}-${replica}`, REMOTE, { bundle, replica, container }));
  }
  return child === undefined ? places : [...places, placeOf(configuration, child, [bundle])];
}

/** The address `step` after `start`; the last part goes from 254 to 1 of the next. */
export function addressAt(start: string, step: number): string {
  const parts = start.split('.').map(Number);
  const [a = 0, b = 0] = parts;
  let [, , c = 0, d = 0] = parts;
  for (let each = 0; each < step; each += 1) {
    d += 1;
    if (d > 254) [c, d] = [c + 1, 1];
  }
  return [a, b, c, d].join('.');
}

export function removedPlace(id: string, agent: AgentName, container: string | undefined): Place {
  return { ...implied(id, agent, { container }), isRemoved: true };
}
