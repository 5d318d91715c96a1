/**
 * A short keyed checksum of the clear header (HalfSipHash-2-4, 32 bits), tried before anything dear: a
 * flood of forged datagrams then costs a fraction of a microsecond each instead of a key derivation, a
 * cipher and an exception. It protects nothing by itself: what passes is still to be authenticated.
 */

/** Two words of key. */
export type FilterKey = readonly [number, number];

/** The four words of the hash, one set for all: nothing here waits. */
let v0 = 0;
let v1 = 0;
let v2 = 0;
let v3 = 0;

/** Of the first `length` bytes; a multiple of four. */
export function filterOf([k0, k1]: FilterKey, bytes: Buffer, length: number): number {
  v0 = k0;
  v1 = k1;
  v2 = 0x6c796765 ^ k0;
  v3 = 0x74656462 ^ k1;
  for (let at = 0; at < length; at += 4) take(bytes.readInt32LE(at));
  take(length << 24);
  v2 ^= 0xff;
  for (let count = 0; count < 4; count += 1) round();
  return (v1 ^ v3) >>> 0;
}

function take(word: number): void {
  v3 ^= word;
  round();
  round();
  v0 ^= word;
}

function round(): void {
  v0 = (v0 + v1) | 0;
  v1 = rotate(v1, 5) ^ v0;
  v0 = rotate(v0, 16);
  v2 = (v2 + v3) | 0;
  v3 = rotate(v3, 8) ^ v2;
  v0 = (v0 + v3) | 0;
  v3 = rotate(v3, 7) ^ v0;
  v2 = (v2 + v1) | 0;
  v1 = rotate(v1, 13) ^ v2;
  v2 = rotate(v2, 16);
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
