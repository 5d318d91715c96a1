/** Where every resource is active, in which role, and what that says of the nodes (A2.1, A2.6, A2.8). */
import { type EpochMs, epochMs, type NodeName } from '@holdfast/base';
import {
  booleanProperty,
  type Cib,
  everyResource,
  type HistoryEntry,
  metaOf,
  type NodeState,
  type ResourceHistory,
  type Role,
} from '@holdfast/cib';
import { type HistoryReading, inOrder, readHistory } from './history.ts';
import { determineNodes, nodeRules, type NodeStanding } from './node-standing.ts';
import { type Place, readPlaces, removedPlace } from './places.ts';
import { type Cluster, isManaged, surroundingsOf } from './surroundings.ts';

/** One primitive on one node. */
export type Instance = {
  readonly place: Place;
  /** Which instance of a clone or bundle; undefined outside of them. */
  readonly number: number | undefined;
  readonly node: NodeName;
  readonly role: Exclude<Role, 'Stopped'>;
  /** A failure that was not made good. */
  readonly isFailed: boolean;
  /** One more than there should be, or of what is no longer configured. */
  readonly isRemoved: boolean;
  readonly isBlocked: boolean;
  readonly isManaged: boolean;
  readonly reading: HistoryReading;
};

/** What histories say of a resource where it is not active. */
export type Trace = {
  readonly place: Place;
  readonly node: NodeName;
  readonly reading: HistoryReading;
};

export type ActiveReading = {
  readonly nodes: readonly NodeStanding[];
  readonly places: ReadonlyMap<string, Place>;
  readonly instances: readonly Instance[];
  readonly traces: readonly Trace[];
};

type Draft = {
  readonly cluster: Cluster;
  readonly places: Map<string, Place>;
  readonly nodes: Map<NodeName, NodeStanding>;
  readonly instances: Instance[];
  readonly traces: Trace[];
};

/** `nodes` as `determineNodes` gives them; here remote ones are completed, and failures reach their node. */
export function findActive(cib: Cib, now: EpochMs): ActiveReading {
  const { configuration, status } = cib;
  const resources = [...everyResource(configuration.resources)];
  const hasDevice =
    resources.some((each) => each.kind === 'primitive' && each.agent.class === 'stonith') ||
    booleanProperty(configuration, 'have-watchdog');
  const nodes = determineNodes(cib, now);
  const draft: Draft = {
    cluster: { cib, now, hasFencing: nodeRules(cib, now).hasFencing, hasDevice },
    places: new Map(readPlaces(configuration)),
    nodes: new Map(nodes.map((node) => [node.name, node])),
    instances: [],
    traces: [],
  };
  readAll(draft, status.nodes.length);
  return {
    nodes: [...draft.nodes.values()],
    places: draft.places,
    instances: draft.instances,
    traces: draft.traces,
  };
}

/** In passes: a remote node's history counts once its connection was found running (A2.1). */
function readAll(draft: Draft, passesMax: number): void {
  const left = new Map(
    draft.cluster.cib.status.nodes.map((state) => [state, standingOf(draft, state.id, state.name)]),
  );
  for (let pass = 0; pass <= passesMax && readPass(draft, left); pass += 1);
  for (const name of [...draft.nodes.keys()]) completed(draft, name);
  if (!draft.cluster.hasFencing) return;
  for (const [state, name] of left) {
    if (name === undefined) continue;
    for (const history of state.history) readOne(draft, name, history);
  }
}

/** Reads, and takes out of `left`, every node that can be read by now; false where there is none. */
function readPass(draft: Draft, left: Map<NodeState, NodeName | undefined>): boolean {
  const before = left.size;
  for (const [state, name] of left) {
    const node = name === undefined ? undefined : completed(draft, name);
    if (node === undefined || !isReadable(draft, node)) continue;
    left.delete(state);
    for (const history of state.history) readOne(draft, node.name, history);
  }
  return left.size < before;
}

function standingOf(draft: Draft, id: string, name: NodeName): NodeName | undefined {
  for (const node of draft.nodes.values()) if (node.id === id) return node.name;
  return draft.nodes.has(name) ? name : undefined;
}

