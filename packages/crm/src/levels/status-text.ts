/** The view as text, in the shape that scripts and eyes know. */
import type { ClusterStatus, FenceRecord, FencingStatus } from '@holdfast/ipc';
import { fenceLine } from './fence-line.ts';
import { attemptLines, proofSentence } from './fence-status.ts';
import type { FailureView, InstanceView, NodeView, ResourceView, View } from './view.ts';

const RC_WORDS: readonly string[] = [
  'ok',
  'error',
  'invalid parameter',
  'unimplemented',
  'insufficient privileges',
  'not installed',
  'not configured',
  'not running',
  'promoted',
  'promoted failed',
];
const STATUS_WORDS: Readonly<Record<number, string>> = {
  0: 'complete',
  1: 'Cancelled',
  2: 'Timed out',
  3: 'Not supported',
  4: 'Error',
};

export type Status = {
  readonly cluster: ClusterStatus;
  readonly view: View;
  readonly fences: readonly FenceRecord[];
  readonly fencing: FencingStatus;
  readonly now: Date;
};

export type TextOptions = {
  /** Also what does not run. */
  readonly isEverything: boolean;
};

export function statusText(status: Status, options: TextOptions): string {
  const { cluster, view, fences, fencing, now } = status;
  const resources = resourceLines(view, options);
  const failures = view.failures.map(failureLine);
  const failedFences = [
    ...fences.filter(isUnmended).map((each) => `  * ${fenceLine(each)}`),
    ...fencing.targets
      .flatMap((target) => attemptLines(target, now.getTime()).map((line) => [target.node, line]))
      .map(([node = '', line = '']) => `  * ${node}: ${line.trim()}`),
  ];
  const pending = fences
    .filter(({ state }) => state === 'pending')
    .map((each) => `  * ${fenceLine(each)}`);
  const title = options.isEverything ? 'Full List of Resources:' : 'Active Resources:';
  return [
    'Cluster Summary:',
    ...summaryLines(cluster, view, now),
    ...proofLines(fencing, now),
    '',
    'Node List:',
    ...nodeLines(view.nodes),
    '',
    title,
    ...(resources.length === 0 ? ['  * No active resources'] : resources),
    ...titled('Failed Resource Actions:', failures),
    ...titled('Failed Fencing Actions:', failedFences),
    ...titled('Pending Fencing Actions:', pending),
    ...titled(
      'Warnings:',
      cluster.warnings.map((warning) => `  * ${warning}`),
    ),
    '',
  ].join('\n');
}

function proofLines({ paths }: FencingStatus, now: Date): readonly string[] {
  const sentence = proofSentence(paths, now.getTime());
  return sentence === '' ? [] : [`  * ${sentence}`];
}

/** Failed, and neither tried again nor fenced since: the last failure of each node says enough. */
function isUnmended(fence: FenceRecord, index: number, fences: readonly FenceRecord[]): boolean {
  const isNewer = ({ target, state }: FenceRecord, at: number): boolean =>
    at > index && target === fence.target && (state === 'done' || state === 'failed');
  return fence.state === 'failed' && !fences.some(isNewer);
}

function titled(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', title, ...lines];
}

function summaryLines(cluster: ClusterStatus, view: View, now: Date): readonly string[] {
  const { quorum, ring, dc, version, node } = cluster;
  const all = view.resources.flatMap(flat);
  const total = all.reduce((sum, each) => sum + each.count, 0);
  const disabled = all
    .filter(({ isDisabled }) => isDisabled)
    .reduce((sum, each) => sum + each.count, 0);
  const waiting =
    quorum.waitingFor.length === 0 ? '' : ` (waiting for ${quorum.waitingFor.join(', ')})`;
  const partition = quorum.quorate ? 'partition with quorum' : `partition WITHOUT quorum${waiting}`;
  return [
    `  * Stack: holdfast (ring ${ring.state})`,
    `  * Current DC: ${dc ?? 'NONE'} (version ${version}) - ${partition}`,
    `  * Last updated: ${dateText(now)} on ${node}`,
    `  * Last change:  ${view.lastChange}`,
    `  * ${plural(view.nodes.length, 'node')} configured`,
    `  * ${plural(total, 'resource instance')} configured${disabled > 0 ? ` (${disabled} DISABLED)` : ''}`,
  ];
}

/** `Mon Nov 23 21:27:10 2026`. */
function dateText(now: Date): string {
  const [day, month, date, year, time] = now.toString().split(' ');
  return `${day ?? ''} ${month ?? ''} ${String(Number(date))} ${time ?? ''} ${year ?? ''}`;
}

