/** Recorded sessions between ipmitool and two BMCs, as datagrams. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodePacket, PAYLOAD, type PlusPacket } from '#src/packet.js';

const FOLDER = join(import.meta.dirname, '../../../../shared/lab/fence/ipmi/golden');

export const WHY_LEFT_OUT = 'needs ../shared/lab/fence/ipmi/golden beside the project';

export type Datagram = { readonly from: 'console' | 'bmc'; readonly bytes: Buffer };

export function isHere(): boolean {
  return existsSync(FOLDER);
}

/** Names of the recordings; empty where ../shared is absent, and the tests say so. */
export function recordings(): readonly string[] {
  if (!isHere()) return [];
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.txt'))
    .map((name) => name.slice(0, -'.txt'.length));
}

export function recording(name: string): readonly Datagram[] {
  const lines = readFileSync(join(FOLDER, `${name}.txt`), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => {
    const [, direction, , hex = ''] = line.split(' ');
    return { from: direction === 'C>S' ? 'console' : 'bmc', bytes: Buffer.from(hex, 'hex') };
  });
}

/** The first packet with this payload. Throws where there is none. */
export function firstOf(datagrams: readonly Datagram[], type: keyof typeof PAYLOAD): PlusPacket {
  for (const { bytes } of datagrams) {
    const packet = decodePacket(bytes);
    if (packet?.kind === 'plus' && packet.payloadType === PAYLOAD[type]) return packet;
  }
  throw new Error(`there is no ${type}`);
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
