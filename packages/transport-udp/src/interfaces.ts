/** Which interface of this host has an address, and how much it sends in one piece. */
import { readFileSync } from 'node:fs';
import { BlockList, isIP, SocketAddress } from 'node:net';
import { networkInterfaces } from 'node:os';

const MTU_USUAL = 1500;
/** IP and UDP headers. */
const HEADER_BYTES = { 4: 28, 6: 48 } as const;
const UDP_PAYLOAD_MAX = 65_507;

/**
 * The largest UDP payload that leaves `address` unfragmented; undefined where no running interface
 * has the address. Loopback interfaces have their whole network (127.0.0.0/8).
 */
export function localPayload(address: string): number | undefined {
  const family = isIP(address) === 6 ? 6 : 4;
  for (const [name, list] of Object.entries(networkInterfaces())) {
    for (const each of list ?? []) {
      const isHere = plain(each.address) === plain(address);
      if (!isHere && !(each.internal && contains(each.cidr, address))) continue;
      return Math.min(mtuOf(name) - HEADER_BYTES[family], UDP_PAYLOAD_MAX);
    }
  }
  return undefined;
}

/** An address in the one way the system writes it, without its zone; names stay as they are. */
export function plain(address: string): string {
  const [bare = address] = address.split('%');
  if (isIP(bare) !== 6) return bare;
  return new SocketAddress({ address: bare, family: 'ipv6' }).address;
}

function contains(cidr: string | null, address: string): boolean {
  const [net = '', bits = ''] = (cidr ?? '').split('/');
  if (isIP(net) !== 4 || isIP(address) !== 4) return false;
  const list = new BlockList();
  list.addSubnet(net, Number(bits));
  return list.check(address);
}

/** From /proc first: it always shows this network namespace, where /sys may show another one. */
function mtuOf(name: string): number {
  // An alias (eth0:1) has the MTU of its interface.
  const [device = name] = name.split(':');
  for (const path of [`/proc/sys/net/ipv6/conf/${device}/mtu`, `/sys/class/net/${device}/mtu`]) {
    try {
      const mtu = Number(readFileSync(path, 'utf8'));
      if (mtu > 0) return mtu;
    } catch {
      // The next place knows, or the usual size it is.
    }
  }
  return MTU_USUAL;
}
