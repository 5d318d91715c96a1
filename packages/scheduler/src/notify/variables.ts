/** What instances are told: who is where, and what is about to happen to whom (B6.2). */
import {
  type ClusterNode,
  type ClusterResource,
  currentNode,
  primitivesOf,
} from '@holdfast/status';
import { actionsOf, type Work } from '../work/work.ts';

export type Told = { readonly resource: ClusterResource; readonly node: ClusterNode | undefined };

export type Notice = {
  readonly start: Told[];
  readonly stop: Told[];
  readonly promote: Told[];
  readonly demote: Told[];
  readonly active: Told[];
  readonly inactive: Told[];
  readonly unpromoted: Told[];
  readonly promoted: Told[];
};

const TASKS = ['start', 'stop', 'promote', 'demote'] as const;

export function collectNotice(work: Work, clone: ClusterResource): Notice {
  const notice: Notice = {
    start: [],
    stop: [],
    promote: [],
    demote: [],
    active: [],
    inactive: [],
    unpromoted: [],
    promoted: [],
  };
  for (const resource of primitivesOf(clone)) {
    collectRoles(resource, notice);
    for (const action of actionsOf(work, resource)) {
      const { task, node, isOptional, isRunnable } = action;
      const kind = TASKS.find((each) => each === task);
      if (kind === undefined || isOptional || node === undefined) continue;
      if (!isRunnable && !(task === 'stop' && node.isUnclean)) continue;
      notice[kind].push({ resource, node });
    }
  }
  return notice;
}

function collectRoles(resource: ClusterResource, notice: Notice): void {
  const told = { resource, node: resource.active[0] };
  switch (resource.role) {
    case 'Stopped':
      notice.inactive.push({ resource, node: undefined });
      return;
    case 'Started':
      notice.active.push(told);
      return;
    case 'Unpromoted':
      notice.unpromoted.push(told);
      notice.active.push(told);
      return;
    case 'Promoted':
      notice.promoted.push(told);
      notice.active.push(told);
      return;
    case 'Unknown':
  }
}

/** By resource, then by node; the same resource twice in a row counts once. Nothing is one space. */
function listed(all: readonly Told[]): { readonly resources: string; readonly nodes: string } {
  const sorted = [...all].sort((a, b) => {
    if (a.resource.id !== b.resource.id) return a.resource.id < b.resource.id ? -1 : 1;
    const [left, right] = [a.node?.id ?? '', b.node?.id ?? ''];
    return left < right ? -1 : Number(left > right);
  });
  const kept = sorted.filter(
    ({ resource }, index) => resource.id !== sorted[index - 1]?.resource.id,
  );
  const text = (words: readonly string[]): string => (words.length === 0 ? ' ' : words.join(' '));
  return {
    resources: text(kept.map(({ resource }) => resource.id)),
    nodes: text(kept.map(({ node }) => node?.name ?? '').filter((name) => name !== '')),
  };
}

export function variablesOf(
  work: Work,
  clone: ClusterResource,
  notice: Notice,
): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  const both = (name: string, all: readonly Told[]): void => {
    const { resources, nodes } = listed(all);
    variables.set(`notify_${name}_resource`, resources);
    variables.set(`notify_${name}_uname`, nodes);
  };
  both('stop', notice.stop);
  both('start', notice.start);
  both('demote', notice.demote);
  both('promote', notice.promote);
  both('active', notice.active);
  both('unpromoted', notice.unpromoted);
  both('slave', notice.unpromoted);
  both('promoted', notice.promoted);
  both('master', notice.promoted);
  variables.set('notify_inactive_resource', listed(notice.inactive).resources);
  const allowed = new Set(clone.allowed.keys());
  const { nodes } = work.cluster;
  const names = (list: readonly ClusterNode[]): string =>
    list.length === 0 ? ' ' : list.map(({ name }) => name).join(' ');
  variables.set('notify_available_uname', names(nodes.filter(({ id }) => allowed.has(id))));
  variables.set('notify_all_uname', names(nodes));
  if (clone.meta.get('container-attribute-target')?.toLowerCase() === 'host') {
    variables.set('notify_all_hosts', names(nodes.map(hostNode)));
  }
  return variables;
}

function hostNode(node: ClusterNode): ClusterNode {
  const launcher = node.kind === 'guest' ? node.connection?.launcher : undefined;
  return launcher === undefined ? node : (currentNode(launcher) ?? node);
}
