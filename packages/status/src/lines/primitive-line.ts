/** One primitive as one line (B8.4). */
import type { HistoryEntry } from '@holdfast/cib';
import type { ClusterNode } from '../model/node.ts';
import type { ClusterResource } from '../model/resource.ts';
import { currentNode } from '../read/active.ts';
import { requestedRole, topOf } from '../read/traits.ts';

export type LineOptions = {
  /** What is under way is said too. */
  readonly showsPending: boolean;
};

const PENDING_WORDS: Readonly<Record<string, string>> = {
  start: 'Starting',
  stop: 'Stopping',
  promote: 'Promoting',
  demote: 'Demoting',
  migrate_to: 'Migrating',
  migrate_from: 'Migrating',
};

export function primitiveName({ id, xmlId, isUnique }: ClusterResource): string {
  return isUnique ? id : xmlId;
}

/** `name` and `node` where they are not the resource's own (a bundle's). */
export function primitiveLine(
  resource: ClusterResource,
  options: LineOptions,
  shown: { readonly name?: string; readonly node?: ClusterNode | undefined } = {},
): string {
  const name = shown.name ?? primitiveName(resource);
  const several = resource.active.length > 1;
  const node = 'node' in shown ? shown.node : nodeOf(resource, several);
  const role = shownRole(resource, options);
  const head = `${name}\t(${agentText(resource)}):\t${resource.isRemoved ? ' ORPHANED' : ''}`;
  const state = resource.isFailed ? ` FAILED${role === 'Promoted' ? ' Promoted' : ''}` : ` ${role}`;
  const place = node === undefined ? '' : ` ${node.name}`;
  const why = role === 'Stopped' ? maskedText(resource, node) : '';
  const flags = inBrackets(flagsOf(resource, node, options));
  const list = several && !('node' in shown) ? listOf(resource) : '';
  return `${head}${state}${place}${why}${flags}${list}`;
}

function listOf({ active, configured }: ClusterResource): string {
  const description = configured?.description;
  const words = description === undefined || description === '' ? '' : ` (${description})`;
  return `${words} [ ${active.map(({ name }) => name).join(' ')} ]`;
}

function nodeOf(resource: ClusterResource, several: boolean): ClusterNode | undefined {
  if (several) return undefined;
  return currentNode(resource) ?? resource.pendingNode ?? resource.lockedTo;
}

function agentText({ agent }: ClusterResource): string {
  if (agent === undefined) return '';
  return [agent.class, agent.provider, agent.type].filter((part) => part !== '').join(':');
}

function shownRole(resource: ClusterResource, { showsPending }: LineOptions): string {
  const { pending, role } = resource;
  const word = showsPending && pending !== undefined ? PENDING_WORDS[pending.task] : undefined;
  if (word !== undefined) return word;
  if (role === 'Unknown') return 'Stopped';
  return role === 'Started' && topOf(resource).isPromotable ? 'Unpromoted' : role;
}

function maskedText({ masked }: ClusterResource, node: ClusterNode | undefined): string {
  const entry = node === undefined ? [...masked.values()][0] : masked.get(node);
  return entry === undefined ? '' : ` (${exitText(entry)}) `;
}

const EXIT_TEXTS: Readonly<Record<number, string>> = {
  2: 'Invalid parameter',
  5: 'Not installed',
};

export function exitText({ rc }: HistoryEntry): string {
  return EXIT_TEXTS[rc] ?? 'Not installed';
}

function flagsOf(
  resource: ClusterResource,
  node: ClusterNode | undefined,
  { showsPending }: LineOptions,
): readonly string[] {
  const { pending } = resource;
  const target = requestedRole(resource);
  const isMonitoring = showsPending && pending?.task === 'monitor' && pending.intervalMs > 0;
  return [
    ...(node !== undefined && !node.isOnline && node.isUnclean ? ['UNCLEAN'] : []),
    ...(node !== undefined && node === resource.lockedTo ? ['LOCKED'] : []),
    ...(isMonitoring ? ['Monitoring'] : []),
    ...(target === 'Stopped' ? ['disabled'] : []),
    ...(target === 'Unpromoted' ? ['target-role:Unpromoted'] : []),
    ...careFlag(resource),
    ...(resource.isFailureIgnored ? ['failure ignored'] : []),
  ];
}

/** Why the cluster does not take care of it: the first reason only. */
function careFlag({ isBlocked, isManaged, isMaintenance }: ClusterResource): readonly string[] {
  if (isBlocked) return ['blocked'];
  if (isManaged) return [];
  return [isMaintenance ? 'maintenance' : 'unmanaged'];
}

export function inBrackets(flags: readonly string[]): string {
  return flags.length === 0 ? '' : ` (${flags.join(', ')})`;
}

/** Of a collective. */
export function standingFlags(resource: ClusterResource): readonly string[] {
  const { isManaged, isMaintenance } = resource;
  return [
    ...(requestedRole(resource) === 'Stopped' ? ['disabled'] : []),
    ...(isMaintenance ? ['maintenance'] : isManaged ? [] : ['unmanaged']),
  ];
}

export function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}
