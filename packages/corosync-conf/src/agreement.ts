/** What all members must have alike, as checksums: they travel with every join (rules T3.5, T6.32). */
import { sha256 } from '@holdfast/base';
import type { CorosyncConf } from './model.ts';

/** One checksum for each section, so that a difference can be named by its place. */
export type ConfDigests = {
  readonly totem: string;
  readonly nodelist: string;
  readonly quorum: string;
};

/** Where something stands in the file, and what only this host has to know. */
const OWN: ReadonlySet<string> = new Set(['line', 'key', 'keyFile', 'configVersion']);

/** 64 bits: enough to tell two files apart, not meant against forgers. */
const DIGITS = 16;

/**
 * Checksums of what the file means, not of how it is written: comments, order and defaults spelled
 * out make no difference. Secrets, paths of this host and `config_version` are left out.
 */
export function digestsOf({ totem, nodes, quorum }: CorosyncConf): ConfDigests {
  return { totem: digest(totem), nodelist: digest(nodes), quorum: digest(quorum) };
}

/** The sections that differ, as a file calls them; empty where the two agree. */
export function differingSections(a: ConfDigests, b: ConfDigests): readonly string[] {
  return (['totem', 'nodelist', 'quorum'] as const).filter((section) => a[section] !== b[section]);
}

function digest(value: unknown): string {
  return sha256(canonical(value)).slice(0, DIGITS);
}

/** JSON with sorted keys; what is undefined or this host's own is left out. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value)
    .filter(([key, each]) => each !== undefined && !OWN.has(key))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`);
  return `{${entries.join(',')}}`;
}
