/** A lab in a folder and on addresses of its own, and our agents as executables against it. */
import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { Lab, type LabStatus, readScenario } from '@holdfast/lab';
import type { Ran } from './peers.ts';

export type Bench = {
  readonly lab: Lab;
  readonly folder: string;
  /** Where every device of the lab is, each on a port of its own. */
  readonly address: string;
  readonly machine: (name: string) => LabStatus['machines'][number] | undefined;
  readonly close: () => Promise<void>;
};

/** Devices get the bench's address; a machine without a command is a file. */
export async function bench(
  machines: readonly object[],
  devices: readonly object[],
  script: readonly object[] = [],
): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-lab-'));
  const address = drawAddress();
  const placed = devices.map((device) => ({ address, ...device }));
  const read = readScenario(
    JSON.stringify({ name: 'bench', folder, machines, devices: placed, script }),
  );
  if (!read.ok) throw new Error(read.fault);
  const lab = await Lab.start(read.value);
  return {
    lab,
    folder,
    address,
    machine: (name) => lab.status().machines.find((each) => each.name === name),
    close: async () => {
      await lab.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** One on the loopback that nobody else is likely to have drawn. */
export function drawAddress(): string {
  return `127.${randomInt(16, 240)}.${randomInt(1, 250)}.7`;
}

export const SBIN = fileURLToPath(new URL('../../../agents/sbin/', import.meta.url));

/** One of our own agents as other managers run it: parameters on stdin. */
export async function runAgent(
  name: string,
  given: Readonly<Record<string, string | number>>,
): Promise<Ran> {
  const child = spawn(join(SBIN, name), [], { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(
    Object.entries(given)
      .map(([field, value]) => `${field}=${value}\n`)
      .join(''),
  );
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const [code, out, err] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { code, out: out + err };
}
