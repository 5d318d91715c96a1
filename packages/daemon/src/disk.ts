/**
 * What a node keeps on stable storage: the CIB and the last good one before it, the ring sequence,
 * the quorum record. Every write goes to a side file, is flushed, and replaces the old by rename.
 */
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeDisk, describeDiskFault, emptyCib, type XmlElement } from '@holdfast/cib';
import type { DiskEffect } from '@holdfast/controller';
import type { QuorumRecord } from '@holdfast/quorum';
import { replaceFile } from '@holdfast/ring-thread';

export type Loaded = {
  readonly root: XmlElement;
  readonly term: number;
  readonly ringSeq: number;
  readonly quorum: QuorumRecord | undefined;
  /** Ended fences and proofs, as the node wrote them. */
  readonly fences: string | undefined;
  /** Sentences about what was found damaged and what was done instead. */
  readonly trouble: readonly string[];
};

const CIB = 'cib.xml';
const LAST_GOOD = 'cib.last.xml';
const PREPARED = 'cib.prepared.xml';
const RING_SEQ = 'ring-seq';
const QUORUM = 'quorum.json';
const LIFE = 'life';
const FENCES = 'fences.json';

/** Reads everything; what is damaged is kept aside under another name, and said. */
export function load(folder: string, asideMark: string): Loaded {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const trouble: string[] = [];
  const cib = loadCib(folder, asideMark, trouble);
  return {
    ...cib,
    ringSeq: loadRingSeq(folder, trouble),
    quorum: loadQuorum(folder, trouble),
    fences: loadFences(folder),
    trouble,
  };
}

function loadCib(
  folder: string,
  asideMark: string,
  trouble: string[],
): { root: XmlElement; term: number } {
  for (const name of [CIB, LAST_GOOD]) {
    const path = join(folder, name);
    if (!existsSync(path)) continue;
    const decoded = decodeDisk(readFileSync(path, 'utf8'));
    if (decoded.ok) {
      if (name === LAST_GOOD) trouble.push(`the last good configuration, ${path}, is used instead`);
      return decoded.value;
    }
    const aside = join(folder, `${name}.damaged-${asideMark}`);
    renameSync(path, aside);
    trouble.push(`${path} is damaged: ${describeDiskFault(decoded.fault)}; it is kept as ${aside}`);
  }
  if (trouble.length > 0) {
    trouble.push(
      'no good configuration is left on this disk; it will be taken over from another member',
    );
  }
  return { root: emptyCib(), term: 0 };
}

function loadRingSeq(folder: string, trouble: string[]): number {
  const path = join(folder, RING_SEQ);
  if (!existsSync(path)) return 0;
  const seq = Number(readFileSync(path, 'utf8').trim());
  if (Number.isSafeInteger(seq) && seq >= 0) return seq;
  trouble.push(`${path} does not hold a number; the ring starts from what its members remember`);
  return 0;
}

function loadQuorum(folder: string, trouble: string[]): QuorumRecord | undefined {
  const path = join(folder, QUORUM);
  if (!existsSync(path)) return undefined;
  const record = parseQuorum(readFileSync(path, 'utf8'));
  if (record === undefined)
    trouble.push(`${path} is damaged; quorum is counted from the configuration`);
  return record;
}

function loadFences(folder: string): string | undefined {
  const path = join(folder, FENCES);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/** Undefined, or the system's own words. */
export async function persistFences(folder: string, text: string): Promise<string | undefined> {
  try {
    await writeFlushed(join(folder, `${FENCES}.new`), text);
    await rename(join(folder, `${FENCES}.new`), join(folder, FENCES));
    return undefined;
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  }
}

function parseQuorum(text: string): QuorumRecord | undefined {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof read !== 'object' || read === null) return undefined;
  if (!('allSeen' in read) || !('expectedVotes' in read)) return undefined;
  const { allSeen, expectedVotes } = read;
  if (typeof allSeen !== 'boolean' || typeof expectedVotes !== 'number') return undefined;
  return { allSeen, expectedVotes };
}

export function persistQuorum(folder: string, record: QuorumRecord): void {
  replaceFile(join(folder, QUORUM), `${JSON.stringify(record)}\n`);
}

/** Where the ring's thread keeps how far its sequence went. */
export function ringSeqPath(folder: string): string {
  return join(folder, RING_SEQ);
}

/** Where the number of this node's life is. */
export function lifePath(folder: string): string {
  return join(folder, LIFE);
}

/** Carries out one CIB write; the answer is undefined, or the system's own words. */
export async function carryOut(folder: string, effect: DiskEffect): Promise<string | undefined> {
  try {
    switch (effect.kind) {
      case 'disk-prepare':
        await writeFlushed(join(folder, PREPARED), effect.text);
        return undefined;
      case 'disk-store':
        await writeFlushed(join(folder, `${CIB}.new`), effect.text);
        await putInForce(folder, `${CIB}.new`);
        return undefined;
      case 'disk-commit':
        await putInForce(folder, PREPARED);
        return undefined;
    }
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  }
}

async function writeFlushed(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The CIB so far becomes the last good one; the new one takes its name. */
async function putInForce(folder: string, name: string): Promise<void> {
  const current = join(folder, CIB);
  if (existsSync(current)) {
    const link = join(folder, `${LAST_GOOD}.new`);
    rmSync(link, { force: true });
    linkSync(current, link);
    await rename(link, join(folder, LAST_GOOD));
  }
  await rename(join(folder, name), current);
  const directory = await open(folder, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