function isReadable({ cluster }: Draft, node: NodeStanding): boolean {
  return node.kind === 'member' ? node.isOnline || cluster.hasFencing : node.isOnline;
}

/** A remote node as its connection shows it (A2.5). */
function completed(draft: Draft, name: NodeName): NodeStanding | undefined {
  const node = draft.nodes.get(name);
  if (node === undefined || node.kind === 'member') return node;
  const connection = draft.instances.find(({ place }) => place.id === name);
  const next: NodeStanding = {
    ...node,
    isOnline: connection !== undefined && !connection.isFailed && isCarried(draft, connection),
    isMaintenance: node.isMaintenance || connection?.isManaged === false,
  };
  draft.nodes.set(name, next);
  return next;
}

/** Is the guest's container sound, and not lost with its node? Others need none. */
function isCarried(draft: Draft, { place, node }: Instance): boolean {
  if (place.container === undefined) return true;
  const carrier = draft.instances.find((each) => each.place.id === place.container);
  const host = draft.nodes.get(node);
  const isLost = host?.isOnline === false && host.uncleanWhy !== undefined;
  return carrier !== undefined && !carrier.isFailed && !isLost;
}

function readOne(draft: Draft, name: NodeName, history: ResourceHistory): void {
  const node = draft.nodes.get(name);
  if (node === undefined || history.ops.length === 0) return;
  const { place, suffix } = placeOf(draft, history);
  const around = surroundingsOf(draft.cluster, place, node);
  const reading = readMigration(draft, node, history, readHistory(history.ops, around));
  if (reading.role === 'Unknown' || reading.role === 'Stopped') {
    draft.traces.push({ place, node: name, reading });
    return;
  }
  const number = numberOf(draft, place, suffix, name);
  const instance: Instance = {
    place,
    number,
    node: name,
    role: reading.role,
    reading,
    isRemoved: place.isRemoved || (number ?? 0) >= instancesMax(draft, place),
    ...careOf(draft, node, place, reading),
  };
  draft.instances.push(instance);
  draft.nodes.set(name, blame(draft, node, instance));
  blockMultiple(draft, place);
}

/** Has it failed, and may the cluster do anything about it? On a node to be fenced all that waits. */
function careOf(
  draft: Draft,
  node: NodeStanding,
  place: Place,
  reading: HistoryReading,
): Pick<Instance, 'isFailed' | 'isBlocked' | 'isManaged'> {
  const { configuration } = draft.cluster.cib;
  const isUnclean = node.uncleanWhy !== undefined;
  const isLost = node.kind === 'guest' && !node.isOnline;
  const isBlocked = reading.isBlocked || (reading.onFail === 'block' && !isUnclean);
  const isKept = place.isRemoved && !booleanProperty(configuration, 'stop-removed-resources');
  const isConfigured = isManaged(configuration, place) && !isKept;
  return {
    isFailed: isLost || (reading.onFail !== 'ignore' && !isUnclean),
    isBlocked,
    isManaged: isConfigured && !node.isMaintenance && !isBlocked,
  };
}

/** How many instances a clone may have; without a limit where there is no anonymous clone. */
function instancesMax({ cluster, nodes }: Draft, { clone, isUnique }: Place): number {
  if (clone === undefined || isUnique) return Number.POSITIVE_INFINITY;
  const given = metaOf(cluster.cib.configuration, clone).get('clone-max');
  return given === undefined
    ? Math.max(1, nodes.size)
    : Math.max(0, Number.parseInt(given, 10) || 0);
}

/** What runs on two nodes and may not be repaired is left alone everywhere (A2.9). */
function blockMultiple(draft: Draft, place: Place): void {
  if (place.clone !== undefined || place.meta.get('multiple-active') !== 'block') return;
  const same = draft.instances.filter((each) => each.place === place);
  if (same.length < 2) return;
  const all = draft.instances.map((each) =>
    each.place === place ? { ...each, isBlocked: true, isManaged: false } : each,
  );
  draft.instances.splice(0, all.length, ...all);
}

