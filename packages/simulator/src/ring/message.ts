/** What drawn rings say to each other: payloads that tell who said them, when, and that they are whole. */

export type Said = {
  /** Which life of which node. */
  readonly life: number;
  /** Rises with every payload of that life. */
  readonly number: number;
  readonly isSafe: boolean;
  /** What the speaker had been delivered last: sequence of its ring, and place in it. */
  readonly afterRing: number;
  readonly afterSeq: number;
  readonly bytes: number;
};

export const SAID_BYTES_MIN = 28;

/** A number of its own for every payload ever said. */
export function keyOf({ life, number }: Said): number {
  return life * 0x10_0000 + number;
}

export function encodeSaid(said: Said): Uint8Array {
  const bytes = new Uint8Array(Math.max(SAID_BYTES_MIN, said.bytes));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, said.life);
  view.setUint32(4, said.number);
  view.setUint32(8, said.isSafe ? 1 : 0);
  view.setUint32(12, said.afterRing);
  view.setUint32(16, said.afterSeq);
  view.setUint32(20, bytes.length);
  for (let at = SAID_BYTES_MIN; at < bytes.length; at += 1) bytes[at] = said.number + at;
  view.setUint32(24, sum(bytes));
  return bytes;
}

/** Undefined where the bytes are not what was said. */
export function decodeSaid(bytes: Uint8Array): Said | undefined {
  if (bytes.length < SAID_BYTES_MIN) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(20) !== bytes.length || view.getUint32(24) !== sum(bytes)) return undefined;
  return {
    life: view.getUint32(0),
    number: view.getUint32(4),
    isSafe: view.getUint32(8) === 1,
    afterRing: view.getUint32(12),
    afterSeq: view.getUint32(16),
    bytes: bytes.length,
  };
}

/** FNV-1a of everything but the place of the sum. */
function sum(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < bytes.length; at += 1) {
    if (at >= 24 && at < 28) continue;
    hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  }
  return hash >>> 0;
}
