/** Parameters of a resource for a node, and of one of its operations (A1.10, A2.11, B3.1). */
import { type NvSet, type OpEntry, readDuration, type RuleContext, unpack } from '@holdfast/cib';
import type { Cluster } from '../model/cluster.ts';
import type { ClusterNode } from '../model/node.ts';
import type { ClusterResource } from '../model/resource.ts';
import { findOperation } from './intervals.ts';
import { nowMs } from './node-entries.ts';

type Values = ReadonlyMap<string, string>;

const withoutRules = new WeakMap<ClusterResource, Values>();

function hasRule(sets: readonly NvSet[]): boolean {
  return sets.some(({ rule }) => rule !== undefined);
}

/** A1.10: its own, then its ancestors'. Without a node, no attribute is defined. */
export function instanceParameters(
  cluster: Cluster,
  resource: ClusterResource,
  node: ClusterNode | undefined,
): Values {
  const known = withoutRules.get(resource);
  if (known !== undefined) return known;
  const values = new Map<string, string>();
  let isAlwaysTheSame = true;
  for (let each: ClusterResource | undefined = resource; each !== undefined; each = each.parent) {
    const sets = each.configured?.instance ?? [];
    if (hasRule(sets)) isAlwaysTheSame = false;
    for (const [name, value] of unpack(sets, nodeContext(cluster, node))) {
      if (!values.has(name)) values.set(name, value);
    }
  }
  if (isAlwaysTheSame) withoutRules.set(resource, values);
  return values;
}

export function nodeContext(cluster: Cluster, node: ClusterNode | undefined): RuleContext {
  const context = { now: nowMs(cluster) };
  return node === undefined ? context : { ...context, nodeAttributes: node.attributes };
}

export type OperationParameters = {
  readonly values: Map<string, string>;
  /** The operation has parameters of its own. */
  readonly hasOwn: boolean;
};

/** What an agent is given for one operation, without what begins with `CRM_meta_` (B3.1.1, B3.1.2). */
export function operationParameters(
  cluster: Cluster,
  resource: ClusterResource,
  node: ClusterNode,
  operation: { readonly task: string; readonly intervalMs: number },
): OperationParameters {
  const { task, intervalMs } = operation;
  const values = new Map<string, string>();
  const add = (from: Values): void => {
    for (const [name, value] of from) if (!values.has(name)) values.set(name, value);
  };
  const address = addressByHost(cluster, resource);
  if (address !== undefined) values.set('addr', address);
  add(instanceParameters(cluster, resource, node));
  const op = findOperation(resource.primitive?.operations ?? [], task, intervalMs);
  const own = op === undefined ? new Map<string, string>() : ownParameters(cluster, op, node);
  add(own);
  for (const name of [...values.keys()]) if (isHidden(name)) values.delete(name);
  if (intervalMs > 0) {
    values.set('CRM_meta_timeout', String(timeoutOf(cluster, resource, task, intervalMs)));
  }
  return { values, hasOwn: own.size > 0 };
}

export function ownParameters(
  cluster: Cluster,
  op: OpEntry,
  node: ClusterNode | undefined,
): Values {
  return unpack(op.instance, nodeContext(cluster, node));
}

const HIDDEN: ReadonlySet<string> = new Set([
  'id',
  'crm_feature_set',
  'op-digest',
  'on_node',
  'on_node_uuid',
  'pcmk_external_ip',
]);

function isHidden(name: string): boolean {
  return HIDDEN.has(name) || name.startsWith('CRM_meta_');
}

/** A bundle's connection without an address of its own is reached at its container's host. */
export function addressByHost(cluster: Cluster, resource: ClusterResource): string | undefined {
  if (!isReachedByHost(cluster, resource)) return undefined;
  const container = resource.launcher;
  return (container?.assigned?.node ?? container?.active[0])?.name;
}

export function isReachedByHost(cluster: Cluster, resource: ClusterResource): boolean {
  if (!resource.isNestingAllowed) return false;
  return instanceParameters(cluster, resource, undefined).get('addr') === '#uname';
}

const DEFAULT_TIMEOUT_MS = 20_000;

/** The operation's timeout in ms (B1.3.3). */
export function timeoutOf(
  cluster: Cluster,
  resource: ClusterResource,
  task: string,
  intervalMs: number,
): number {
  const text = optionsOf(cluster, resource, task, intervalMs).get('timeout');
  const ms = readDuration(text) ?? 0;
  return ms <= 0 ? DEFAULT_TIMEOUT_MS : Math.min(ms, 2 ** 31 - 1);
}

const options = new WeakMap<ClusterResource, Map<string, Values>>();

/** Options of an operation: attributes of the `<op>`, its meta-attributes, the defaults (B1.3.1). */
export function optionsOf(
  cluster: Cluster,
  resource: ClusterResource,
  task: string,
  intervalMs: number,
): Values {
  let byKey = options.get(resource);
  if (byKey === undefined) {
    byKey = new Map();
    options.set(resource, byKey);
  }
  const key = `${task} ${intervalMs}`;
  let found = byKey.get(key);
  if (found === undefined) {
    const op = findOperation(resource.primitive?.operations ?? [], task, intervalMs);
    found = readOptions(cluster, resource, op, { name: task, intervalMs });
    byKey.set(key, found);
  }
  return found;
}

function readOptions(
  cluster: Cluster,
  resource: ClusterResource,
  op: OpEntry | undefined,
  run: { readonly name: string; readonly intervalMs: number },
): Values {
  const context = { now: nowMs(cluster) };
  const values = new Map<string, string>();
  if (op !== undefined) {
    for (const [name, value] of Object.entries(op.options)) values.set(name, value);
    values.set('name', op.name);
    values.set('interval', op.interval);
    if (op.role !== undefined) values.set('role', op.role);
  }
  const agent = resource.agent;
  const rules = { ...context, op: run, ...(agent === undefined ? {} : { resource: agent }) };
  const layers = [
    op === undefined ? new Map<string, string>() : unpack(op.meta, context),
    unpack(cluster.cib.configuration.opDefaults, rules),
  ];
  for (const layer of layers) {
    for (const [name, value] of layer) if (!values.has(name)) values.set(name, value);
  }
  return values;
}
