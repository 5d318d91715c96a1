/** Fencing that will not be there when it is needed, or that shoots both: said before it happens. */
import type { NodeName } from '@holdfast/base';
import type { CibFault } from './fault.ts';
import { readDuration } from './literals.ts';
import type { Configuration, FencingLevel, Primitive } from './model.ts';
import { unpack } from './unpack.ts';
import { booleanProperty, durationProperty, instanceOf } from './values.ts';

/** What a live cluster knows beyond its configuration; needed to see what shares a fate. */
export type Surroundings = {
  /** Every address the ring runs on, as written. */
  readonly ringAddresses: readonly string[];
};

export function checkFencing(
  configuration: Configuration,
  primitives: readonly Primitive[],
): readonly CibFault[] {
  if (!booleanProperty(configuration, 'stonith-enabled')) {
    const what =
      'a lost node is recovered from without proof that it is off: shared data can be destroyed';
    const place = { element: 'cib-bootstrap-options', attribute: 'stonith-enabled' };
    return [{ ...place, severity: 'warning', value: 'false', what }];
  }
  const devices = primitives.filter(({ agent }) => agent.class === 'stonith');
  if (devices.length > 0)
    return [...checkWatchdog(configuration, devices), ...checkDelays(configuration, devices)];
  const watchdog = checkWatchdog(configuration, devices);
  if (watchdog.length > 0) return watchdog;
  const hasWatchdog =
    booleanProperty(configuration, 'have-watchdog') || writtenWatchdog(configuration) !== undefined;
  if (primitives.length === 0 || hasWatchdog) return [];
  const what =
    'fencing is on, but there is no fence device: nothing is recovered from a lost node, and nothing starts; add one (crm configure primitive … stonith:…)';
  return [onResources('error', what)];
}

function onResources(severity: CibFault['severity'], what: string): CibFault {
  return { severity, element: 'resources', attribute: '', value: '', what };
}

function membersOf({ nodes }: Configuration): readonly NodeName[] {
  return nodes.filter(({ kind }) => kind === 'member').map(({ name }) => name);
}

/** `stonith-watchdog-timeout` where it asks for watchdog fencing: a time, or a minus sign. */
function writtenWatchdog({ properties }: Configuration): string | undefined {
  const values = unpack(properties);
  const written = (
    values.get('stonith-watchdog-timeout') ?? values.get('fencing-watchdog-timeout')
  )?.trim();
  if (written === undefined) return undefined;
  return written.startsWith('-') || (readDuration(written) ?? 0) > 0 ? written : undefined;
}

const WITH_DISK = /sbd/i;

/** In a pair both halves keep their quorum, so that no watchdog fires: its silence proves nothing. */
function checkWatchdog(
  configuration: Configuration,
  devices: readonly Primitive[],
): readonly CibFault[] {
  const written = writtenWatchdog(configuration);
  const isPair = membersOf(configuration).length === 2;
  if (written === undefined || !isPair) return [];
  if (devices.some(({ agent }) => WITH_DISK.test(agent.type))) return [];
  const rest = devices.length === 0 ? 'nothing is ever proven off' : 'only the fence devices count';
  const what = `a watchdog without a shared disk proves nothing in a cluster of two, since both halves of a cut go on; it is not used, ${rest}; add a third vote or a disk`;
  const severity = devices.length === 0 ? 'error' : 'warning';
  const attribute = 'stonith-watchdog-timeout';
  return [{ severity, element: 'cib-bootstrap-options', attribute, value: written, what }];
}

/** How long a device waits at least and at most, in ms. */
type Wait = { readonly leastMs: number; readonly mostMs: number };

/** Two nodes that lose sight of each other shoot at once, and both go down. */
function checkDelays(
  configuration: Configuration,
  devices: readonly Primitive[],
): readonly CibFault[] {
  const [one, two] = pairOf(configuration);
  if (one === undefined || two === undefined) return [];
  if (durationProperty(configuration, 'priority-fencing-delay') > 0) return [];
  const first = waitBefore(configuration, devices, one);
  const second = waitBefore(configuration, devices, two);
  if (first === undefined || second === undefined) return checkAnyDelay(devices);
  if (first.leastMs > second.mostMs || second.leastMs > first.mostMs) return [];
  const isPlain = first.mostMs === 0 && second.mostMs === 0;
  if (!isPlain) return [onResources('warning', overlap(one, two, first, second))];
  return devices.length > 1 || isSharedDevice(devices, one, two) ? [noDelay()] : [];
}

