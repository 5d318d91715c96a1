/** Which datagram numbers of one life were seen: a sliding window over the newest of them. */

/** Numbers kept apart; older ones count as seen. A power of two. */
export const WINDOW = 4096;
const WORDS = WINDOW / 32;

export type ReplayWindow = { highest: number; readonly bits: Uint32Array };

export function replayWindow(): ReplayWindow {
  return { highest: 0, bits: new Uint32Array(WORDS) };
}

/** Asks only; what is not authentic must not change anything. */
export function wasSeen({ highest, bits }: ReplayWindow, counter: number): boolean {
  if (counter > highest) return false;
  if (counter <= highest - WINDOW) return true;
  return ((bits[wordOf(counter)] ?? 0) & maskOf(counter)) !== 0;
}

export function markSeen(window: ReplayWindow, counter: number): void {
  const { bits, highest } = window;
  if (counter > highest) {
    forget(window, Math.min(counter - highest, WINDOW));
    window.highest = counter;
  }
  if (counter > window.highest - WINDOW)
    bits[wordOf(counter)] = (bits[wordOf(counter)] ?? 0) | maskOf(counter);
}

/** Everything up to `counter` counts as seen from now on. */
export function closeUpTo(window: ReplayWindow, counter: number): void {
  const last = Math.min(counter, window.highest);
  for (let each = Math.max(1, window.highest - WINDOW + 1); each <= last; each += 1)
    markSeen(window, each);
  if (counter > window.highest) {
    window.bits.fill(0xffff_ffff);
    window.highest = counter;
  }
}

/** Clears the places of the next `count` numbers. */
function forget({ highest, bits }: ReplayWindow, count: number): void {
  if (count === WINDOW) {
    bits.fill(0);
    return;
  }
  for (let each = highest + 1; each <= highest + count; each += 1)
    bits[wordOf(each)] = (bits[wordOf(each)] ?? 0) & ~maskOf(each);
}

function wordOf(counter: number): number {
  return Math.floor(counter / 32) % WORDS;
}

function maskOf(counter: number): number {
  return 1 << (counter % 32);
}
