/**
 * Which life of a peer is the present one, and which of its datagrams were heard already. What an
 * earlier life sent, and what comes a second time, says nothing about now (T4.43, T9.49).
 */
import type { NodeId } from '@holdfast/base';

/** How far a datagram may be behind the newest before it counts as heard. */
export const WINDOW = 4096;
const WORD = 32;

export type PeerLife = {
  incarnation: number;
  /** The newest datagram heard. */
  newest: number;
  /** One bit for each of the last `WINDOW` datagrams: heard. */
  readonly heard: Uint32Array;
};

export type Heard = 'new' | 'stale' | 'replayed';

/** Marks a datagram as heard, and says whether it is worth reading. */
export function hear(
  lives: Map<NodeId, PeerLife>,
  sender: NodeId,
  incarnation: number,
  count: number,
): Heard {
  let life = lives.get(sender);
  if (life === undefined) {
    life = { incarnation, newest: -1, heard: new Uint32Array(WINDOW / WORD) };
    lives.set(sender, life);
  }
  if (incarnation < life.incarnation) return 'stale';
  if (incarnation > life.incarnation) {
    life.incarnation = incarnation;
    life.newest = -1;
    life.heard.fill(0);
  }
  return mark(life, count) ? 'new' : 'replayed';
}

/** False where the bit was set already, or is beyond the window. */
function mark(life: PeerLife, count: number): boolean {
  const { newest, heard } = life;
  if (count <= newest - WINDOW) return false;
  if (count >= newest + WINDOW) heard.fill(0);
  else {
    for (let skipped = newest + 1; skipped <= count; skipped += 1) clear(heard, skipped);
  }
  if (count > newest) life.newest = count;
  const place = count % WINDOW;
  const word = place >>> 5;
  const bit = 1 << (place & 31);
  const before = heard[word] ?? 0;
  heard[word] = before | bit;
  return (before & bit) === 0;
}

function clear(heard: Uint32Array, count: number): void {
  const place = count % WINDOW;
  const word = place >>> 5;
  heard[word] = (heard[word] ?? 0) & ~(1 << (place & 31));
}
