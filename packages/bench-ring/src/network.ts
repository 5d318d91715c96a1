/** Where measured nodes live: addresses on loopback, or a network namespace for each on a bridge. */
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';

export type Network = {
  readonly kind: 'loopback' | 'namespaces';
  readonly addresses: readonly string[];
  /** Words to put before a command, so that it runs where node `id` lives. */
  readonly enter: (id: number) => readonly string[];
  readonly close: () => void;
};

export function loopback(count: number): Network {
  const net = `127.${randomInt(100, 250)}.${randomInt(1, 250)}`;
  return {
    kind: 'loopback',
    addresses: Array.from({ length: count }, (_, index) => `${net}.${index + 1}`),
    enter: () => [],
    close: () => undefined,
  };
}

function ip(words: string): void {
  const done = spawnSync('ip', words.split(' '), { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`ip ${words}: ${done.stderr.trim()}`);
}

export function canMakeNamespaces(): boolean {
  if (process.getuid?.() !== 0) return false;
  const name = `hfb${process.pid}-try`;
  if (spawnSync('ip', ['netns', 'add', name]).status !== 0) return false;
  spawnSync('ip', ['netns', 'del', name]);
  return true;
}

let made = 0;

/** A namespace for each node, all on one bridge in a namespace of its own; MTU 1500. */
export function namespaces(count: number): Network {
  made += 1;
  const prefix = `hfb${process.pid}-${made}`;
  const names = Array.from({ length: count }, (_, index) => `${prefix}-${index + 1}`);
  const hub = `${prefix}-hub`;
  const addresses = names.map((_, index) => `10.77.${made}.${index + 1}`);
  const close = (): void => {
    for (const name of [hub, ...names]) spawnSync('ip', ['netns', 'del', name]);
  };
  try {
    ip(`netns add ${hub}`);
    ip(`-n ${hub} link add br0 type bridge`);
    ip(`-n ${hub} link set br0 up`);
    for (const [index, name] of names.entries()) {
      ip(`netns add ${name}`);
      ip(`-n ${hub} link add p${index} type veth peer name eth0 netns ${name}`);
      ip(`-n ${hub} link set p${index} master br0`);
      ip(`-n ${hub} link set p${index} up`);
      ip(`-n ${name} addr add ${addresses[index] ?? ''}/24 dev eth0`);
      ip(`-n ${name} link set eth0 up`);
      ip(`-n ${name} link set lo up`);
    }
  } catch (cause) {
    close();
    throw cause;
  }
  const enter = (id: number): readonly string[] => [
    'nsenter',
    `--net=/run/netns/${names[id - 1] ?? ''}`,
  ];
  return { kind: 'namespaces', addresses, enter, close };
}
