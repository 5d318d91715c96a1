/** The ciphers and hashes that IPMI names. The only file of the room's pure part with a `node:` module. */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  timingSafeEqual,
} from 'node:crypto';
import { concat } from './bytes.ts';

export type Hash = 'sha1' | 'md5' | 'sha256';

export function hmac(hash: Hash, key: Uint8Array, ...data: readonly Uint8Array[]): Uint8Array {
  return createHmac(hash, key)
    .update(concat(...data))
    .digest();
}

export function md5(...data: readonly Uint8Array[]): Uint8Array {
  return createHash('md5')
    .update(concat(...data))
    .digest();
}

/** AES-128-CBC without padding of its own: `plain` is whole blocks of 16, `key` and `iv` are 16 bytes. */
export function aesEncrypt(key: Uint8Array, iv: Uint8Array, plain: Uint8Array): Uint8Array {
  const cipher = createCipheriv('aes-128-cbc', key, iv).setAutoPadding(false);
  return concat(cipher.update(plain), cipher.final());
}

export function aesDecrypt(key: Uint8Array, iv: Uint8Array, sealed: Uint8Array): Uint8Array {
  const decipher = createDecipheriv('aes-128-cbc', key, iv).setAutoPadding(false);
  return concat(decipher.update(sealed), decipher.final());
}

/** Takes equally long wherever two values of one length differ. */
export function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
