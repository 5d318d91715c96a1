/** The reading as text, line for line as operators and scripts know it (B8.4, interfaces 4a). */
import type { NodeName } from '@holdfast/base';
import type { HistoryEntry } from '@holdfast/cib';
import type { StatusReading } from './cluster-status.ts';
import { compareNames, type NodeStanding } from './node-standing.ts';
import type {
  BundleReading,
  CloneReading,
  GroupReading,
  InstanceReading,
  PrimitiveReading,
  ResourceReading,
  Standing,
} from './resource-reading.ts';

/** Nodes that need a word each, then lists of the others. */
export function nodeLines({ nodes, resources }: StatusReading): readonly string[] {
  const busy = new Set(resources.flatMap(nodesOf));
  const special: string[] = [];
  const lists = new Map<string, NodeName[]>();
  for (const node of nodes) {
    const word = wordFor(node, busy.has(node.name));
    if (word !== undefined) {
      special.push(`${KINDS[node.kind]}Node ${node.name}: ${word}`);
      continue;
    }
    const title = `${KINDS[node.kind]}${node.isOnline ? 'Online' : 'OFFLINE'}`;
    if (title === 'GuestOFFLINE') continue;
    lists.set(title, [...(lists.get(title) ?? []), node.name]);
  }
  const titles = ['Online', 'OFFLINE', 'RemoteOnline', 'RemoteOFFLINE', 'GuestOnline'];
  const listed = titles.flatMap((title) => {
    const names = lists.get(title) ?? [];
    return names.length === 0 ? [] : [`${title}: [ ${names.join(' ')} ]`];
  });
  return [...special, ...listed];
}

const KINDS: Readonly<Record<NodeStanding['kind'], string>> = {
  member: '',
  remote: 'Remote',
  guest: 'Guest',
};

function wordFor(node: NodeStanding, isBusy: boolean): string | undefined {
  const { isOnline, isPending, isStandby, isMaintenance, standbyWhy } = node;
  if (node.uncleanWhy !== undefined) return `UNCLEAN (${presenceWord(node)})`;
  if (isPending) return 'pending';
  if (isStandby) {
    if (!isOnline) return 'OFFLINE (standby)';
    if (standbyWhy !== undefined) return 'standby (on-fail)';
    return isBusy ? 'standby (with active resources)' : 'standby';
  }
  if (isMaintenance) return isOnline ? 'maintenance' : 'OFFLINE (maintenance)';
  return undefined;
}

function presenceWord({ isOnline, isPending }: NodeStanding): string {
  if (isPending) return 'pending';
  return isOnline ? 'online' : 'offline';
}

function nodesOf(resource: ResourceReading): readonly NodeName[] {
  switch (resource.kind) {
    case 'primitive':
      return resource.instances.map(({ node }) => node);
    case 'group':
      return resource.members.flatMap(nodesOf);
    case 'clone':
      return resource.instances.flatMap(nodesOf);
    case 'bundle':
      return resource.replicas.flatMap(({ primitive }) => nodesOf(primitive));
  }
}

/** Every resource, running or not; two blanks for each level inside. */
export function resourceLines(reading: StatusReading): readonly string[] {
  return reading.resources.flatMap((resource) => linesOf(reading, resource));
}

function linesOf(reading: StatusReading, resource: ResourceReading): readonly string[] {
  switch (resource.kind) {
    case 'primitive':
      return resource.isRemoved && resource.instances.length === 0 ? [] : [primitiveLine(resource)];
    case 'group':
      return groupLines(resource);
    case 'clone':
      return cloneLines(reading, resource);
    case 'bundle':
      return bundleLines(resource);
  }
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}

function agentText({ agent }: PrimitiveReading): string {
  return [agent.class, agent.provider, agent.type].filter((part) => part !== '').join(':');
}

const PENDING_WORDS: Readonly<Record<string, string>> = {
  start: 'Starting',
  stop: 'Stopping',
  promote: 'Promoting',
  demote: 'Demoting',
  migrate_to: 'Migrating',
  migrate_from: 'Migrating',
};