function overlap(...[one, two, first, second]: readonly [NodeName, NodeName, Wait, Wait]): string {
  return first.leastMs === second.leastMs && first.mostMs === second.mostMs
    ? `equal delays protect nobody: when the link is cut, ${one} and ${two} may shoot each other; give the device that fences the more important node a longer pcmk_delay_base`
    : `the delays before ${one} and before ${two} are shot overlap: by chance both may shoot each other; make the pcmk_delay_base of one longer than all of the other's`;
}

/** Both nodes of a cluster of two; empty for any other. */
function pairOf(configuration: Configuration): readonly NodeName[] {
  const members = membersOf(configuration);
  return members.length === 2 ? members : [];
}

function isSharedDevice(devices: readonly Primitive[], one: NodeName, two: NodeName): boolean {
  return devices.some((device) => listed(device, one) === true && listed(device, two) === true);
}

function noDelay(): CibFault {
  const what =
    'no fence device has a delay: when the link is cut, both nodes may shoot each other; give the device that fences the more important node pcmk_delay_base';
  return onResources('warning', what);
}

/** Where it is not known who fences whom, at least some delay should be there. */
function checkAnyDelay(devices: readonly Primitive[]): readonly CibFault[] {
  const hasDelay = devices.some((device) => {
    const parameters = instanceOf(device);
    return ['delay', 'pcmk_delay_base', 'pcmk_delay_max'].some((name) =>
      isDelay(parameters.get(name)),
    );
  });
  return hasDelay || devices.length < 2 ? [] : [noDelay()];
}

/** `5s`, or a list for each node: `haone:5s;hatwo:0`. */
function isDelay(text: string | undefined): boolean {
  if (text === undefined) return false;
  return text.split(/[;,\s]+/).some((part) => (readDuration(part.replace(/^[^:]*:/, '')) ?? 0) > 0);
}

/** The wait of the first level that fences the node; undefined: it is not known which that is. */
function waitBefore(
  configuration: Configuration,
  devices: readonly Primitive[],
  node: NodeName,
): Wait | undefined {
  const [level] = levelsOf(configuration, node);
  const chosen =
    level === undefined
      ? [...devices]
          .sort((a, b) => (a.id < b.id ? -1 : 1))
          .filter((each) => listed(each, node) !== false)
      : level.devices.flatMap((id) => devices.find((each) => each.id === id) ?? []);
  const first = level === undefined ? chosen.slice(0, 1) : chosen;
  if (first.length === 0) return undefined;
  if (level === undefined && first.some((each) => listed(each, node) === undefined))
    return undefined;
  return first.reduce<Wait>((sum, device) => addWait(sum, device, node), {
    leastMs: 0,
    mostMs: 0,
  });
}

function addWait(sum: Wait, device: Primitive, node: NodeName): Wait {
  const parameters = instanceOf(device);
  const own = readDuration(parameters.get('delay')) ?? 0;
  const text = parameters.get('pcmk_delay_base') ?? '0';
  const base = readDuration(text) ?? readDuration(mapped(text).get(node)) ?? 0;
  const most = readDuration(parameters.get('pcmk_delay_max')) ?? 0;
  const least = most > 0 ? Math.min(base, most) : base;
  return {
    leastMs: sum.leastMs + own + least,
    mostMs: sum.mostMs + own + (most > 0 ? most : base),
  };
}

function levelsOf(configuration: Configuration, node: NodeName): readonly FencingLevel[] {
  return configuration.fencingLevels
    .filter(({ target }) => isTarget(configuration, target, node))
    .sort((a, b) => a.index - b.index);
}

function isTarget(
  { nodes }: Configuration,
  target: FencingLevel['target'],
  node: NodeName,
): boolean {
  switch (target.kind) {
    case 'name':
      return target.name === node;
    case 'pattern':
      return matches(target.pattern, node);
    case 'attribute': {
      const entry = nodes.find(({ name }) => name === node);
      return entry !== undefined && unpack(entry.attributes).get(target.attribute) === target.value;
    }
  }
}

