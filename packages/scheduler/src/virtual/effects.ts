/** What the actions leave behind in the status of a cluster in memory (B8.6). */
import { type NodeName } from '@holdfast/base';
import type { Cib, HistoryEntry, NodeState, ResourceHistory } from '@holdfast/cib';
import { type ClusterNode, digestOfParameters, operationParameters } from '@holdfast/status';
import type { Calculation } from '../calculate.ts';
import type { Action } from '../work/action.ts';

/** The CIB as it would be when all of `order` was done, and went well. */
export function afterwards(cib: Cib, calculation: Calculation, order: readonly Action[]): Cib {
  const states = new Map<string, NodeState>(cib.status.nodes.map((state) => [state.id, state]));
  for (const action of order) apply(states, calculation, action);
  return { ...cib, status: { ...cib.status, nodes: [...states.values()] } };
}

function apply(states: Map<string, NodeState>, calculation: Calculation, action: Action): void {
  const { task, node, resource, isPseudo } = action;
  if (node === undefined || isPseudo) return;
  if (task === 'stonith') {
    if (action.meta.get('stonith_action') !== 'on') fence(states, node);
    return;
  }
  if (resource === undefined || NOTHING_LEFT.has(task)) return;
  record(states, calculation, action, node);
}

/** Nothing of these is kept. */
const NOTHING_LEFT: ReadonlySet<string> = new Set([
  'delete',
  'lrm_delete',
  'clear_failcount',
  'meta-data',
]);

function stateOf(states: Map<string, NodeState>, node: ClusterNode): NodeState {
  for (const state of states.values()) {
    if (state.id === node.id || state.name === node.name) return state;
  }
  const { id, name } = node;
  return blankState(id, name, node.kind !== 'member');
}

function blankState(id: string, name: NodeName, remote: boolean): NodeState {
  return {
    id,
    name,
    inCluster: remote ? undefined : true,
    daemonOnline: remote ? undefined : true,
    join: remote ? undefined : 'member',
    expected: remote ? undefined : 'member',
    nodeFenced: undefined,
    inMaintenance: false,
    transientAttributes: {},
    history: [],
    remote,
  };
}

function fence(states: Map<string, NodeState>, node: ClusterNode): void {
  const state = stateOf(states, node);
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
  states: Map<string, NodeState>,
  { cluster }: Calculation,
  action: Action,
  node: ClusterNode,
): void {
  const { resource } = action;
  if (resource?.agent === undefined) return;
  const state = stateOf(states, node);
  const names = namesOf(action);
  const found = state.history.find(({ resource: name }) => names.includes(name));
  const name = found?.resource ?? names[0] ?? resource.id;
  const { values } = operationParameters(cluster, resource, node, action);
  const digest = digestOfParameters(values);
  const entry = entryOf(action, { name, found, digest, now: cluster.now });
  const history: ResourceHistory = {
    resource: name,
    agent: resource.agent,
    container: found?.container,
    ops: [...(found?.ops ?? []).filter(({ id }) => id !== entry.id), entry],
  };
  const rest = state.history.filter((each) => each !== found);
  states.set(state.id, {
    ...state,
    history:
      found === undefined
        ? [...rest, history]
        : state.history.map((each) => (each === found ? history : each)),
  });
}

/** The names its history may stand under, the one for a new history first. */
function namesOf({ resource }: Action): readonly string[] {
  if (resource === undefined) return [];
  const { id, xmlId, historyName, isUnique } = resource;
  if (isUnique) return [id, ...(historyName === undefined ? [] : [historyName])];
  return [xmlId, historyName ?? id];
}

function entryOf(
  { task, intervalMs, meta, cancelled, node }: Action,
  {
    name,
    found,
    digest,
    now,
  }: {
    readonly name: string;
    readonly found: ResourceHistory | undefined;
    readonly digest: string;
    readonly now: number;
  },
): HistoryEntry {
  const done = task === 'reload-agent' ? 'start' : (cancelled ?? task);
  const target = Number(meta.get('op_target_rc') ?? '0');
  const calls = (found?.ops ?? []).map(({ callId }) => callId);
  return {
    id: entryId(name, done, intervalMs, meta),
    task: cancelled === undefined ? done : 'cancel',
    intervalMs,
    operationKey: `${name}_${done}_${intervalMs}`,
    callId: Math.max(0, ...calls) + 1,
    rc: target,
    opStatus: 0,
    targetRc: target,
    transitionKey: `0:-1:${target}:00000000-0000-0000-0000-000000000000`,
    exitReason: '',
    lastRcChange: now,
    lastRun: undefined,
    execMs: 0,
    queueMs: 0,
    opDigest: digest,
    opForceRestart: undefined,
    opRestartDigest: undefined,
    opSecureParams: undefined,
    opSecureDigest: undefined,
    onNode: node?.name,
    migrateSource: meta.get('migrate_source'),
    migrateTarget: meta.get('migrate_target'),
  };
}

function entryId(
  name: string,
  task: string,
  intervalMs: number,
  meta: ReadonlyMap<string, string>,
): string {
  if (task === 'notify') {
    return `${name}_${meta.get('notify_type') ?? ''}_notify_${meta.get('notify_operation') ?? ''}`;
  }
  const isKept = intervalMs > 0 || task === 'migrate_to' || task === 'migrate_from';
  return isKept ? `${name}_${task}_${intervalMs}` : `${name}_last_0`;
}
