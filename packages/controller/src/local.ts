/** Operations on this node: the stream orders them, the executor runs them, the stream has the result. */
import { resourceId } from '@holdfast/base';
import type { Operation } from '@holdfast/executor';
import type { ResourceAction } from '@holdfast/transition';
import type { Command } from './commands.ts';
import {
  dropRecurring,
  dropResource,
  fileEntry,
  finishedEntry,
  forgetFailures,
  pendingEntry,
} from './history.ts';
import type { ControllerInput } from './protocol.ts';
import { type ControllerState, selfName } from './state.ts';
import { emit, send } from './stream.ts';

/** An operation ordered on this node. It is on record as under way before it is begun. */
export function beginHere(state: ControllerState, key: string, action: ResourceAction): void {
  const { local } = state;
  if (action.intervalMs === 0) fileOwn(state, action, pendingEntry(action, key));
  forgetReplaced(state, action);
  local.running.set(key, action);
  emit(state, { kind: 'execute', op: operationOf(action, key) });
}

/** A recurring operation ordered anew replaces the one before it. */
function forgetReplaced(state: ControllerState, action: ResourceAction): void {
  for (const [key, other] of state.local.running) {
    if (action.intervalMs === 0 || other.intervalMs !== action.intervalMs) continue;
    if (other.resource === action.resource && other.task === action.task)
      state.local.running.delete(key);
  }
}

function operationOf(action: ResourceAction, key: string): Operation {
  return {
    resource: resourceId(action.resource),
    agent: action.agent,
    task: action.task,
    intervalMs: action.intervalMs,
    timeoutMs: action.timeoutMs,
    startDelayMs: action.startDelayMs,
    parameters: action.parameters,
    userData: key,
  };
}

function fileOwn(
  state: ControllerState,
  action: ResourceAction,
  entry: ReturnType<typeof pendingEntry>,
): void {
  const { own } = state.local;
  state.local.own = {
    ...own,
    history: fileEntry(own.history, action.resource, action.agent, entry),
  };
}

export function cancelHere(state: ControllerState, command: Command & { kind: 'cancel' }): void {
  for (const [key, action] of state.local.running) {
    if (
      action.resource === command.resource &&
      action.task === command.task &&
      action.intervalMs === command.intervalMs
    ) {
      state.local.running.delete(key);
    }
  }
  emit(state, {
    kind: 'cancel',
    resource: resourceId(command.resource),
    task: command.task,
    intervalMs: command.intervalMs,
    userData: command.transitionKey,
  });
}

/** The executor's word. What it says of a cancelled operation confirms the cancel. */
export function onReport(
  state: ControllerState,
  report: ControllerInput & { kind: 'report' },
): void {
  const { op, result } = report;
  if (result.status === 'cancelled') {
    const { own } = state.local;
    const key = `${op.resource}_${op.task}_${op.intervalMs}`;
    state.local.own = { ...own, history: dropRecurring(own.history, op.resource, key) };
    state.local.running.delete(op.userData);
    send(state, {
      kind: 'cancelled',
      transitionKey: op.userData,
      resource: op.resource,
      task: op.task,
      intervalMs: op.intervalMs,
    });
    return;
  }
  const action = state.local.running.get(op.userData);
  if (action === undefined) return;
  if (op.intervalMs === 0) state.local.running.delete(op.userData);
  const entry = finishedEntry(action, {
    callId: report.callId,
    result,
    queueMs: report.queueMs,
    transitionKey: op.userData,
  });
  fileOwn(state, action, entry);
  send(state, { kind: 'result', action, entry, status: result.status });
}

/** An agreed cleanup of this node's own record. */
export function forgetHere(
  state: ControllerState,
  resource: string | null,
  what?: 'failures' | 'history',
): void {
  const { history, transientAttributes } = state.local.own;
  state.local.own = {
    history: what === 'failures' ? history : dropResource(history, resource),
    transientAttributes:
      what === 'history' ? transientAttributes : forgetFailures(transientAttributes, resource),
  };
}

/** Attributes are kept in step with what the stream says of this node. */
export function mirrorAttributes(state: ControllerState): void {
  const agreed = state.replica.nodes.get(selfName(state))?.transientAttributes;
  if (agreed !== undefined) state.local.own = { ...state.local.own, transientAttributes: agreed };
}
