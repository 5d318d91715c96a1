/** Which packets of a session were received: each counts once. */

export type Window = {
  /** The highest number so far. */
  highest: number;
  /** Which of the 32 below it: the lowest bit is the next lower. */
  seen: number;
};

const WINDOW = 32;

export function makeWindow(): Window {
  return { highest: 0, seen: 0 };
}

/**
 * A number above all before is fresh however far ahead, since nobody else could have signed it (the
 * specification allows 16: a console that heard nothing for long would then be deaf for ever). Below,
 * each of the last 32 counts once.
 */
export function isFresh({ highest, seen }: Window, sequence: number): boolean {
  if (sequence === 0) return false;
  if (sequence > highest) return true;
  const below = highest - sequence;
  return below > 0 && below <= WINDOW && ((seen >>> (below - 1)) & 1) === 0;
}

/** Only what was proven genuine is remembered. */
export function remember(window: Window, sequence: number): void {
  const { highest, seen } = window;
  if (sequence <= highest) {
    window.seen = (seen | (1 << (highest - sequence - 1))) >>> 0;
    return;
  }
  const ahead = sequence - highest;
  const below = ahead >= WINDOW ? 0 : seen << ahead;
  const last = highest === 0 || ahead > WINDOW ? 0 : 1 << (ahead - 1);
  window.seen = (below | last) >>> 0;
  window.highest = sequence;
}
