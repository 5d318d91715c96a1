/** Results that nobody had, filed in the status of a cluster in memory as a daemon would file them (B8.6). */
import type { AgentName, NodeName } from '@holdfast/base';
import type { HistoryEntry, NodeState, ResourceHistory } from '@holdfast/cib';

/** By id. */
export type NodeStates = Map<string, NodeState>;

export type SimulatedResult = {
  /** Names its history may stand under, the one for a new history first. */
  readonly names: readonly string[];
  readonly agent: AgentName;
  readonly task: string;
  readonly intervalMs: number;
  readonly rc: number;
  readonly targetRc: number;
  /** Wall clock, in seconds. */
  readonly at: number;
  readonly digest: string | undefined;
  /** Of a notification and a migration: what it is about. */
  readonly meta: ReadonlyMap<string, string>;
};

/** The state of a node, or that of a member that has just come. */
export function stateOf(
  states: NodeStates,
  node: { readonly id: string; readonly name: NodeName; readonly isRemote: boolean },
): NodeState {
  for (const state of states.values()) {
    if (state.id === node.id || state.name === node.name) return state;
  }
  return blankState(node.id, node.name, node.isRemote);
}

export function blankState(id: string, name: NodeName, remote: boolean): NodeState {
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

/** A failure is kept beside the last result. */
export function recordResult(states: NodeStates, state: NodeState, result: SimulatedResult): void {
  const { names, agent } = result;
  const found = state.history.find(({ resource }) => names.includes(resource));
  const name = found?.resource ?? names[0] ?? '';
  const calls = (found?.ops ?? []).map(({ callId }) => callId);
  const onNode = found === undefined ? state.name : found.ops.at(-1)?.onNode;
  const entry = entryOf(result, name, Math.max(0, ...calls) + 1, onNode);
  const hasFailed = result.rc !== result.targetRc;
  const entries = hasFailed ? [{ ...entry, id: `${name}_last_failure_0` }] : [];
  if (!hasFailed || result.intervalMs === 0) entries.push(entry);
  const ids = new Set(entries.map(({ id }) => id));
  const history: ResourceHistory = {
    resource: name,
    agent,
    container: found?.container,
    ops: [...(found?.ops ?? []).filter(({ id }) => !ids.has(id)), ...entries],
  };
  const others = state.history.map((each) => (each === found ? history : each));
  states.set(state.id, {
    ...state,
    history: found === undefined ? [...state.history, history] : others,
  });
}

function entryOf(
  result: SimulatedResult,
  name: string,
  callId: number,
  /** As its neighbours say it: operations of one node are compared by their calls. */
  onNode: NodeName | undefined,
): HistoryEntry {
  const { task, intervalMs, rc, targetRc, at, meta, digest } = result;
  const filed = filedTask(result);
  return {
    id: entryId(name, result),
    task,
    intervalMs,
    operationKey: `${name}_${filed}_${intervalMs}`,
    callId,
    rc,
    opStatus: 0,
    targetRc,
    transitionKey: `${callId}:-1:${targetRc}:00000000-0000-0000-0000-000000000000`,
    exitReason: rc === targetRc ? '' : 'Simulated action result',
    lastRcChange: at,
    lastRun: undefined,
    execMs: 0,
    queueMs: 0,
    opDigest: digest,
    opForceRestart: undefined,
    opRestartDigest: undefined,
    opSecureParams: undefined,
    opSecureDigest: undefined,
    onNode,
    migrateSource: meta.get('migrate_source'),
    migrateTarget: meta.get('migrate_target'),
  };
}

/** A cancel takes the place of what it ends. */
function filedTask({ task, meta }: SimulatedResult): string {
  return task === 'cancel' ? (meta.get('operation') ?? task) : task;
}

function entryId(name: string, result: SimulatedResult): string {
  const { intervalMs, meta } = result;
  const task = filedTask(result);
  if (task === 'notify') {
    return `${name}_${meta.get('notify_type') ?? ''}_notify_${meta.get('notify_operation') ?? ''}`;
  }
  const isKept = intervalMs > 0 || task === 'migrate_to' || task === 'migrate_from';
  return isKept ? `${name}_${task}_${intervalMs}` : `${name}_last_0`;
}

/** One failure more, as the attribute daemon counts. */
export function countFailure(
  states: NodeStates,
  state: NodeState,
  failed: {
    readonly name: string;
    readonly task: string;
    readonly intervalMs: number;
    readonly at: number;
  },
): readonly string[] {
  const what = `${failed.name}#${failed.task}_${failed.intervalMs}`;
  const count = Number(state.transientAttributes[`fail-count-${what}`] ?? '0') + 1;
  states.set(state.id, {
    ...state,
    transientAttributes: {
      ...state.transientAttributes,
      [`fail-count-${what}`]: String(count),
      [`last-failure-${what}`]: String(failed.at),
    },
  });
  const place = `into /node_state '${state.id}'`;
  return [
    `Injecting attribute fail-count-${what}=value++ ${place}`,
    `Injecting attribute last-failure-${what}=${failed.at} ${place}`,
  ];
}