function plural(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function flat(
  resource: ResourceView,
): readonly { readonly isDisabled: boolean; readonly count: number }[] {
  if (resource.kind === 'primitive') {
    return [{ isDisabled: resource.isDisabled, count: Math.max(1, resource.instances.length) }];
  }
  return resource.members.flatMap(flat);
}

export function nodeLines(nodes: readonly NodeView[]): readonly string[] {
  const special = nodes.flatMap((node) => {
    const state = specialState(node);
    return state === undefined ? [] : [`  * Node ${node.name}: ${state}`];
  });
  const plain = nodes.filter((node) => specialState(node) === undefined);
  const list = (title: string, chosen: readonly NodeView[]): readonly string[] =>
    chosen.length === 0 ? [] : [`  * ${title}: [ ${chosen.map(({ name }) => name).join(' ')} ]`];
  return [
    ...special,
    ...list(
      'Online',
      plain.filter(({ isOnline }) => isOnline),
    ),
    ...list(
      'OFFLINE',
      plain.filter(({ isOnline }) => !isOnline),
    ),
  ];
}

function specialState(node: NodeView): string | undefined {
  if (node.isUnclean) return 'UNCLEAN (offline)';
  if (node.isPending) return 'pending';
  if (!node.isOnline) return undefined;
  if (node.isMaintenance) return 'maintenance';
  return node.isStandby ? 'standby' : undefined;
}

export function resourceLines({ resources }: View, options: TextOptions): readonly string[] {
  return resources.flatMap((resource) => linesOf(resource, '  ', options));
}

function isActive(resource: ResourceView): boolean {
  return resource.instances.length > 0 || resource.members.some(isActive);
}

function linesOf(resource: ResourceView, indent: string, options: TextOptions): readonly string[] {
  if (!options.isEverything && !isActive(resource)) return [];
  const flags = flagsOf(resource);
  switch (resource.kind) {
    case 'primitive':
      return primitiveLines(resource, indent);
    case 'group':
      return [
        `${indent}* Resource Group: ${resource.id}${flags}:`,
        ...resource.members.flatMap((member) =>
          linesOf(member, `${indent}  `, { isEverything: true }),
        ),
      ];
    case 'clone':
      return cloneLines(resource, indent, options);
    case 'bundle':
      return [
        `${indent}* Container bundle set: ${resource.id}${flags}:`,
        ...resource.members.flatMap((member) =>
          linesOf(member, `${indent}  `, { isEverything: true }),
        ),
      ];
  }
}

function flagsOf({ isDisabled, isManaged, isMaintenance }: ResourceView): string {
  const flags = [
    ...(isDisabled ? ['disabled'] : []),
    ...(isMaintenance ? ['maintenance'] : isManaged ? [] : ['unmanaged']),
  ];
  return flags.length === 0 ? '' : ` (${flags.join(', ')})`;
}

function primitiveLines(resource: ResourceView, indent: string): readonly string[] {
  const head = `${indent}* ${resource.id}\t(${resource.agent}):\t`;
  const flags = flagsOf(resource);
  if (resource.instances.length === 0) return [`${head} Stopped${flags}`];
  const failed = resource.instances.some(({ isFailed }) => isFailed);
  const [first, ...more] = resource.instances;
  if (first === undefined) return [];
  if (more.length === 0) return [`${head} ${failed ? 'FAILED' : first.role} ${first.node}${flags}`];
  const nodes = resource.instances.map(({ node }) => node).join(' ');
  return [`${head} ${failed ? 'FAILED' : 'Started'} [ ${nodes} ]${flags}`];
}

function cloneLines(
  resource: ResourceView,
  indent: string,
  { isEverything }: TextOptions,
): readonly string[] {
  const [member] = resource.members;
  if (member === undefined) return [];
  const instances =
    member.kind === 'primitive' ? member.instances : (member.members[0]?.instances ?? []);
  const promotable = resource.isPromotable ? ' (promotable)' : '';
  const line = (title: string, chosen: readonly InstanceView[]): readonly string[] =>
    chosen.length === 0
      ? []
      : [
          `${indent}  * ${title}: [ ${chosen
            .map(({ node }) => node)
            .sort()
            .join(' ')} ]`,
        ];
  const healthy = instances.filter(({ isFailed }) => !isFailed);
  const failed = instances.filter(({ isFailed }) => isFailed);
  return [
    `${indent}* Clone Set: ${resource.id} [${member.id}]${promotable}${flagsOf(resource)}:`,
    ...failed.map(({ node }) => `${indent}  * ${member.id}\t(${member.agent}):\t FAILED ${node}`),
    ...line(
      'Promoted',
      healthy.filter(({ role }) => role === 'Promoted'),
    ),
    ...line(
      'Unpromoted',
      healthy.filter(({ role }) => role === 'Unpromoted'),
    ),
    ...line(
      'Started',
      healthy.filter(({ role }) => role === 'Started'),
    ),
    ...(isEverything && instances.length === 0 ? [`${indent}  * Stopped`] : []),
  ];
}

function failureLine(failure: FailureView): string {
  const { operation, node, rc, callId, opStatus, reason, at, queueMs, execMs } = failure;
  const status =
    opStatus === 0 || opStatus === 4 ? 'complete' : (STATUS_WORDS[opStatus] ?? String(opStatus));
  const why = reason === '' ? '' : ` exitreason='${reason}',`;
  const when =
    at === 0
      ? ''
      : ` last-rc-change='${new Date(at * 1000).toISOString().replace(/\.\d+Z$/, 'Z')}',`;
  return `  * ${operation} on ${node} '${RC_WORDS[rc] ?? 'unknown'}' (${rc}): call=${callId}, status='${status}',${why}${when} queued=${queueMs}ms, exec=${execMs}ms`;
}

/** One line for monitoring: what is wrong first, else numbers. */
export function simpleText({ cluster, view }: Status): string {
  const offline = view.nodes
    .filter(({ isOnline }) => !isOnline)
    .map(({ name }) => `offline node: ${name}`);
  const standby = view.nodes
    .filter(({ isOnline, isStandby }) => isOnline && isStandby)
    .map(({ name }) => `standby node: ${name}`);
  const failures = view.failures.map(
    ({ resource, node }) => `failed resource: ${resource} on ${node}`,
  );
  const quorum = cluster.quorum.quorate ? [] : ['no quorum'];
  const dc = cluster.dc === null ? ['no DC'] : [];
  const wrong = [...dc, ...quorum, ...offline, ...standby, ...failures];
  if (wrong.length > 0) return `CLUSTER WARN: ${wrong.join(', ')}\n`;
  const total = view.resources.flatMap(flat).reduce((sum, each) => sum + each.count, 0);
  return `CLUSTER OK: ${plural(view.nodes.length, 'node')} online, ${plural(total, 'resource instance')} configured\n`;
}
