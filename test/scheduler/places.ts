/** Where the recorded cases and the programs that read them stand: beside the checkout. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const SHARED = join(ROOT, '../shared');

export const CASES = join(SHARED, 'cases/scheduler');
export const SCORER = join(SHARED, 'tools/score-scheduler.mjs');
export const GENERATOR = join(SHARED, 'tools/gen-cib.mjs');
export const SCHEDULER = join(ROOT, 'packages/scheduler/dist/simulate.js');
export const FLOOR = join(ROOT, 'test/scheduler-floor.json');

export const ABSENT = 'the case collection is not beside this checkout: nothing was looked at';

export function hasCases(): boolean {
  return existsSync(CASES) && existsSync(SCORER);
}
