/** Everything an agent, or whoever carries an action out, is told about it (B7.5). */
import {
  addressByHost,
  bundleOf,
  type ClusterNode,
  type ClusterResource,
  currentNode,
  findOperation,
  instanceParameters,
  ownParameters,
} from '@holdfast/status';
import type { Action } from '../work/action.ts';
import type { Work } from '../work/work.ts';
import { metaOf } from './operation-meta.ts';

/** Version of the rules that actions are made by. */
export const FEATURE_SET = '3.19.0';

/** Parameters by their own names; what the cluster adds begins with `CRM_meta_`. */
export function attributesOf(work: Work, action: Action): ReadonlyMap<string, string> {
  const { resource, node } = action;
  const values = new Map([['crm_feature_set', FEATURE_SET]]);
  if (resource?.variant === 'primitive') addParameters(work, action, resource, values);
  for (const [name, value] of metaOf(work, action)) {
    if (!/[#:]/.test(name)) addNew(values, metaName(name), value);
  }
  if (node !== undefined && !isPlainPseudo(action)) {
    values.set('CRM_meta_on_node', node.name);
    values.set('CRM_meta_on_node_uuid', node.id);
  }
  for (let each = resource; each !== undefined; each = each.parent) {
    for (const [name, value] of ofResource(each)) values.set(name, value);
  }
  const around = resource === undefined ? [] : [...ofSurroundings(resource), ...ofHost(action)];
  for (const [name, value] of around) values.set(name, value);
  return values;
}

/** An event that happens nowhere; the fence of a guest happens somewhere. */
export function isPlainPseudo({ isPseudo, task }: Action): boolean {
  return isPseudo && task !== 'stonith';
}

function metaName(name: string): string {
  return `CRM_meta_${name.replaceAll('-', '_')}`;
}

function addNew(values: Map<string, string>, name: string, value: string): void {
  if (!values.has(name)) values.set(name, value);
}

function addParameters(
  { cluster }: Work,
  { task, intervalMs, node, cancelled }: Action,
  resource: ClusterResource,
  values: Map<string, string>,
): void {
  const op = findOperation(resource.primitive?.operations ?? [], cancelled ?? task, intervalMs);
  if (op !== undefined) {
    for (const [name, value] of ownParameters(cluster, op, node)) addNew(values, name, value);
  }
  const address = addressByHost(cluster, resource);
  if (address !== undefined) addNew(values, 'addr', address);
  for (const [name, value] of instanceParameters(cluster, resource, node)) {
    addNew(values, name, value);
  }
}

type Pair = readonly [string, string];

function ofResource(resource: ClusterResource): readonly Pair[] {
  const { variant, number, meta } = resource;
  if (variant === 'clone') return ofClone(resource);
  if (variant !== 'primitive') return [];
  const pairs: Pair[] = [];
  if (number !== undefined) pairs.push(['CRM_meta_clone', String(number)]);
  const guest = meta.get('remote-node');
  if (guest !== undefined) pairs.push(['CRM_meta_remote_node', guest]);
  return pairs;
}

/** What instances of a clone are told about it. */
function ofClone(clone: ClusterResource): readonly Pair[] {
  const pairs: Pair[] = [
    ['CRM_meta_globally_unique', String(clone.isUnique)],
    ['CRM_meta_notify', String(clone.isNotified)],
    ['CRM_meta_clone_max', String(clone.instancesMax)],
    ['CRM_meta_clone_node_max', String(clone.instancesPerNode)],
  ];
  if (!clone.isPromotable) return pairs;
  for (const word of ['promoted', 'master']) {
    pairs.push([`CRM_meta_${word}_max`, String(clone.promotedMax)]);
    pairs.push([`CRM_meta_${word}_node_max`, String(clone.promotedPerNode)]);
  }
  return pairs;
}

function ofSurroundings(resource: ClusterResource): readonly Pair[] {
  const address = externalAddress(resource);
  const container = launcherOf(resource)?.id;
  return [
    ...(address === undefined ? [] : [['pcmk_external_ip', address] as const]),
    ...(container === undefined ? [] : [['CRM_meta_container', container] as const]),
  ];
}

/** Under which address the service in a bundle is reached from outside. */
function externalAddress(resource: ClusterResource): string | undefined {
  if (resource.number === undefined) return undefined;
  return bundleOf(resource)?.replicas.find(({ inner }) => inner === resource)?.address;
}

/** Of the outermost that has one. */
function launcherOf(resource: ClusterResource): ClusterResource | undefined {
  let found: ClusterResource | undefined;
  for (let each: ClusterResource | undefined = resource; each !== undefined; each = each.parent) {
    if (each.launcher !== undefined) found = each.launcher;
  }
  return found;
}

const GOING_UP: ReadonlySet<string> = new Set(['start', 'monitor', 'promote']);
const GOING_DOWN: ReadonlySet<string> = new Set(['stop', 'demote']);

/** On a guest: which machine is below it. */
function ofHost(action: Action): readonly Pair[] {
  const { node, resource, task, meta } = action;
  if (node?.kind !== 'guest' || resource === undefined) return [];
  const what = task === 'notify' ? (meta.get('notify_operation') ?? '') : task;
  const host = hostOf(node, what);
  if (host === undefined) return [];
  const target = resource.meta.get('container-attribute-target');
  const pairs: Pair[] = [['CRM_meta_physical_host', host.name]];
  if (target !== undefined) pairs.unshift(['CRM_meta_container_attribute_target', target]);
  return pairs;
}

function hostOf({ connection }: ClusterNode, task: string): ClusterNode | undefined {
  const launcher = connection?.launcher;
  if (launcher === undefined) return undefined;
  if (GOING_UP.has(task)) return launcher.assigned?.node;
  return GOING_DOWN.has(task) ? currentNode(launcher) : undefined;
}
