/** Where resources run, as the status section tells it. */
import { type HistoryEntry, readStatus, type XmlElement, childElements } from '@holdfast/cib';
import { findResource, isResource } from '../draft/places.ts';

export type Role = 'Started' | 'Promoted';

/** One primitive on one node: what it is doing there, and what went wrong. */
export type Instance = {
  readonly resource: string;
  readonly node: string;
  /** Undefined: it does not run there. */
  readonly role: Role | undefined;
  /** The operation that failed last and was not made good since. */
  readonly failure: HistoryEntry | undefined;
};

const RC_NOT_RUNNING = 7;
const PROMOTED = new Set([8, 9, 191]);

/** Every primitive on every node that has a history of it. */
export function everyInstance(cib: XmlElement): readonly Instance[] {
  return readStatus(cib).nodes.flatMap((node) =>
    node.inCluster === false
      ? []
      : node.history.map(({ resource, ops }): Instance => {
          const { role, failure } = fold(ops);
          return { resource: resource.replace(/:\d+$/, ''), node: node.name, role, failure };
        }),
  );
}

/** The history, oldest first, as one state. */
function fold(ops: readonly HistoryEntry[]): Pick<Instance, 'role' | 'failure'> {
  let role: Role | undefined;
  let failure: HistoryEntry | undefined;
  const finished = ops.filter(({ opStatus, callId }) => opStatus !== -1 && callId >= 0);
  for (const op of [...finished].sort((a, b) => a.callId - b.callId)) {
    const isAsExpected =
      op.rc === op.targetRc ||
      (op.task === 'monitor' && op.intervalMs === 0 && [0, RC_NOT_RUNNING, 8].includes(op.rc));
    if (!isAsExpected) failure = op;
    else if (op.task === 'stop' || op.task === failure?.task) failure = undefined;
    role = roleAfter(role, op, isAsExpected);
  }
  return { role, failure };
}

function roleAfter(
  role: Role | undefined,
  op: HistoryEntry,
  isAsExpected: boolean,
): Role | undefined {
  if (op.rc === RC_NOT_RUNNING) return undefined;
  if (PROMOTED.has(op.rc)) return 'Promoted';
  switch (op.task) {
    case 'stop':
      return isAsExpected ? undefined : role;
    case 'start':
    case 'demote':
      return 'Started';
    case 'promote':
      return isAsExpected ? 'Promoted' : role;
    case 'monitor':
      return isAsExpected ? 'Started' : role;
    default:
      return role;
  }
}

/** Primitives in this resource, or itself. */
export function primitivesIn(resource: XmlElement): readonly string[] {
  if (resource.name === 'primitive') return [resource.attributes['id'] ?? ''];
  return childElements(resource).filter(isResource).flatMap(primitivesIn);
}

/** Nodes this resource (any part of it) runs on, in the best role it has there. */
export function runningOn(
  cib: XmlElement,
  id: string,
): readonly { readonly node: string; readonly role: Role }[] {
  const resource = findResource(cib, id);
  if (resource === undefined) return [];
  const inside = primitivesIn(resource);
  const best = new Map<string, Role>();
  for (const { resource: each, node, role } of everyInstance(cib)) {
    if (role === undefined || !inside.includes(each)) continue;
    if (best.get(node) !== 'Promoted') best.set(node, role);
  }
  return [...best]
    .map(([node, role]) => ({ node, role }))
    .sort((a, b) => (a.node < b.node ? -1 : 1));
}
