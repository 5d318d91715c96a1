/** Who is in the cluster, who is clean, and why not (A2.2, A2.3). */
import type { EpochMs, NodeName } from '@holdfast/base';
import {
  booleanProperty,
  type Cib,
  durationProperty,
  everyResource,
  type NodeEntry,
  type NodeState,
  parseBoolean,
  property,
  unpack,
} from '@holdfast/cib';

export type NodeStanding = {
  readonly name: NodeName;
  readonly id: string;
  /** `guest`: a remote node that lives inside a resource. */
  readonly kind: 'member' | 'remote' | 'guest';
  readonly state: NodeState | undefined;
  readonly isOnline: boolean;
  /** On its way in: in the ring, not yet in the cluster. */
  readonly isPending: boolean;
  /** Why it must be fenced before what it ran is recovered; undefined: clean. */
  readonly uncleanWhy: string | undefined;
  /** Nothing is to run on it: an operator said so, or it is pending. */
  readonly isStandby: boolean;
  /** The failure that sent it to standby, where it was no operator. */
  readonly standbyWhy?: string;
  readonly isMaintenance: boolean;
  /** It has asked to leave. */
  readonly isLeaving: boolean;
  readonly isDc: boolean;
  /** Permanent attributes, transient ones over them, and those that begin with `#`. */
  readonly attributes: ReadonlyMap<string, string>;
};

/** What is the same for every node of one reading. */
export type NodeRules = {
  readonly hasFencing: boolean;
  readonly pendingTimeoutMs: number;
  readonly now: EpochMs;
};

export function nodeRules({ configuration }: Cib, now: EpochMs): NodeRules {
  return {
    hasFencing: booleanProperty(configuration, 'stonith-enabled'),
    pendingTimeoutMs: durationProperty(configuration, 'node-pending-timeout'),
    now,
  };
}

/**
 * Every configured node, in natural order of the names. A remote node is online when its connection
 * runs, which only the histories tell: here it is offline, and `findActive` completes it.
 */
export function determineNodes(cib: Cib, now: EpochMs): readonly NodeStanding[] {
  const rules = nodeRules(cib, now);
  const guests = guestNames(cib);
  const entries = [...cib.configuration.nodes, ...implicitNodes(cib, guests)];
  const dc = entries.find(({ id }) => id === cib.root.attributes['dc-uuid'])?.name;
  return entries
    .map((entry) => determineNode(cib, entry, { rules, guests, dc }))
    .sort((a, b) => compareNames(a.name, b.name));
}

function determineNode(
  cib: Cib,
  entry: NodeEntry,
  {
    rules,
    guests,
    dc,
  }: { rules: NodeRules; guests: ReadonlySet<string>; dc: NodeName | undefined },
): NodeStanding {
  const { id, name } = entry;
  const state =
    cib.status.nodes.find((each) => each.id === id) ??
    cib.status.nodes.find((each) => each.name.toLowerCase() === name.toLowerCase());
  const kind = guests.has(name) ? 'guest' : entry.kind === 'remote' ? 'remote' : 'member';
  const attributes = attributesOf(cib, entry, state, { kind, isDc: dc === name });
  const isOn = (key: string): boolean => parseBoolean(attributes.get(key)) ?? false;
  const shutdown = attributes.get('shutdown') ?? '0';
  const presence =
    kind === 'member'
      ? presenceOf(cib, { state, attributes, isLeaving: shutdown !== '0' }, rules)
      : OFFLINE;
  return {
    name,
    id,
    kind,
    state,
    ...presence,
    isStandby: presence.isPending || (state !== undefined && isOn('standby')),
    isMaintenance: state !== undefined && isOn('maintenance'),
    isLeaving: state !== undefined && shutdown !== '0',
    isDc: dc === name,
    attributes,
  };
}

export type Presence = Pick<NodeStanding, 'isOnline' | 'isPending' | 'uncleanWhy'>;

