/** The two nodes' corosync.conf: the seed guide's text with the two addresses filled in. */

export type Net = {
  /** The first three numbers of a loopback /24: `127.23.42`. */
  readonly prefix: string;
};

/** Where each party is in the /24. Each node knows its peer under the relay's address for it. */
export const HOST = {
  haone: 1,
  hatwo: 2,
  /** The relay, as hatwo sees haone. */
  haoneByRelay: 11,
  /** The relay, as haone sees hatwo. */
  hatwoByRelay: 12,
  pdu: 20,
  service: 100,
} as const;

export const RING_PORT = 5405;
export const TOKEN_MS = 1000;

/**
 * `seed` with `${HAONE_ADDR}`, `${HATWO_ADDR}` and `${netaddr}` filled in for `node`, and one line
 * more, `token: 1000`: the seed has none, and the failover is promised for that token time.
 */
export function confFor(node: 'haone' | 'hatwo', seed: string, { prefix }: Net): string {
  const haone = node === 'haone' ? HOST.haone : HOST.haoneByRelay;
  const hatwo = node === 'hatwo' ? HOST.hatwo : HOST.hatwoByRelay;
  const filled = seed
    .replaceAll('${HAONE_ADDR}', `${prefix}.${haone}`)
    .replaceAll('${HATWO_ADDR}', `${prefix}.${hatwo}`)
    .replaceAll('${netaddr}', `${prefix}.0`);
  return filled.replace(/^( *)version: 2$/m, `$1version: 2\n$1token: ${TOKEN_MS}`);
}
