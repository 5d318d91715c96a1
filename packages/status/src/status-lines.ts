/** The reading as text, line for line as operators and scripts know it (B8.4, interfaces 4a). */
import type { NodeName } from '@holdfast/base';
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
  const { isOnline, isPending, isStandby, isMaintenance, uncleanWhy, standbyWhy } = node;
  if (uncleanWhy !== undefined) {
    return `UNCLEAN (${isPending ? 'pending' : isOnline ? 'online' : 'offline'})`;
  }
  if (isPending) return 'pending';
  if (isStandby && isOnline && standbyWhy !== undefined) return 'standby (on-fail)';
  if (isStandby) {
    if (!isOnline) return 'OFFLINE (standby)';
    return isBusy ? 'standby (with active resources)' : 'standby';
  }
  if (isMaintenance) return isOnline ? 'maintenance' : 'OFFLINE (maintenance)';
  return undefined;
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

export function primitiveLine(primitive: PrimitiveReading, name = primitive.id): string {
  const { instances, isRemoved } = primitive;
  const [first, ...more] = instances;
  const head = `${name}\t(${agentText(primitive)}):\t${isRemoved ? ' ORPHANED' : ''}`;
  const state = stateText(primitive, first);
  const flags = flagsOf(primitive, first);
  if (first === undefined) return `${head} ${state}${flags}`;
  if (more.length === 0) return `${head} ${state} ${first.node}${flags}`;
  return `${head} ${state}${flags} [ ${instances.map(({ node }) => node).join(' ')} ]`;
}

function stateText(primitive: PrimitiveReading, first: InstanceReading | undefined): string {
  if (first === undefined) return 'Stopped';
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
  const { isPromotable, targetRole, instances } = primitive;
  const isMaintenance = primitive.isMaintenance || first?.isNodeMaintenance === true;
  const isManaged = primitive.isManaged && instances.every((each) => each.isManaged);
  const isMonitoring = first?.pending?.task === 'monitor' && !first.isFailed;
  const flags = [
    ...(first?.isNodeUnclean === true ? ['UNCLEAN'] : []),
    ...(isMonitoring ? ['Monitoring'] : []),
    ...(targetRole === 'Stopped' ? ['disabled'] : []),
    ...(targetRole === 'Unpromoted' && isPromotable ? ['target-role:Unpromoted'] : []),
    ...(instances.some(({ isBlocked }) => isBlocked)
      ? ['blocked']
      : isMaintenance
        ? ['maintenance']
        : isManaged
          ? []
          : ['unmanaged']),
  ];
  return inBrackets(flags);
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
      bundle.replicas.map(({ name, address, primitive }) =>
        primitiveLine(primitive, address === undefined ? name : `${name} (${address})`),
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
    ...indented(clone.isUnique ? [] : stoppedLists(reading, clone)),
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
  const isQuiet = ({ isFailed, isManaged, isNodeUnclean, pending }: InstanceReading): boolean =>
    !isFailed && isManaged && !isNodeUnclean && pending === undefined;
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

function stoppedLists({ nodes }: StatusReading, clone: CloneReading): readonly string[] {
  const active = new Set(clone.instances.flatMap(nodesOf));
  if (clone.most <= active.size) return [];
  const idle = nodes.filter(({ name }) => !active.has(name)).map(({ name }) => name);
  return listLine(clone.targetRole === 'Stopped' ? 'Stopped (disabled)' : 'Stopped', idle);
}

function listLine(title: string, names: readonly NodeName[]): readonly string[] {
  if (names.length === 0) return [];
  return [`${title}: [ ${[...names].sort(compareNames).join(' ')} ]`];
}
