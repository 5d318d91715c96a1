/** A PDU in a folder of its own, and the waiting that tests of real processes need. */
import { randomBytes, randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type OutletConfig, type PduConfig } from '@holdfast/lab';

export const NODE = process.execPath;

/** A computer that leaves its process group, as real ones do: a child in a session of its own. */
export const COMPUTER: readonly string[] = [
  NODE,
  '-e',
  `require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'],
     { detached: true, stdio: 'ignore' }).unref();
   setInterval(() => {}, 1000);`,
];

export type Lab = { readonly config: PduConfig; readonly remove: () => void };

export function lab(outlets: readonly OutletConfig[], endsWithParent = false): Lab {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-lab-'));
  const address = `127.${randomInt(16, 240)}.${randomInt(1, 250)}.3`;
  return {
    config: {
      name: 'pdu1',
      address,
      port: 1161,
      readCommunity: 'public',
      writeCommunity: 'private',
      folder,
      mark: randomBytes(8).toString('hex'),
      endsWithParent,
      outlets,
    },
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Polls until `question` is true; throws `what` where it is not within `limitMs`. */
export async function until(
  what: string,
  question: () => boolean | Promise<boolean>,
  limitMs = 10_000,
): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await question())) {
    if (performance.now() > end) throw new Error(`${what}: not within ${limitMs} ms`);
    await sleep(5);
  }
}
