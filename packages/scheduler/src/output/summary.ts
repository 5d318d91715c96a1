/** What will be done, a line for each resource that is moved (B8.5). */
import {
  type AnyRole,
  type ClusterNode,
  type ClusterResource,
  currentNode,
  rankOf,
} from '@holdfast/status';
import { type Action, keyOf } from '../work/action.ts';
import { findByKey } from '../work/find.ts';
import type { Work } from '../work/work.ts';

export type SummaryLine =
  | { readonly kind: 'fence'; readonly op: string; readonly node: string; readonly reason: string }
  | {
      readonly kind: 'resource';
      readonly verb: string;
      readonly resource: ClusterResource;
      readonly details: string;
      /** `due to …`, with what stands behind it; empty: nothing is said. */
      readonly reason: string;
    };

export function summarize(work: Work): readonly SummaryLine[] {
  const lines: SummaryLine[] = [];
  for (const action of [...work.actions].reverse()) {
    const { task, isOptional, reason, node } = action;
    if (task !== 'stonith' || isOptional || reason === undefined || node === undefined) continue;
    const launcher = node.kind === 'guest' ? node.connection?.launcher : undefined;
    const name = launcher === undefined ? node.name : `${node.name} (resource: ${launcher.id})`;
    lines.push({ kind: 'fence', op: action.meta.get('stonith_action') ?? '', node: name, reason });
  }
  for (const resource of work.cluster.resources) addLines(work, resource, lines);
  return lines;
}

function addLines(work: Work, resource: ClusterResource, lines: SummaryLine[]): void {
  if (resource.variant === 'primitive') {
    addPrimitive(work, resource, lines);
    return;
  }
  if (resource.variant !== 'bundle') {
    for (const child of resource.children) addLines(work, child, lines);
    return;
  }
  for (const { ip, container, connection, inner } of resource.replicas) {
    for (const part of [ip, container, connection, inner]) {
      if (part !== undefined) addLines(work, part, lines);
    }
  }
}

type Case = {
  readonly resource: ClusterResource;
  readonly role: AnyRole;
  readonly nextRole: AnyRole;
  readonly current: ClusterNode | undefined;
  readonly dest: ClusterNode | undefined;
  readonly start: Action | undefined;
  readonly stop: Action | undefined;
  readonly promote: Action | undefined;
  readonly demote: Action | undefined;
};

function addPrimitive(work: Work, resource: ClusterResource, lines: SummaryLine[]): void {
  const isActive = resource.active.length > 0;
  if (resource.isRemoved && !isActive) return;
  const current = isActive ? currentNode(resource) : undefined;
  const dest = resource.assigned?.node;
  const role = isActive && resource.role === 'Stopped' ? 'Started' : resource.role;
  if (!resource.isManaged || (current === undefined && dest === undefined)) return;
  const find = (task: string, node: ClusterNode | undefined): Action | undefined =>
    findByKey(work, resource, keyOf(resource, task), node);
  const start = find('start', dest);
  let stop = find('stop', start?.isRunnable === true ? current : undefined);
  if (stop === undefined && resource.stopsUnexpected) stop = find('stop', undefined);
  const found: Case = {
    resource,
    role,
    nextRole: resource.nextRole,
    current,
    dest,
    start,
    stop,
    promote: find('promote', dest),
    demote: find('demote', dest),
  };
  lines.push(...(role === resource.nextRole ? sameRole(work, found) : otherRole(work, found)));
}

type Line = {
  readonly verb: string;
  readonly origin: ClusterNode | undefined;
  readonly destination: ClusterNode | undefined;
  readonly action: Action | undefined;
  readonly because?: Action | undefined;
};