/** A failure may mean that the node must be fenced, or rested. */
function blame(
  draft: Draft,
  node: NodeStanding,
  { place, reading, isManaged }: Instance,
): NodeStanding {
  const { hasFencing } = draft.cluster;
  if (node.uncleanWhy !== undefined || node.kind === 'guest') return node;
  if (!node.isOnline && !node.isMaintenance && isManaged && hasFencing) {
    return { ...node, uncleanWhy: `${place.id} is thought to be active there` };
  }
  if (reading.onFail === 'fence') return { ...node, uncleanWhy: `${place.id} failed there` };
  return reading.onFail === 'standby'
    ? { ...node, isStandby: true, standbyWhy: `${place.id} failed there` }
    : node;
}

/** `web:1` is instance 1 of a unique clone, or some instance of an anonymous one. */
function placeOf(
  draft: Draft,
  { resource, agent, container }: ResourceHistory,
): { readonly place: Place; readonly suffix: number | undefined } {
  const exact = draft.places.get(resource);
  if (exact !== undefined) return { place: exact, suffix: undefined };
  const match = /^(.+):(\d+)$/.exec(resource);
  const base = match === null ? undefined : draft.places.get(match[1] ?? '');
  if (base?.clone !== undefined) return { place: base, suffix: Number(match?.[2] ?? '0') };
  const removed = removedPlace(resource, agent, container);
  draft.places.set(resource, removed);
  return { place: removed, suffix: undefined };
}

/**
 * Which instance it is. Instances of an anonymous clone have no names: the one that is on this node
 * already, else the first that is nowhere (A2.8.2).
 */
function numberOf(
  draft: Draft,
  place: Place,
  suffix: number | undefined,
  node: NodeName,
): number | undefined {
  if (place.bundle !== undefined) {
    return place.replica ?? Number(/-(\d+)$/.exec(node)?.[1] ?? '0');
  }
  const { clone } = place;
  if (clone === undefined) return undefined;
  if (place.isUnique) return suffix ?? 0;
  const siblings = draft.instances.filter((each) => each.place.clone === clone);
  const here = siblings.filter((each) => each.node === node);
  const own = here.find((each) => !here.some((other) => isSame(other, each, place)));
  if (own !== undefined) return own.number;
  const taken = new Set(siblings.map(({ number }) => number));
  const isTwin = here.some((each) => each.place === place);
  let free = isTwin ? instancesMax(draft, place) : 0;
  while (taken.has(free)) free += 1;
  return free;
}

/** Is the member of that instance this very place? Then it is taken. */
function isSame(other: Instance, each: Instance, place: Place): boolean {
  return other.number === each.number && other.place === place;
}

/** A live migration that ended well on the other node leaves nothing here (A2.7.12). */
function readMigration(
  draft: Draft,
  node: NodeStanding,
  history: ResourceHistory,
  reading: HistoryReading,
): HistoryReading {
  const to = reading.migration;
  if (to === undefined || to.migrateSource !== node.name || to.migrateTarget === undefined) {
    return reading;
  }
  const from = draft.cluster.cib.status.nodes
    .filter(({ name }) => name === to.migrateTarget)
    .flatMap((state) => state.history.filter(({ resource }) => resource === history.resource))
    .flatMap(({ ops }) => ops)
    .filter((op) => op.task === 'migrate_from' && op.migrateSource === node.name);
  const [only] = from;
  const isLast = isNewest(history.ops, to);
  if (from.length !== 1 || only?.rc !== 0 || only.opStatus !== 0 || !isLast) return reading;
  return { ...reading, role: 'Stopped' };
}

function isNewest(ops: readonly HistoryEntry[], entry: HistoryEntry): boolean {
  const changing = inOrder(ops).filter(({ task }) => task !== 'monitor');
  return changing.at(-1) === entry;
}

/** Now, for a CIB that carries the time it was decided at (`execution-date`, in seconds). */
export function momentOf(cib: Cib, now: EpochMs): EpochMs {
  const given = Number(cib.root.attributes['execution-date'] ?? Number.NaN);
  return Number.isFinite(given) ? epochMs(given * 1000) : now;
}
