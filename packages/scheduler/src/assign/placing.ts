/** Giving a resource its node, and taking it back (A4.7.2, B1.13). */
import { type ClusterResource, copyEntry, type Entry, isAvailable } from '@holdfast/status';
import { actionsOf, type Work } from '../work/work.ts';

export type Manner = {
  /** A resource that finds no node is to stop. */
  readonly isFinal: boolean;
  /** Whatever its score. */
  readonly isForced?: boolean;
};

/** True: it has a node now. */
export function place(
  work: Work,
  resource: ClusterResource,
  entry: Entry | undefined,
  manner: Manner,
): boolean {
  if (resource.children.length > 0) {
    for (const child of resource.children) place(work, child, entry, manner);
    resource.isAssigned = true;
    return entry !== undefined;
  }
  return placePrimitive(work, resource, entry, manner);
}

function placePrimitive(
  work: Work,
  resource: ClusterResource,
  entry: Entry | undefined,
  { isFinal, isForced = false }: Manner,
): boolean {
  let chosen = entry;
  if (chosen !== undefined && !isForced && isRefused(chosen)) chosen = undefined;
  if (chosen === undefined && entry !== undefined && isFinal) resource.nextRole = 'Stopped';
  unplace(resource);
  resource.isAssigned = true;
  if (chosen === undefined) {
    if (isFinal) loseNode(work, resource);
    return false;
  }
  resource.assigned = copyEntry(chosen);
  const { node } = chosen;
  node.assignedCount += 1;
  useCapacity(resource, node.capacity, -1);
  return true;
}

function isRefused({ node, score }: Entry): boolean {
  return score < 0 || (!isAvailable(node) && node.kind !== 'guest');
}

/** Only what the resource uses of is counted, within 32 bits (A4.11.1). */
function useCapacity(
  { utilization }: ClusterResource,
  capacity: Map<string, number>,
  sign: number,
): void {
  for (const [name, amount] of utilization) {
    const left = capacity.get(name);
    if (left === undefined) continue;
    capacity.set(name, Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, left + sign * amount)));
  }
}

/** Takes the node back. */
export function unplace(resource: ClusterResource): void {
  for (const child of resource.children) unplace(child);
  const { assigned } = resource;
  resource.isAssigned = false;
  resource.assigned = undefined;
  if (assigned === undefined || resource.children.length > 0) return;
  assigned.node.assignedCount -= 1;
  useCapacity(resource, assigned.node.capacity, 1);
}

/** B1.13: without a node it is to stop, and what would keep it running cannot be done. */
export function loseNode(work: Work, resource: ClusterResource): void {
  resource.nextRole = 'Stopped';
  for (const action of actionsOf(work, resource)) {
    if (action.task === 'stop') action.isOptional = false;
    else if (action.task === 'start') action.isRunnable = false;
    else if (action.intervalMs > 0 && action.meta.get('op_target_rc') !== '7') {
      action.isRunnable = false;
    }
  }
}
