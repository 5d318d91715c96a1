/** One input, measured: by the engine in a process of its own, and by `crm_simulate` likewise. */
import { spawnSync } from 'node:child_process';

export type Measured = {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakMb: number;
};

/** Milliseconds; beyond it a run is given up. */
const RUN_MS_MAX = 600_000;

/** As the daemon's thread has it. */
const SEMI_SPACE = '--max-semi-space-size=4';

/** Runs `bench-child.js` on the file: the median of its warm calculations. */
export function measureEngine(child: string, file: string, runs: number): Measured {
  const done = spawnSync(process.execPath, [SEMI_SPACE, child, file, String(runs)], {
    encoding: 'utf8',
    timeout: RUN_MS_MAX,
  });
  if (done.status !== 0) throw new Error(`the calculation failed: ${done.stderr}`);
  return JSON.parse(done.stdout) as Measured;
}

export function hasReference(): boolean {
  return ['crm_simulate', '/usr/bin/time'].every(
    (program) => spawnSync(program, ['--version']).error === undefined,
  );
}

/** One run of the reference under `time`; undefined where either is not there, or it fails. */
export function measureReference(file: string): Measured | undefined {
  const startedAt = performance.now();
  const done = spawnSync(
    '/usr/bin/time',
    ['-f', '%U %S %M', 'crm_simulate', '-x', file, '-R', '-Q'],
    { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8', timeout: RUN_MS_MAX },
  );
  const wallMs = performance.now() - startedAt;
  if (done.status !== 0) return undefined;
  const [user = Number.NaN, system = Number.NaN, kb = Number.NaN] = (
    done.stderr.trim().split('\n').at(-1) ?? ''
  )
    .split(' ')
    .map(Number);
  if (Number.isNaN(user + system + kb)) return undefined;
  return { wallMs, cpuMs: (user + system) * 1000, peakMb: kb / 1024 };
}
