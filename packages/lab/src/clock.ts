/** One clock for everything the lab writes down. */
import { performance } from 'node:perf_hooks';

/** Milliseconds since the epoch, to a tenth; never runs backwards within one process. */
export function nowMs(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 10) / 10;
}