const OFFLINE: Presence = { isOnline: false, isPending: false, uncleanWhy: undefined };
const ONLINE: Presence = { ...OFFLINE, isOnline: true };

type Evidence = {
  readonly state: NodeState | undefined;
  readonly attributes: ReadonlyMap<string, string>;
  readonly isLeaving: boolean;
};

function presenceOf(cib: Cib, evidence: Evidence, rules: NodeRules): Presence {
  const { state } = evidence;
  if (state === undefined) {
    const isFeared = rules.hasFencing && booleanProperty(cib.configuration, 'startup-fencing');
    return isFeared ? { ...OFFLINE, uncleanWhy: 'node has not been seen' } : OFFLINE;
  }
  const presence = rules.hasFencing
    ? withFencing(state, evidence, rules)
    : withoutFencing(state, evidence);
  const policy = property(cib.configuration, 'no-quorum-policy')?.toLowerCase();
  const isSelfFencing = rules.hasFencing && (policy === 'fence' || policy === 'suicide');
  if (presence.isOnline && !cib.quorate && isSelfFencing && hasPanicked(cib)) {
    return { ...presence, uncleanWhy: 'cluster does not have quorum' };
  }
  return presence;
}

/** `suicide` and `fence` hold only once the cluster has had quorum (A1.3.1). */
function hasPanicked({ root }: Cib): boolean {
  return Number(root.attributes['no-quorum-panic'] ?? '0') !== 0;
}

/** A2.2.4. */
function withoutFencing(state: NodeState, { isLeaving }: Evidence): Presence {
  if (state.inCluster !== true) return OFFLINE;
  if (state.daemonOnline === true) return isJoined(state) ? ONLINE : OFFLINE;
  const isExpected = !isLeaving && state.expected === 'member';
  return isExpected ? { ...OFFLINE, uncleanWhy: 'peer is unexpectedly down' } : OFFLINE;
}

/** A2.2.5, in its order. */
function withFencing(state: NodeState, evidence: Evidence, rules: NodeRules): Presence {
  const isPeer = state.daemonOnline === true;
  if (evidence.isLeaving) return { ...OFFLINE, isOnline: isPeer };
  if (state.inCluster === undefined) {
    return { ...OFFLINE, uncleanWhy: 'peer has not been seen by the cluster' };
  }
  const isMember = state.inCluster;
  const isGone = !isMember && !isPeer && state.join?.toLowerCase() === 'down';
  const isDoomed = state.join !== 'banned' && isTerminating(evidence.attributes);
  if (isDoomed && isGone) return OFFLINE;
  const fault = isDoomed ? 'fencing was requested' : faultOf(state, rules);
  const isPending = fault === undefined && isArriving(state);
  return { isOnline: isMember, isPending, uncleanWhy: fault };
}

function isTerminating(attributes: ReadonlyMap<string, string>): boolean {
  const terminate = attributes.get('terminate');
  return parseBoolean(terminate) ?? Number(terminate ?? '0') > 0;
}

function isJoined({ join }: NodeState): boolean {
  return join?.toLowerCase() === 'member';
}

/** Neither agreed to be here, nor quite away. */
function isUninvited({ expected }: NodeState): boolean {
  return expected === undefined || expected === 'down';
}

function isArriving(state: NodeState): boolean {
  if (isUninvited(state)) return state.inCluster === true || state.daemonOnline === true;
  return !isJoined(state);
}

function faultOf(state: NodeState, rules: NodeRules): string | undefined {
  if (state.join === 'banned') return 'peer failed Pacemaker membership criteria';
  if (isUninvited(state)) {
    return isOverdue(state, rules)
      ? 'peer pending timed out on joining the process group'
      : undefined;
  }
  if (state.inCluster !== true) return 'peer is no longer part of the cluster';
  if (state.daemonOnline !== true) return 'peer process is no longer available';
  const isKnown = isJoined(state) || state.join === 'pending' || state.join === 'down';
  return isKnown ? undefined : 'peer was in an unknown state';
}

