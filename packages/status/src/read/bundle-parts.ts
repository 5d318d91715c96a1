/** The numbers, addresses and container options a bundle's elements stand for (A1.8.1, B10.2). */
import { type Bundle, childElements, integerPrefix } from '@holdfast/cib';

/** Replicas; each knows the addresses of all. */
const REPLICAS_MAX = 100;

export type BundleParts = {
  readonly replicas: number;
  readonly perHost: number;
  readonly promotedMax: number;
  readonly network: Readonly<Record<string, string>>;
  readonly addressStart: string | undefined;
  readonly addresses: readonly string[];
  readonly controlPort: string | undefined;
};

export function partsOf({ container, network, child }: Bundle): BundleParts {
  const promotedMax = Math.max(0, integerPrefix(container['promoted-max'] ?? '0') ?? 0);
  const usual = promotedMax > 0 ? promotedMax : 1;
  const replicas = Math.min(atLeastOne(container['replicas'], usual), REPLICAS_MAX);
  const attributes = network?.attributes ?? {};
  const addressStart = attributes['ip-range-start'];
  const controlPort = attributes['control-port'];
  const isOneEach = child !== undefined && addressStart === undefined && controlPort !== undefined;
  return {
    replicas,
    perHost: isOneEach ? 1 : atLeastOne(container['replicas-per-host'], 1),
    promotedMax,
    network: attributes,
    addressStart,
    addresses:
      addressStart === undefined
        ? []
        : Array.from({ length: replicas }, (_, step) => addressAt(addressStart, step)),
    controlPort,
  };
}

function atLeastOne(text: string | undefined, fallback: number): number {
  return text === undefined ? fallback : Math.max(1, integerPrefix(text) ?? 1);
}

/** The daemon inside, its key and its log, where they are installed everywhere. */
const REMOTED = '/usr/sbin/pacemaker-remoted';
const AUTHKEY = '/etc/pacemaker/authkey';
const LOGS = '/var/log/pacemaker/bundles';

export function containerParameters(
  bundle: Bundle,
  parts: BundleParts,
  number: number,
): Readonly<Record<string, string>> {
  const { container, child } = bundle;
  const mounts: string[] = [];
  const options = runOptions(bundle, parts, number, mounts);
  const command = container['run-command'] ?? (child === undefined ? undefined : REMOTED);
  return {
    image: container['image'] ?? '',
    allow_pull: 'true',
    force_kill: 'false',
    reuse: 'false',
    run_opts: options,
    mount_points: mounts.join(','),
    ...(command === undefined ? {} : { run_cmd: command }),
    monitor_cmd: '/bin/true',
  };
}

function runOptions(bundle: Bundle, parts: BundleParts, number: number, mounts: string[]): string {
  const { id, engine, container } = bundle;
  const options: string[] = [];
  if (engine === 'docker') options.push(' --restart=no');
  if (parts.addressStart !== undefined) options.push(` -h ${id}-${number}`);
  options.push(' -e PCMK_stderr=1');
  const network = container['network'];
  if (network !== undefined) options.push(` --net=${network}`);
  options.push(` -e PCMK_remote_port=${parts.controlPort ?? '3121'}`);
  options.push(...storageOptions(bundle, number, mounts), ...portOptions(bundle, parts, number));
  const extra = container['options'];
  if (extra !== undefined) options.push(` ${extra}`);
  options.push(` ${hostEntries(bundle, parts)}`);
  return options.join('');
}

function storageOptions(bundle: Bundle, number: number, mounts: string[]): readonly string[] {
  const { id, storage, child } = bundle;
  const found: string[] = [];
  let hasLog = false;
  const mappings = storage === undefined ? [] : childElements(storage, 'storage-mapping');
  for (const { attributes } of mappings) {
    const {
      'source-dir': dir,
      'source-dir-root': root,
      'target-dir': target = '',
      options,
    } = attributes;
    const source = root === undefined ? (dir ?? '') : `${root}/${id}-${number}`;
    if (root !== undefined) mounts.push(source);
    if (target === '/var/log') hasLog = true;
    found.push(` -v ${source}:${target}${options === undefined ? '' : `:${options}`}`);
  }
  if (child === undefined) return found;
  found.push(` -v ${AUTHKEY}:${AUTHKEY}`);
  if (!hasLog) {
    const log = `${LOGS}/${id}-${number}`;
    mounts.push(log);
    found.push(` -v ${log}:/var/log`);
  }
  return found;
}

function portOptions(
  { network, child, container }: Bundle,
  parts: BundleParts,
  number: number,
): readonly string[] {
  const mappings = network === undefined ? [] : childElements(network, 'port-mapping');
  const ports = mappings.map(({ attributes: { range, port = '', 'internal-port': internal } }) =>
    range === undefined ? [port, internal ?? port] : [range, range],
  );
  if (child !== undefined) {
    const control = parts.controlPort ?? '3121';
    ports.push([control, control]);
  }
  const address = parts.addresses[number];
  if (address !== undefined) return ports.map(([port, inner]) => ` -p ${address}:${port}:${inner}`);
  if (container['network'] === 'host') return [];
  return ports.map(([port, inner]) => ` -p ${port}:${inner}`);
}

function hostEntries({ id }: Bundle, parts: BundleParts): string {
  if (parts.network['add-host'] === 'false') return '';
  return parts.addresses
    .map((address, number) => ` --add-host=${id}-${number}:${address}`)
    .join('');
}

/** The address `step` after `start`; the last part goes from 254 to 1 of the next. */
function addressAt(start: string, step: number): string {
  const parts = start.split('.').map(Number);
  const [a = 0, b = 0] = parts;
  let [, , c = 0, d = 0] = parts;
  for (let each = 0; each < step; each += 1) {
    d += 1;
    if (d > 254) [c, d] = [c + 1, 1];
  }
  return [a, b, c, d].join('.');
}
