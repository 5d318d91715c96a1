/**
 * The whole demonstration, as `npm start -- --json` runs it: real processes and a real cut of power.
 * What it promises of safety must hold. The two promises in milliseconds are told, not judged: a busy
 * machine breaks them, and `npm start` on a quiet one is where they are kept.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const PROJECT = fileURLToPath(new URL('../../../', import.meta.url));

type Step = {
  readonly name: string;
  readonly promise: string;
  readonly measured: string;
  readonly held: boolean;
};

/** A limit on how long something may take; all others are about what must never happen. */
function isTimed(promise: string): boolean {
  return /(?:at most|within) [\d.]+ s/.test(promise);
}

void t.test(
  'every promise of safety holds, and a second run at once works too',
  { timeout: 400_000 },
  (t) => {
    const folder = mkdtempSync(join(PROJECT, '.demo-test-'));
    for (const round of ['first', 'second']) {
      const done = spawnSync(process.execPath, [MAIN, '--json', '--folder', join(folder, 'run')], {
        cwd: PROJECT,
        encoding: 'utf8',
      });
      const last = done.stdout.trimEnd().split('\n').at(-1) ?? '';
      const result = JSON.parse(last === '' ? '{"steps":[],"held":false}' : last) as {
        readonly steps: readonly Step[];
        readonly held: boolean;
      };
      const late = result.steps.filter(({ promise, held }) => isTimed(promise) && !held);
      for (const { name, promise, measured, held } of result.steps) {
        const said = `${round}: ${name}: ${promise}: ${measured}`;
        if (isTimed(promise)) t.comment(said);
        else t.ok(held, said);
      }
      t.equal(
        new Set(result.steps.map(({ name }) => name)).size >= 7,
        true,
        `${round}: seven steps and more`,
      );
      t.equal(done.status, late.length > 0 ? 1 : 0, `${round}: ${done.stderr.slice(-500)}`);
      if (!result.held) t.comment(done.stdout);
    }
    rmSync(folder, { recursive: true, force: true });
    t.end();
  },
);
