/** Which of the listed nodes this host is (rule T6.7). */
import { fail, ok, type Result } from '@holdfast/base';
import type { ConfFault } from './fault.ts';
import type { ConfNode, CorosyncConf } from './model.ts';

/** What the operating system says of this host. */
export type Host = {
  readonly hostname: string;
  /** Addresses of its interfaces. */
  readonly addresses: readonly string[];
};

/**
 * By host name first (whole, then with domain parts taken off from the right, then short names
 * compared), then by address. A link given as a name that resolves to a local address must be
 * resolved by the caller and handed in among `addresses`.
 */
export function findLocalNode(conf: CorosyncConf, host: Host): Result<ConfNode, ConfFault> {
  const parts = host.hostname.split('.');
  const names = parts.map((_, index) => parts.slice(0, parts.length - index).join('.'));
  for (const name of names) {
    const node = conf.nodes.find((each) => each.name === name || each.addresses[0] === name);
    if (node !== undefined) return ok(node);
  }
  const local = new Set(host.addresses);
  const node =
    conf.nodes.find((each) => short(each.name) === short(host.hostname)) ??
    conf.nodes.find((each) => each.addresses.some((address) => local.has(address)));
  if (node !== undefined) return ok(node);
  const listed = conf.nodes.map(({ name }) => name).join(', ');
  return fail({
    file: conf.file,
    line: conf.nodes[0]?.line ?? 1,
    key: 'nodelist',
    value: '',
    what: `lists ${listed}, and this host (${host.hostname}) is none of them by name or address`,
    wayOut: 'add it, or correct its name or ring0_addr',
  });
}

/** An IPv4 address has no domain to take off. */
function short(name: string): string {
  return /^[\d.]+$/.test(name) ? name : (name.split('.')[0] ?? name);
}
