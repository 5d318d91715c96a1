/** Troubles, told seldom: a link that is down would fill the log otherwise. */
import { performance } from 'node:perf_hooks';

/** Troubles are told at most so often, in ms. */
const TROUBLE_EVERY_MS = 1000;

/** Tells the first trouble at once, and then at most one a second, with the number of those passed over. */
export function troubleTeller(tell: (what: string) => void): (what: string) => void {
  let toldAt = -Infinity;
  let passedOver = 0;
  return (what) => {
    const now = performance.now();
    if (now - toldAt < TROUBLE_EVERY_MS) {
      passedOver += 1;
      return;
    }
    toldAt = now;
    tell(passedOver === 0 ? what : `${what} (and ${passedOver} failures before it)`);
    passedOver = 0;
  };
}
