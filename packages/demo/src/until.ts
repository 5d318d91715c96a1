/** Waiting for something to become true, never for time to pass. */
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 20;

/**
 * Asks until the answer is not undefined, and gives it. Rejects with an error that names `what`
 * where that takes longer than `limitMs`.
 */
export async function until<Value>(
  what: string,
  limitMs: number,
  ask: () => Value | undefined | Promise<Value | undefined>,
): Promise<Value> {
  const end = performance.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > end) {
      throw new Error(`${what}: not within ${(limitMs / 1000).toFixed(1)} s`);
    }
    await sleep(POLL_MS);
  }
}

/** The same for a question of yes or no. */
export async function untilTrue(
  what: string,
  limitMs: number,
  ask: () => boolean | Promise<boolean>,
): Promise<void> {
  await until(what, limitMs, async () => ((await ask()) ? true : undefined));
}

/**
 * Watches for `forMs` that something stays true; false as soon as it does not. This is the one place
 * where time itself is waited for: "nothing happens" has no other proof.
 */
export async function staysTrue(
  forMs: number,
  ask: () => boolean | Promise<boolean>,
): Promise<boolean> {
  const end = performance.now() + forMs;
  while (performance.now() < end) {
    if (!(await ask())) return false;
    await sleep(POLL_MS);
  }
  return true;
}
