/** What the actions leave behind in the status of a cluster in memory (B8.6). */
import type { Cib } from '@holdfast/cib';
import {
  type ClusterNode,
  type ClusterResource,
  digestOfParameters,
  operationParameters,
} from '@holdfast/status';
import type { Calculation } from '../calculate.ts';
import type { Done } from './execute.ts';
import { blankState, countFailure, type NodeStates, recordResult, stateOf } from './record.ts';

export type Afterwards = {
  /** As it would be when all was done. */
  readonly cib: Cib;
  /** What was counted for an action that failed, one line each. */
  readonly counted: readonly string[];
};

export function afterwards(cib: Cib, calculation: Calculation, order: readonly Done[]): Afterwards {
  const states: NodeStates = new Map(cib.status.nodes.map((state) => [state.id, state]));
  const counted = order.flatMap((done) => apply(states, calculation, done));
  return { cib: { ...cib, status: { ...cib.status, nodes: [...states.values()] } }, counted };
}

function apply(states: NodeStates, calculation: Calculation, done: Done): readonly string[] {
  const { action } = done;
  const { task, node, resource, isPseudo } = action;
  if (node === undefined || isPseudo) return [];
  if (task === 'stonith' && action.meta.get('stonith_action') !== 'on') fence(states, node);
  if (resource === undefined || NOTHING_LEFT.has(task)) return [];
  return record(states, calculation, done, node);
}

/** Nothing of these is kept. */
const NOTHING_LEFT: ReadonlySet<string> = new Set([
  'delete',
  'lrm_delete',
  'clear_failcount',
  'meta-data',
]);

function fence(states: NodeStates, node: ClusterNode): void {
  const state = stateOf(states, { ...node, isRemote: node.kind !== 'member' });
  states.set(state.id, {
    ...blankState(state.id, state.name, state.remote),
    inCluster: false,
    daemonOnline: false,
    join: 'down',
    expected: 'down',
    transientAttributes: {},
    history: [],
  });
}

function record(
  states: NodeStates,
  { cluster }: Calculation,
  { action, rc }: Done,
  node: ClusterNode,
): readonly string[] {
  const { resource, task, intervalMs, cancelled, meta } = action;
  if (resource?.agent === undefined) return [];
  const identity = { ...node, isRemote: node.kind !== 'member' };
  const { values } = operationParameters(cluster, resource, node, action);
  const targetRc = Number(meta.get('op_target_rc') ?? '0');
  const at = cluster.now;
  const names = namesOf(resource);
  recordResult(states, stateOf(states, identity), {
    names,
    agent: resource.agent,
    task: task === 'reload-agent' ? 'start' : task,
    intervalMs,
    rc: rc ?? targetRc,
    targetRc,
    at,
    digest: digestOfParameters(values),
    meta,
  });
  if (rc === undefined || rc === targetRc) return [];
  const failed = { name: names[0] ?? resource.id, task: cancelled ?? task, intervalMs, at };
  return countFailure(states, stateOf(states, identity), failed);
}

/** The names its history may stand under, the one for a new history first. */
export function namesOf(resource: ClusterResource): readonly string[] {
  const { id, xmlId, historyName, isUnique } = resource;
  if (isUnique) return [id, ...(historyName === undefined ? [] : [historyName])];
  return [xmlId, historyName ?? id];
}