function sameRole(work: Work, found: Case): readonly SummaryLine[] {
  const { resource, current, dest, start, stop, promote, demote } = found;
  const migrate = findByKey(work, resource, keyOf(resource, 'migrate_from'), dest);
  if (migrate?.isRunnable === true && current !== undefined && !migrate.isOptional) {
    return one(found, { verb: 'Migrate', origin: current, destination: dest, action: start });
  }
  if (resource.isReloading) {
    return one(found, { verb: 'Reload', origin: current, destination: dest, action: start });
  }
  if (start === undefined || start.isOptional) {
    const isAgain = demote?.isOptional === false && promote?.isOptional === false;
    if (!isAgain) return [];
    return one(found, {
      verb: 'Re-promote',
      origin: current,
      destination: dest,
      action: promote,
      because: demote,
    });
  }
  if (!start.isRunnable) {
    const because = stop?.reason === undefined ? start : stop;
    return one(found, {
      verb: 'Stop',
      origin: current,
      destination: undefined,
      action: stop,
      because,
    });
  }
  if (current !== dest) {
    const verb = resource.isFailed ? 'Recover' : 'Move';
    return one(found, { verb, origin: current, destination: dest, action: stop });
  }
  if (resource.isFailed) {
    return one(found, { verb: 'Recover', origin: current, destination: undefined, action: stop });
  }
  return one(found, { verb: 'Restart', origin: current, destination: dest, action: start });
}

function otherRole(work: Work, found: Case): readonly SummaryLine[] {
  const { resource, nextRole, current, dest, start, stop } = found;
  const isBlockedStart = start !== undefined && !start.isRunnable;
  if (stop !== undefined && (nextRole === 'Stopped' || isBlockedStart)) return stops(work, found);
  const both = { origin: current, destination: dest };
  if (stop !== undefined && resource.isFailed && resource.mustStop) {
    return one(found, { verb: 'Recover', ...both, action: stop, because: start });
  }
  const isMoving =
    current !== undefined && dest !== undefined && current !== dest && rankOf(nextRole) > 1;
  if (isMoving) return one(found, { verb: 'Move', ...both, action: stop });
  if (resource.isReloading) return one(found, { verb: 'Reload', ...both, action: start });
  if (stop?.isOptional === false) return one(found, { verb: 'Restart', ...both, action: start });
  return roleChange(found, both);
}

function roleChange(
  found: Case,
  both: Pick<Line, 'origin' | 'destination'>,
): readonly SummaryLine[] {
  const { role, nextRole, start, promote, demote } = found;
  if (role === 'Promoted') return one(found, { verb: 'Demote', ...both, action: demote });
  if (nextRole === 'Promoted') return one(found, { verb: 'Promote', ...both, action: promote });
  if (role === 'Stopped' && rankOf(nextRole) > rankOf('Stopped')) {
    return one(found, { verb: 'Start', ...both, action: start });
  }
  return [];
}

function stops(work: Work, found: Case): readonly SummaryLine[] {
  const { resource, start } = found;
  return resource.active.flatMap((node) => {
    const action = findByKey(work, resource, keyOf(resource, 'stop'), node);
    const because = action?.reason === undefined ? start : action;
    return one(found, { verb: 'Stop', origin: node, destination: undefined, action, because });
  });
}

function one(found: Case, line: Line): readonly SummaryLine[] {
  const { resource } = found;
  const { verb, origin, destination, action, because } = line;
  return [
    {
      kind: 'resource',
      verb,
      resource,
      details: detailsOf(found, origin, destination),
      reason: reasonOf(because ?? action, action),
    },
  ];
}

function reasonOf(source: Action | undefined, action: Action | undefined): string {
  const isBlocked = action !== undefined && !action.isRunnable;
  if (source?.reason !== undefined)
    return `due to ${source.reason}${isBlocked ? ' (blocked)' : ''}`;
  return isBlocked ? 'blocked' : '';
}

function detailsOf(
  { role, nextRole }: Case,
  origin: ClusterNode | undefined,
  destination: ClusterNode | undefined,
): string {
  const needsRole = rankOf(role) > rankOf('Started') || rankOf(nextRole) > rankOf('Unpromoted');
  const words = (...parts: readonly (string | undefined)[]): string =>
    parts.filter((part) => part !== undefined).join(' ');
  const shownRole = needsRole ? role : undefined;
  if (origin === undefined) {
    return needsRole ? words(role, '->', nextRole, destination?.name) : words(destination?.name);
  }
  if (destination === undefined) return words(shownRole, origin.name);
  const isSameRole = role === nextRole;
  const isSameHost = origin === destination;
  if (isSameRole && isSameHost) return words(shownRole, origin.name);
  if (isSameRole) return words(origin.name, '->', destination.name, shownRole);
  if (isSameHost) {
    return needsRole ? words(role, '->', nextRole, origin.name) : words(origin.name);
  }
  return needsRole
    ? words(role, origin.name, '->', nextRole, destination.name)
    : words(origin.name, '->', destination.name);
}
