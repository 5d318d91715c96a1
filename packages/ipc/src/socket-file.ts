/** The socket's file: a dead one is cleared away, a live one of somebody else never. */
import { randomUUID } from 'node:crypto';
import { link, lstat, rename, unlink } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { IpcError } from './faults.ts';

/** Nobody takes longer than this to accept on a local socket unless he is frozen: then he is alive. */
const PROBE_MS_MAX = 1000;

/**
 * Frees `path` for a new socket. What lies there is first moved aside, then asked once more, so that
 * two daemons that start together cannot take the path from each other.
 */
export async function freeSocketPath(path: string): Promise<void> {
  const found = await kindOf(path);
  if (found === 'nothing') return;
  if (found === 'other') throw taken(path, 'it is not a socket');
  if (await isLive(path)) throw taken(path, 'another daemon answers there');
  const aside = `${path}.${randomUUID().slice(0, 8)}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  if (await isLive(aside)) {
    await link(aside, path).catch(() => undefined);
    await unlink(aside);
    throw taken(path, 'another daemon started there in the same moment');
  }
  await unlink(aside);
}

async function kindOf(path: string): Promise<'nothing' | 'socket' | 'other'> {
  try {
    return (await lstat(path)).isSocket() ? 'socket' : 'other';
  } catch {
    return 'nothing';
  }
}

function isLive(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createConnection({ path });
    const settle = (live: boolean): void => {
      clearTimeout(timer);
      probe.destroy();
      resolve(live);
    };
    const timer = setTimeout(settle, PROBE_MS_MAX, true);
    probe.once('connect', () => {
      settle(true);
    });
    probe.once('error', (error: NodeJS.ErrnoException) => {
      settle(error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT');
    });
  });
}

function taken(path: string, why: string): IpcError {
  return new IpcError({ code: 'failed', message: `cannot listen on ${path}: ${why}.` });
}
