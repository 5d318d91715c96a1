/** Checksums. The only file of the pure rooms that enters a `node:` module. */
import { createHash } from 'node:crypto';

/** SHA-256 of `text` as UTF-8, 64 hex digits. */
export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** MD5 in 32 hex digits: a format others gave us (operation digests), not a protection. */
export function md5(text: string): string {
  return createHash('md5').update(text, 'utf8').digest('hex');
}
