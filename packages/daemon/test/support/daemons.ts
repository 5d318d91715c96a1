/** Real daemons on loopback addresses of their own, in temporary folders, ended with the test. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Client, connect } from '@holdfast/ipc';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

export type Place = { readonly folder: string; readonly net: string };

export function newPlace(): Place {
  const folder = mkdtempSync(join(tmpdir(), 'hfd-'));
  return { folder, net: `127.${randomInt(100, 250)}.${randomInt(1, 250)}` };
}

export function conf(place: Place, extra = ''): string {
  const node = (name: string, id: number): string =>
    `  node {\n    ring0_addr: ${place.net}.${id}\n    name: ${name}\n    nodeid: ${id}\n  }\n`;
  return `totem {\n  version: 2\n  cluster_name: t\n  transport: udpu\n  token: 1000\n${extra}}\nnodelist {\n${node('haone', 1)}${node('hatwo', 2)}}\nquorum {\n  provider: corosync_votequorum\n  two_node: 1\n}\n`;
}

export function rootOf(place: Place, name: string): string {
  return join(place.folder, name);
}

export function writeConf(place: Place, name: string, text: string): string {
  const path = join(rootOf(place, name), 'etc/corosync/corosync.conf');
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
}

/** Runs a daemon that should not start; its code and what it says. */
export function startAndFail(
  place: Place,
  name: string,
  more: readonly string[] = [],
): { readonly code: number | null; readonly said: string } {
  const args = [MAIN, '--root', rootOf(place, name), '--node', name, '--quiet', ...more];
  const done = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 20_000 });
  return { code: done.status, said: done.stderr };
}

export function startDaemon(place: Place, name: string): ChildProcess {
  const args = [MAIN, '--root', rootOf(place, name), '--node', name, '--quiet'];
  return spawn(process.execPath, args, { stdio: 'ignore' });
}

export async function clientOf(place: Place, name: string): Promise<Client> {
  const socket = join(rootOf(place, name), 'run/holdfast/holdfast.sock');
  await until(() => existsSync(socket), `${name} opens its socket`);
  return connect(socket, 5000);
}

/** Asks again and again until it holds; fails with `what` after half a minute. */
export async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const end = Date.now() + 30_000;
  while (Date.now() < end) {
    if (await holds()) return;
    await sleep(50);
  }
  throw new Error(`it did not come about that ${what}`);
}

export function logOf(place: Place, name: string): string {
  const path = join(rootOf(place, name), 'var/log/holdfast/holdfast.log');
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

export function cibOnDisk(place: Place, name: string): string {
  const path = join(rootOf(place, name), 'var/lib/holdfast/cib.xml');
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

export async function endDaemon(
  child: ChildProcess,
  signal: NodeJS.Signals,
): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  child.kill(signal);
  return ended;
}

export function removePlace(place: Place): void {
  rmSync(place.folder, { recursive: true, force: true });
}
