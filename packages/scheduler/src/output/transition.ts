/** The decision as a transition graph: what the controller walks. */
import { milliseconds, type NodeName } from '@holdfast/base';
import {
  type ClusterResource,
  digestOfParameters,
  findOperation,
  operationParameters,
} from '@holdfast/status';
import type { Graph, GraphAction } from '@holdfast/transition';
import type { Action } from '../work/action.ts';
import type { Work } from '../work/work.ts';
import { attributesOf } from './action-attributes.ts';
import type { GraphBuild, Synapse } from './graph.ts';
import { withoutLoops } from './loops.ts';
import { actionTimeoutMs, metaOf } from './operation-meta.ts';
import { withPrudence } from './prudence.ts';

export type Decided = {
  readonly graph: Graph;
  /** A circle of actions that wait for each other: it was left out. */
  readonly loop: string | undefined;
};

export function transitionOf(work: Work, { synapses }: GraphBuild): Decided {
  const limit = Number.parseInt(work.cluster.options.batchLimit, 10);
  const untangled = withoutLoops(withPrudence(work, synapses));
  return {
    graph: {
      actions: untangled.synapses.map((synapse) => graphAction(work, synapse)),
      batchLimit: Number.isFinite(limit) ? Math.max(0, limit) : 0,
    },
    loop: untangled.loop,
  };
}

type Base = Pick<GraphAction, 'id' | 'after' | 'priority'>;

function graphAction(work: Work, { action, inputs }: Synapse): GraphAction {
  const { resource, node } = action;
  const base: Base = {
    id: action.id,
    after: inputs.map(({ id }) => id),
    priority: Math.max(0, action.priority, resource?.priority ?? 0),
  };
  if (action.isPseudo || node === undefined) return pseudo(base, action);
  switch (action.task) {
    case 'stonith':
      return {
        ...base,
        kind: 'fence',
        target: node.name,
        action: fenceOp(action.meta.get('stonith_action')),
        reason: action.reason ?? `${node.name} is unclean`,
      };
    case 'do_shutdown':
      return { ...base, kind: 'shutdown', node: node.name };
    default:
      return resource === undefined
        ? pseudo(base, action)
        : onResource(work, base, action, resource, node.name);
  }
}

function fenceOp(text: string | undefined): 'off' | 'on' | 'reboot' {
  return text === 'off' || text === 'on' ? text : 'reboot';
}

function pseudo(base: Base, { resource, task, node }: Action): GraphAction {
  const what = { ...base, kind: 'pseudo' as const, resource: resource?.id ?? '', task };
  return node === undefined ? what : { ...what, node: node.name };
}

/** As the executor knows it: instances that are all alike go by the one name. */
export function executorName({ id, xmlId, historyName, isUnique }: ClusterResource): string {
  return historyName ?? (isUnique ? id : xmlId);
}

function onResource(
  work: Work,
  base: Base,
  action: Action,
  resource: ClusterResource,
  node: NodeName,
): GraphAction {
  const name = executorName(resource);
  switch (action.task) {
    case 'clear_failcount':
      return { ...base, kind: 'forget', node, resource: name, what: 'failures' };
    case 'delete':
    case 'lrm_delete':
      return { ...base, kind: 'forget', node, resource: name, what: 'history' };
    case 'cancel':
      return {
        ...base,
        kind: 'cancel',
        node,
        resource: name,
        task: action.cancelled ?? '',
        intervalMs: milliseconds(action.intervalMs),
      };
    default:
      return operation(work, base, action, resource);
  }
}

function operation(work: Work, base: Base, action: Action, resource: ClusterResource): GraphAction {
  const { cluster } = work;
  const { task, intervalMs, node } = action;
  if (node === undefined || resource.agent === undefined) return pseudo(base, action);
  const startDelay = metaOf(work, action).get('start-delay');
  return {
    ...base,
    kind: 'resource',
    node: node.name,
    resource: executorName(resource),
    agent: resource.agent,
    task,
    intervalMs: milliseconds(intervalMs),
    timeoutMs: milliseconds(actionTimeoutMs(work, action)),
    startDelayMs: milliseconds(Number(startDelay ?? '0')),
    parameters: parametersOf(work, action),
    targetRc: Number(action.meta.get('op_target_rc') ?? '0'),
    opDigest: digestOfParameters(operationParameters(cluster, resource, node, action).values),
  };
}

/** What the agent is given: its parameters, and what the cluster tells about the operation (B7.5). */
function parametersOf(work: Work, action: Action): Readonly<Record<string, string>> {
  const { task, intervalMs, resource } = action;
  const op = findOperation(resource?.primitive?.operations ?? [], task, intervalMs);
  const checkLevel = op?.options['OCF_CHECK_LEVEL'];
  const values = Object.fromEntries(attributesOf(work, action));
  return checkLevel === undefined ? values : { OCF_CHECK_LEVEL: checkLevel, ...values };
}