export function primitiveLine(
  primitive: PrimitiveReading,
  name = primitive.id,
  carrier?: NodeName,
): string {
  const { instances, pending } = primitive;
  const [first, ...more] = instances;
  const isRemoved = primitive.isRemoved || instances.some((each) => each.isRemoved);
  const head = `${name}\t(${agentText(primitive)}):\t${isRemoved ? ' ORPHANED' : ''}`;
  const state = stateText(primitive, first);
  const flags = flagsOf(primitive, first);
  const node = first?.node ?? pending?.node ?? carrier;
  const why = first === undefined ? maskedText(primitive) : '';
  if (more.length === 0)
    return `${head} ${state}${node === undefined ? '' : ` ${node}`}${why}${flags}`;
  return `${head} ${state}${flags} [ ${instances.map((each) => each.node).join(' ')} ]`;
}

/** What the agent said that could not even be asked. */
function maskedText({ masked }: PrimitiveReading): string {
  const [entry] = masked.values();
  return entry === undefined ? '' : ` (${exitText(entry)}) `;
}

function exitText({ rc }: HistoryEntry): string {
  return rc === 2 ? 'Invalid parameter' : 'Not installed';
}

function stateText(primitive: PrimitiveReading, first: InstanceReading | undefined): string {
  if (first === undefined) return PENDING_WORDS[primitive.pending?.entry.task ?? ''] ?? 'Stopped';
  const role = shownRole(primitive, first);
  if (primitive.instances.some(({ isFailed }) => isFailed)) {
    return role === 'Promoted' ? 'FAILED Promoted' : 'FAILED';
  }
  return (first.pending && PENDING_WORDS[first.pending.task]) ?? role;
}

function shownRole({ isPromotable }: PrimitiveReading, { role }: InstanceReading): string {
  return role === 'Started' && isPromotable ? 'Unpromoted' : role;
}

function flagsOf(primitive: PrimitiveReading, first: InstanceReading | undefined): string {
  const { instances, isPromotable, targetRole } = primitive;
  const isMonitoring = instances.some(({ pending }) => pending?.task === 'monitor');
  const isHeldBack = targetRole === 'Unpromoted' && isPromotable;
  const flags: readonly (readonly [boolean, string])[] = [
    [first?.isNodeUnclean === true, 'UNCLEAN'],
    [isMonitoring, 'Monitoring'],
    [targetRole === 'Stopped', 'disabled'],
    [isHeldBack, 'target-role:Unpromoted'],
    ...careFlags(primitive, first),
    [primitive.isFailureIgnored, 'failure ignored'],
  ];
  return inBrackets(flags.filter(([isSet]) => isSet).map(([, word]) => word));
}

/** Why the cluster does not take care of it: the first reason only. */
function careFlags(
  { instances, isManaged, isMaintenance }: PrimitiveReading,
  first: InstanceReading | undefined,
): readonly (readonly [boolean, string])[] {
  if (instances.some(({ isBlocked }) => isBlocked)) return [[true, 'blocked']];
  if (isMaintenance || first?.isNodeMaintenance === true) return [[true, 'maintenance']];
  return [[!isManaged || instances.some((each) => !each.isManaged), 'unmanaged']];
}

function inBrackets(flags: readonly string[]): string {
  return flags.length === 0 ? '' : ` (${flags.join(', ')})`;
}

function standingFlags({ isManaged, isMaintenance, targetRole }: Standing): readonly string[] {
  return [
    ...(targetRole === 'Stopped' ? ['disabled'] : []),
    ...(isMaintenance ? ['maintenance'] : isManaged ? [] : ['unmanaged']),
  ];
}

function groupLines(group: GroupReading): readonly string[] {
  return [
    `Resource Group: ${group.id}${inBrackets(standingFlags(group))}:`,
    ...indented(group.members.map((member) => primitiveLine(member))),
  ];
}

function bundleLines(bundle: BundleReading): readonly string[] {
  const set = bundle.replicas.length > 1 ? ' set' : '';
  const flags = [
    ...(bundle.isUnique ? [' (unique)'] : []),
    ...(bundle.isMaintenance ? [' (maintenance)'] : bundle.isManaged ? [] : [' (unmanaged)']),
  ];
  return [
    `Container bundle${set}: ${bundle.id} [${bundle.image}]${flags.join('')}:`,
    ...indented(
      bundle.replicas.map(({ name, address, node, primitive }) =>
        primitiveLine(primitive, address === undefined ? name : `${name} (${address})`, node),
      ),
    ),
  ];
}

