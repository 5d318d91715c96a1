/**
 * Bytes for frames, cut from larger pieces: an array of its own for every frame costs more than filling
 * it. What was cut is used once and never again, so that nobody sees another's bytes.
 */

const SLAB_BYTES = 65_536;
/** Larger ones get an array of their own. */
const CUT_MAX = 8192;

export type Slab = { bytes: Uint8Array; at: number };

export function slab(): Slab {
  return { bytes: new Uint8Array(0), at: 0 };
}

/** Fresh zeros. */
export function cut(from: Slab, size: number): Uint8Array {
  if (size > CUT_MAX) return new Uint8Array(size);
  if (from.at + size > from.bytes.length) {
    from.bytes = new Uint8Array(SLAB_BYTES);
    from.at = 0;
  }
  from.at += size;
  return from.bytes.subarray(from.at - size, from.at);
}
