/** What an address looks like. Names are resolved by the daemon, never here. */

export type AddressKind = 'ipv4' | 'ipv6' | 'name' | 'malformed';

export function addressKind(text: string): AddressKind {
  if (ipv4Number(text) !== undefined) return 'ipv4';
  if (/^[\d.]+$/.test(text)) return 'malformed';
  if (text.includes(':')) return isIpv6(text) ? 'ipv6' : 'malformed';
  return /^(?=.{1,253}$)[A-Za-z0-9_]([\w-]{0,62})(\.[A-Za-z0-9_][\w-]{0,62})*\.?$/.test(text)
    ? 'name'
    : 'malformed';
}

/** An IPv4 address as a number of 32 bits, first octet highest; undefined where it is none. */
export function ipv4Number(text: string): number | undefined {
  const octets = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  if (octets?.every((octet) => octet <= 255) !== true) return undefined;
  return octets.reduce((number, octet) => number * 256 + octet, 0);
}

function isIpv6(text: string): boolean {
  const [address = ''] = text.split('%');
  const halves = address.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1) ?? '';
  const dotted = last.includes('.');
  if (dotted && ipv4Number(last) === undefined) return false;
  const hex = dotted ? groups.slice(0, -1) : groups;
  if (!hex.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return false;
  const count = hex.length + (dotted ? 2 : 0);
  return halves.length === 2 ? count <= 7 : count === 8;
}
