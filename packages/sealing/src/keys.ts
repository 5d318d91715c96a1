/**
 * Keys: one master from the file, and from it one key for every life of every sender, so that no
 * nonce is ever used twice with one key, whatever restarts (HKDF, RFC 5869, with SHA-256).
 */
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import type { FilterKey } from './filter.ts';
import type { CipherName } from './header.ts';

const LABEL = 'holdfast datagram v1';
/** Datagrams after which a life goes on with its next key: counters of 32 bits each. */
const GENERATION = 2 ** 32;

export type MasterKey = {
  /** Tells keys apart without telling them: 32 bits derived from the key. */
  readonly fingerprint: number;
  /** Lowest byte of the fingerprint, as it stands in the header. */
  readonly keyId: number;
  readonly secret: KeyObject;
  /** For the filter in front of the ciphers. */
  readonly filter: FilterKey;
};

/** The master of a cluster: the key file's bytes, bound to the cluster's name. */
export function masterKey(bytes: Uint8Array, clusterName: string): MasterKey {
  // HKDF-Extract is one HMAC with the salt as its key.
  const extracted = createHmac('sha256', `${LABEL}\0${clusterName}`).update(bytes).digest();
  const fingerprint = expand(createSecretKey(extracted), Buffer.from('fingerprint'))
    .export()
    .readUInt32BE(0);
  const secret = createSecretKey(extracted);
  const filter = expand(secret, Buffer.from('filter')).export();
  const words = [filter.readInt32LE(0), filter.readInt32LE(4)] as const;
  return { fingerprint, keyId: fingerprint & 0xff, secret, filter: words };
}

/** Which key a datagram is sealed with. */
export type KeyUse = {
  readonly cipher: CipherName;
  readonly sender: number;
  readonly epoch: number;
  readonly counter: number;
};

/** The one key of that sender's life; a new one every 2^32 datagrams. One HMAC of work. */
export function datagramKey(master: MasterKey, use: KeyUse): KeyObject {
  const info = Buffer.alloc(29);
  info.write('pkt', 0, 'latin1');
  info[3] = use.cipher === 'aes-256-gcm' ? 1 : 2;
  info.writeUInt32BE(master.fingerprint, 4);
  info.writeUInt32BE(use.sender, 8);
  info.writeBigUInt64BE(BigInt(use.epoch), 12);
  info.writeUInt32BE(generationOf(use.counter), 20);
  return expand(master.secret, info);
}

export function generationOf(counter: number): number {
  return Math.floor(counter / GENERATION);
}

/** HKDF-Expand to 32 bytes: its first and only block. */
function expand(secret: KeyObject, info: Buffer): KeyObject {
  const block = createHmac('sha256', secret)
    .update(info)
    .update(Buffer.from([1]))
    .digest();
  return createSecretKey(block);
}