type CloneInstance = PrimitiveReading | GroupReading;

function partsOf(instance: CloneInstance): readonly PrimitiveReading[] {
  return instance.kind === 'group' ? instance.members : [instance];
}

/** Instances that run as they should are listed together; the others get lines of their own. */
function cloneLines(reading: StatusReading, clone: CloneReading): readonly string[] {
  const flags = [
    ...(clone.isPromotable ? ['promotable'] : []),
    ...(clone.isUnique ? ['unique'] : []),
    ...standingFlags(clone),
  ];
  const own = clone.instances.filter((instance) => isShownAlone(clone, instance));
  const calm = clone.instances.filter((instance) => !own.includes(instance) && isActive(instance));
  return [
    `Clone Set: ${clone.id} [${clone.childId}]${inBrackets(flags)}:`,
    ...indented(
      own.flatMap((instance) =>
        instance.kind === 'group' ? groupLines(instance) : [primitiveLine(instance)],
      ),
    ),
    ...indented(roleLists(clone, calm)),
    ...indented(clone.isUnique || clone.most <= calm.length ? [] : stoppedLists(reading, clone)),
  ];
}

function isActive(instance: CloneInstance): boolean {
  return partsOf(instance).some(({ instances }) => instances.length > 0);
}

function isShownAlone(clone: CloneReading, instance: CloneInstance): boolean {
  if (clone.isUnique) return true;
  const parts = partsOf(instance);
  const places = parts.flatMap(({ instances }) => instances);
  if (places.length === 0) return false;
  if (parts.some(({ instances }) => instances.length !== 1)) return true;
  const isQuiet = (each: InstanceReading): boolean =>
    !each.isFailed && !each.isRemoved && isCalm(each);
  const isCalm = ({ isManaged, isNodeUnclean, pending }: InstanceReading): boolean =>
    isManaged && !isNodeUnclean && pending === undefined;
  return !places.every(isQuiet) || new Set(places.map(({ node }) => node)).size !== 1;
}

function roleLists(clone: CloneReading, calm: readonly CloneInstance[]): readonly string[] {
  const promoted: NodeName[] = [];
  const others: NodeName[] = [];
  for (const instance of calm) {
    const [place] = partsOf(instance).flatMap(({ instances }) => instances);
    if (place === undefined) continue;
    const isPromoted = partsOf(instance).some((part) =>
      part.instances.some(({ role }) => role === 'Promoted'),
    );
    (isPromoted ? promoted : others).push(place.node);
  }
  const targeted = clone.targetRole === 'Unpromoted' ? ' (target-role)' : '';
  const rest = clone.isPromotable ? `Unpromoted${targeted}` : 'Started';
  return [...listLine('Promoted', promoted), ...listLine(rest, others)];
}

function stoppedLists(reading: StatusReading, clone: CloneReading): readonly string[] {
  const { nodes } = reading;
  const active = new Set(clone.instances.flatMap(nodesOf));
  const masked = new Map(
    clone.instances.flatMap((instance) => partsOf(instance).flatMap((part) => [...part.masked])),
  );
  const lists = new Map<string, NodeName[]>();
  for (const { name } of nodes) {
    const entry = masked.get(name);
    const why = clone.targetRole === 'Stopped' ? 'disabled' : entry && exitText(entry);
    const title = why === undefined ? 'Stopped' : `Stopped (${why})`;
    if (!active.has(name) && mayHold(reading, clone, name)) {
      lists.set(title, [...(lists.get(title) ?? []), name]);
    }
  }
  return [...lists]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([title, names]) => listLine(title, names));
}

function listLine(title: string, names: readonly NodeName[]): readonly string[] {
  if (names.length === 0) return [];
  return [`${title}: [ ${[...names].sort(compareNames).join(' ')} ]`];
}

/** A node inside a bundle exists only for what stands behind the bundle in the configuration. */
function mayHold({ resources }: StatusReading, clone: CloneReading, node: NodeName): boolean {
  const bundle = resources.findIndex(
    (each) => each.kind === 'bundle' && each.replicas.some(({ name }) => name === node),
  );
  return bundle < resources.indexOf(clone);
}
