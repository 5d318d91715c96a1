/** Clones: instances that run as they should are listed together, the others get lines of their own (B8.4). */
import { compareNames } from '../read/names.ts';
import type { ClusterNode } from '../model/node.ts';
import type { ClusterResource } from '../model/resource.ts';
import { everyPart, primitivesOf, requestedRole } from '../read/traits.ts';
import {
  exitText,
  inBrackets,
  indented,
  type LineOptions,
  standingFlags,
} from './primitive-line.ts';

/** `linesOf`: an instance on its own. */
export function cloneLines(
  clone: ClusterResource,
  options: LineOptions,
  linesOf: (instance: ClusterResource) => readonly string[],
): readonly string[] {
  const child = clone.configured?.kind === 'clone' ? clone.configured.child.id : '';
  const flags = [
    ...(clone.isPromotable ? ['promotable'] : []),
    ...(clone.isUnique ? ['unique'] : []),
    ...standingFlags(clone),
  ];
  const alone: string[] = [];
  const promoted: ClusterNode[] = [];
  const others: ClusterNode[] = [];
  const active = new Set<ClusterNode>();
  for (const instance of clone.children) {
    for (const part of primitivesOf(instance)) for (const node of part.active) active.add(node);
    if (isShownAlone(clone, instance, options)) {
      alone.push(...linesOf(instance));
      continue;
    }
    const [node] = placesOf(instance);
    if (node === undefined || ![...primitivesOf(instance)].some(isSeenActive)) continue;
    (highestRole(instance) === 'Promoted' ? promoted : others).push(node);
  }
  const targeted = requestedRole(clone) === 'Unpromoted' ? ' (target-role)' : '';
  const rest = clone.isPromotable ? `Unpromoted${targeted}` : 'Started';
  const hasRoom = !clone.isUnique && clone.instancesMax > promoted.length + others.length;
  return [
    `Clone Set: ${clone.id} [${child}]${inBrackets(flags)}:`,
    ...indented(alone),
    ...indented(listLine('Promoted', promoted)),
    ...indented(listLine(rest, others)),
    ...indented(hasRoom ? stoppedLists(clone, active) : []),
  ];
}

/** What a node that is away and proven off ran is active no more. */
function isSeenActive({ active, isManaged }: ClusterResource): boolean {
  return active.some(({ isOnline, isUnclean }) => isOnline || isUnclean || !isManaged);
}

function placesOf(instance: ClusterResource): readonly ClusterNode[] {
  const places = new Set<ClusterNode>();
  for (const part of primitivesOf(instance)) for (const node of part.active) places.add(node);
  return [...places];
}

function highestRole(instance: ClusterResource): string {
  for (const part of primitivesOf(instance)) if (part.role === 'Promoted') return 'Promoted';
  return 'Started';
}

function isShownAlone(
  clone: ClusterResource,
  instance: ClusterResource,
  { showsPending }: LineOptions,
): boolean {
  const parts = [...primitivesOf(instance)];
  const isPartlyActive = parts.some(isSeenActive);
  if (clone.isUnique) return isPartlyActive || !instance.isRemoved;
  if (showsPending && instance.pending !== undefined) return true;
  if (!isPartlyActive) return false;
  const all = [...everyPart([instance])];
  if (all.some(({ isRemoved, isFailed, isManaged }) => isRemoved || isFailed || !isManaged)) {
    return true;
  }
  if (!parts.every(({ active }) => active.length > 0)) return true;
  const [node, second] = placesOf(instance);
  return second !== undefined || (node !== undefined && !node.isOnline && node.isUnclean);
}

/** Where it could run, and does not. */
function stoppedLists(clone: ClusterResource, active: ReadonlySet<ClusterNode>): readonly string[] {
  const lists = new Map<string, ClusterNode[]>();
  const nodes =
    clone.allowed.size > 0 ? [...clone.allowed.values()].map(({ node }) => node) : [...clone.known];
  for (const node of nodes) {
    if (active.has(node)) continue;
    const why = whyStopped(clone, node);
    const title = why === undefined ? 'Stopped' : `Stopped (${why})`;
    lists.set(title, [...(lists.get(title) ?? []), node]);
  }
  return [...lists]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([title, found]) => listLine(title, found));
}

function whyStopped(clone: ClusterResource, node: ClusterNode): string | undefined {
  const parts = [...primitivesOf(clone)];
  const isToStop = (part: ClusterResource): boolean => requestedRole(part) === 'Stopped';
  if (isToStop(clone) || parts.every(isToStop)) return 'disabled';
  for (const part of parts) {
    const entry = part.masked.get(node);
    if (entry !== undefined) return exitText(entry);
  }
  return undefined;
}

function listLine(title: string, nodes: readonly ClusterNode[]): readonly string[] {
  if (nodes.length === 0) return [];
  const names = nodes.map(({ name }) => name).sort(compareNames);
  return [`${title}: [ ${names.join(' ')} ]`];
}
