/** What the ring keeps on stable storage: how far its sequence went, and which life this is. */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** Writes beside, flushes, renames, flushes the folder; throws where the disk refuses. */
export function replaceFile(path: string, text: string): void {
  const side = `${path}.new`;
  const file = openSync(side, 'w', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(side, path);
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/**
 * The number of a new life of this node: greater than that of every earlier one, whatever the wall
 * clock says, and on disk before it is used. Throws where the disk refuses.
 */
export function beginLife(path: string, wallMs: number): number {
  const life = Math.max(lastLife(path) + 1, wallMs);
  replaceFile(path, `${life}\n`);
  return life;
}

function lastLife(path: string): number {
  let text;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return 0;
  }
  const life = Number(text.trim());
  return Number.isSafeInteger(life) && life > 0 ? life : 0;
}