/** In the ring for too long, and not yet in the cluster. */
function isOverdue(
  { daemonOnline, inClusterSince = 0 }: NodeState,
  { pendingTimeoutMs, now }: NodeRules,
): boolean {
  if (daemonOnline === true || pendingTimeoutMs <= 0 || inClusterSince <= 0) return false;
  return now >= inClusterSince * 1000 + pendingTimeoutMs;
}

function attributesOf(
  cib: Cib,
  entry: NodeEntry,
  state: NodeState | undefined,
  { kind, isDc }: { readonly kind: NodeStanding['kind']; readonly isDc: boolean },
): ReadonlyMap<string, string> {
  const cluster = property(cib.configuration, 'cluster-name');
  const attributes = new Map<string, string>([
    ['#uname', entry.name],
    ['#id', entry.id],
    ['#is_dc', String(isDc)],
    ['#kind', { member: 'cluster', remote: 'remote', guest: 'container' }[kind]],
  ]);
  if (cluster !== undefined) attributes.set('#cluster-name', cluster);
  for (const [name, value] of unpack(entry.attributes)) {
    if (!attributes.has(name)) attributes.set(name, value);
  }
  const site = attributes.get('site-name') ?? cluster;
  if (site !== undefined && !attributes.has('#site-name')) attributes.set('#site-name', site);
  for (const [name, value] of Object.entries(state?.transientAttributes ?? {})) {
    attributes.set(name, value);
  }
  return attributes;
}

/** Names of nodes that are carried by a resource: guests, and the nodes inside bundles. */
function guestNames({ configuration }: Cib): ReadonlySet<string> {
  const names = new Set<string>();
  for (const resource of everyResource(configuration.resources)) {
    if (resource.kind === 'primitive') {
      const name = unpack(resource.meta).get('remote-node');
      if (name !== undefined) names.add(name);
    }
    if (resource.kind !== 'bundle' || resource.child === undefined) continue;
    for (let index = 0; index < replicasOf(resource.container); index += 1) {
      names.add(`${resource.id}-${index}`);
    }
  }
  return names;
}

export function replicasOf(container: Readonly<Record<string, string>>): number {
  const promoted = Number(container['promoted-max'] ?? '0');
  return Math.max(1, Number(container['replicas'] ?? (promoted > 0 ? promoted : 1)) || 1);
}

/** Nodes that exist because a resource connects to them, entry or not (A1.9.1). */
function implicitNodes({ configuration }: Cib, guests: ReadonlySet<string>): readonly NodeEntry[] {
  const known = new Set<string>(configuration.nodes.map(({ name }) => name));
  const names = new Set<string>(guests);
  for (const resource of configuration.resources) {
    if (resource.kind !== 'primitive') continue;
    const { provider, type } = resource.agent;
    if (provider === 'pacemaker' && type === 'remote') names.add(resource.id);
  }
  return [...names]
    .filter((name) => !known.has(name))
    .map((name) => ({
      id: name,
      name: name as NodeName,
      kind: 'remote',
      attributes: [],
      utilization: [],
    }));
}

/** Natural order: digits by their number, the rest without regard to case (A0.10). */
export function compareNames(a: string, b: string): number {
  const parts = (text: string): readonly string[] => text.toLowerCase().match(/\d+|\D/g) ?? [];
  const [left, right] = [parts(a), parts(b)];
  for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
    const [one = '', other = ''] = [left[index], right[index]];
    const areNumbers = /^\d/.test(one) && /^\d/.test(other);
    const difference = areNumbers ? Number(one) - Number(other) || one.length - other.length : 0;
    if (difference !== 0) return difference;
    if (one !== other) return one < other ? -1 : 1;
  }
  return left.length - right.length;
}