function matches(pattern: string, name: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`).test(name);
  } catch {
    return false;
  }
}

function mapped(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split(/[;\s]+/).flatMap((part): [string, string][] => {
      const at = part.search(/[:=]/);
      return at > 0 ? [[part.slice(0, at), part.slice(at + 1)]] : [];
    }),
  );
}

/** Does the configuration say that the device fences the node? Undefined: the device must be asked. */
function listed(device: Primitive, node: NodeName): boolean | undefined {
  const parameters = instanceOf(device);
  const check = parameters.get('pcmk_host_check');
  const map = mapped(parameters.get('pcmk_host_map') ?? '');
  const list = (parameters.get('pcmk_host_list') ?? '').split(/[\s,;]+/).filter(Boolean);
  if (check === 'none') return true;
  if (check !== undefined && check !== 'static-list') return undefined;
  if (map.size === 0 && list.length === 0) return undefined;
  return map.has(node) || list.includes(node);
}

/** What only a live cluster can be told: a second way to fence, and what fails together. */
export function checkSurroundings(
  configuration: Configuration,
  primitives: readonly Primitive[],
  { ringAddresses }: Surroundings,
): readonly CibFault[] {
  if (!booleanProperty(configuration, 'stonith-enabled')) return [];
  const devices = primitives.filter(({ agent }) => agent.class === 'stonith');
  return [
    ...devices.flatMap((device) => checkNetwork(device, ringAddresses)),
    ...devices.flatMap(checkNames),
    ...membersOf(configuration).flatMap((node) => checkSecond(configuration, devices, node)),
  ];
}

const ADDRESSES = ['ip', 'ipaddr', 'ipaddress', 'address', 'hostname'];

/** The switch that parts the nodes must not be the one that fencing goes over. */
function checkNetwork(device: Primitive, ringAddresses: readonly string[]): readonly CibFault[] {
  const parameters = instanceOf(device);
  return ADDRESSES.flatMap((attribute): readonly CibFault[] => {
    const value = parameters.get(attribute);
    const network = networkOf(value);
    if (value === undefined || network === undefined) return [];
    const shared = ringAddresses.find((each) => networkOf(each) === network);
    if (shared === undefined) return [];
    const what = `the device is on the ring's own network (${shared}): when that fails, nodes part and cannot be fenced either; give it a network of its own, or the ring a second link`;
    return [{ severity: 'warning', element: device.id, attribute, value, what }];
  });
}

/** The first 24 bits of an IPv4 address, the first 64 of an IPv6 one: as networks are mostly cut. */
function networkOf(address: string | undefined): string | undefined {
  const four = /^(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}$/.exec(address ?? '');
  if (four !== null) return four[1];
  if (address?.includes(':') !== true) return undefined;
  const [head = '', tail] = address.toLowerCase().replace(/%.*$/, '').split('::');
  const left = head.split(':').filter(Boolean);
  const right = (tail ?? '').split(':').filter(Boolean);
  const gap =
    tail === undefined ? [] : Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0');
  return [...left, ...gap, ...right]
    .slice(0, 4)
    .map((part) => part.replace(/^0+(?=.)/, ''))
    .join(':');
}

/** A device that switches one machine and names nobody would vouch for every node. */
function checkNames(device: Primitive): readonly CibFault[] {
  const parameters = instanceOf(device);
  const names = ['pcmk_host_list', 'pcmk_host_map', 'pcmk_host_check'];
  if (names.some((name) => parameters.has(name)) || WITH_DISK.test(device.agent.type)) return [];
  const what =
    'it names no node (pcmk_host_list, pcmk_host_map): it is asked for a list, and without one it is taken to fence every node, also with the outlet of another';
  return [{ severity: 'warning', element: device.id, attribute: '', value: '', what }];
}

/** One device is one cable, one login, one power supply away from a cluster that cannot recover. */
function checkSecond(
  configuration: Configuration,
  devices: readonly Primitive[],
  node: NodeName,
): readonly CibFault[] {
  const levels = levelsOf(configuration, node);
  const ways =
    levels.length > 0
      ? levels.length
      : devices.filter((device) => listed(device, node) !== false).length;
  if (devices.length === 0 || ways > 1) return [];
  const only =
    levels[0]?.devices.join(' and ') ??
    devices.find((device) => listed(device, node) !== false)?.id;
  const what =
    only === undefined
      ? `no fence device fences it: when it is lost, what it ran is not recovered`
      : `${only} is the only way to fence it: when that fails too, nothing is recovered; add a second device or level (fencing_topology)`;
  return [{ severity: 'warning', element: node, attribute: '', value: '', what }];
}
