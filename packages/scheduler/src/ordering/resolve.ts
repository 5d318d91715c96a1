/** From orderings between what might exist to relations between what does (B4.6). */
import { type Action, keyOf } from '../work/action.ts';
import { byKey } from '../work/find.ts';
import { FIRST_MAKES_THEN, GUEST, relate, TARGET_NODE } from '../work/relation.ts';
import { request } from '../work/request.ts';
import type { Ordering, OrderingSide, Work } from '../work/work.ts';
import { blockColocated } from './colocated.ts';
import { orderProbes } from './probe-extras.ts';
import { update, updateAfter } from './update.ts';

export function resolveOrderings(work: Work): void {
  work.knots.update = (action) => {
    update(work, action);
  };
  work.knots.updateAfter = (action) => {
    updateAfter(work, action);
  };
  for (const ordering of work.orderings) resolveOne(work, ordering);
  for (const action of [...work.actions].reverse()) blockColocated(work, action);
  orderProbes(work);
  for (const action of [...work.actions].reverse()) update(work, action);
  for (const action of [...work.actions].reverse()) dropInvalid(action);
}

function resolveOne(work: Work, { first, then, flags }: Ordering): void {
  const firsts = firstActions(work, first, then);
  for (const one of firsts) {
    const isOwnAbort = one.isAbortStop && one.resource === then.resource;
    const kept = isOwnAbort ? flags & ~FIRST_MAKES_THEN : flags;
    for (const other of thenActions(work, then)) relate(one, other, kept);
  }
}

/** Where nothing is to be done first, what would be done is made up, so that its absence is seen. */
function firstActions(work: Work, side: OrderingSide, then: OrderingSide): readonly Action[] {
  const { action, resource, key } = side;
  if (action !== undefined) return [action];
  if (resource === undefined || key === undefined) return [];
  const found = byKey(work, resource, key);
  if (found.length > 0) return found;
  if (resource === then.resource) return [];
  const task = taskOf(resource.id, key);
  if (task === undefined) return [];
  const own = byKey(work, resource, keyOf(resource, task.name, task.intervalMs));
  if (own.length > 0) return own;
  if (task.name === 'stop' && resource.role === 'Stopped') return [];
  if (task.name === 'demote' && resource.role === 'Unpromoted') return [];
  const made = request(work, {
    resource,
    task: task.name,
    intervalMs: task.intervalMs,
    node: undefined,
    isOptional: true,
  });
  return [made];
}

function taskOf(
  id: string,
  key: string,
): { readonly name: string; readonly intervalMs: number } | undefined {
  const rest = key.startsWith(`${id}_`) ? key.slice(id.length + 1) : key;
  const match = /^(.+)_(\d+)$/.exec(rest);
  if (match === null) return undefined;
  return { name: match[1] ?? '', intervalMs: Number(match[2]) };
}

function thenActions(work: Work, { action, resource, key }: OrderingSide): readonly Action[] {
  if (action !== undefined) return [action];
  return resource === undefined || key === undefined ? [] : byKey(work, resource, key);
}

/** B4.10. */
function dropInvalid(then: Action): void {
  for (const relation of then.before) {
    const { action: first, flags } = relation;
    if (flags === 0) continue;
    if ((flags & GUEST) === 0 && first.resource !== undefined && runsInside(first, then)) {
      relation.flags = 0;
    }
    if (flags === TARGET_NODE && then.task === 'migrate_to' && leadsBack(first, then)) {
      relation.flags = 0;
    }
  }
}

function runsInside({ node }: Action, { resource }: Action): boolean {
  const launcher = node?.kind === 'guest' ? node.connection?.launcher : undefined;
  return launcher !== undefined && launcher === resource;
}

/** Is `then` among what comes before `first`? */
function leadsBack(first: Action, then: Action): boolean {
  const seen = new Set<Action>();
  const waiting = [first];
  for (let action = waiting.pop(); action !== undefined; action = waiting.pop()) {
    if (action === then) return true;
    if (seen.has(action)) continue;
    seen.add(action);
    for (const { action: before, flags } of action.before) {
      if (flags !== 0 && !before.isOptional) waiting.push(before);
    }
  }
  return false;
}
