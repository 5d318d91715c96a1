/** One command of the agreed stream, applied: the same on every member. */
import type { Instant, NodeId, NodeName } from '@holdfast/base';
import { property } from '@holdfast/cib';
import type { Command, Envelope } from './commands.ts';
import { completeAction } from './deciding.ts';
import { onDrillAsk, onDrillEnd } from './fence-drills.ts';
import { onFenceNews, onFenceProgress, onFenceReleased } from './fence-holds.ts';
import { onFenceAsk, onFenceBegin, onFenceConfirm, onFenceEnd } from './fencing.ts';
import { isFailure, pendingEntry } from './history.ts';
import { agree, onOffer, onSnapshot } from './joining.ts';
import { beginHere, cancelHere, forgetHere, mirrorAttributes } from './local.ts';
import { answer, onBeginTerm, onPrepared, onPropose, onStored, refusal } from './proposals.ts';
import { cleanUp, fileCancelled, fileResult, markLeaving, setTransient } from './replica.ts';
import { type ControllerState, isMember, nameOf, selfName } from './state.ts';
import { emit, send, tell } from './stream.ts';

/** A command in its place in the stream. One that was made in another view is void. */
export function onEnvelope(
  state: ControllerState,
  from: NodeId,
  envelope: Envelope,
  now: Instant,
): void {
  const { view } = state;
  if (view.kind === 'none' || envelope.view !== view.id) {
    voided(state, from, envelope);
    return;
  }
  if (view.kind === 'agreed') {
    apply(state, from, envelope, now);
    return;
  }
  const { command } = envelope;
  const isSettled =
    command.kind === 'offer'
      ? onOffer(state, from, command)
      : command.kind === 'snapshot'
        ? onSnapshot(state, from, command)
        : false;
  if (command.kind !== 'offer' && command.kind !== 'snapshot')
    view.backlog.push({ from, envelope });
  if (!isSettled) return;
  for (const late of agree(state)) apply(state, late.from, late.envelope, now);
}

function voided(state: ControllerState, from: NodeId, envelope: Envelope): void {
  if (from !== state.config.self || envelope.tag === undefined) return;
  answer(
    state,
    envelope.tag,
    refusal(
      'lost',
      'the membership changed before the change was made; it was not made; try again',
    ),
  );
}

function apply(
  state: ControllerState,
  from: NodeId,
  { tag, command }: Envelope,
  now: Instant,
): void {
  switch (command.kind) {
    case 'offer':
    case 'snapshot':
      return;
    case 'begin-term':
      onBeginTerm(state, command.term);
      return;
    case 'propose':
      onPropose(state, from, command.proposal);
      return;
    case 'prepared':
      onPrepared(state, from, command, now);
      return;
    case 'stored':
      onStored(state, from, command.term, command.version);
      return;
    case 'fence-begin':
    case 'fence-end':
    case 'fence-ask':
    case 'fence-progress':
    case 'fence-released':
    case 'fence-news':
    case 'drill-ask':
    case 'drill-end':
      applyFence(state, nameOf(state, from), command, now);
      return;
    case 'fence-confirm':
      onFenceConfirm(state, command);
      acknowledge(state, from, tag, `${command.target} counts as off`);
      return;
    case 'execute':
    case 'cancel':
    case 'result':
    case 'cancelled':
      applyOperation(state, from, command);
      return;
    case 'attribute':
    case 'cleanup':
      applyChange(state, command, tag);
      acknowledge(state, from, tag, 'done');
      return;
    case 'order':
      emit(state, { kind: 'order', from, order: command.order });
      return;
    case 'shutdown-go':
    case 'goodbye':
      applyLeaving(state, from, command, tag);
      return;
  }
}

type FenceCommand = Exclude<
  Extract<Command, { kind: `fence-${string}` | `drill-${string}` }>,
  { kind: 'fence-confirm' }
>;

function applyFence(
  state: ControllerState,
  from: NodeName,
  command: FenceCommand,
  now: Instant,
): void {
  switch (command.kind) {
    case 'fence-begin':
      onFenceBegin(state, command);
      return;
    case 'fence-end':
      onFenceEnd(state, command);
      return;
    case 'fence-ask':
      onFenceAsk(state, command, now);
      return;
    case 'fence-progress':
      onFenceProgress(state, from, command);
      return;
    case 'fence-released':
      onFenceReleased(state, from, command);
      return;
    case 'fence-news':
      onFenceNews(state, from, command);
      return;
    case 'drill-ask':
      onDrillAsk(state, from, command);
      return;
    case 'drill-end':
      onDrillEnd(state, command);
      return;
  }
}

function acknowledge(
  state: ControllerState,
  from: NodeId,
  tag: string | undefined,
  text: string,
): void {
  if (from === state.config.self && tag !== undefined)
    answer(state, tag, { kind: 'outcome', text });
}

function applyOperation(
  state: ControllerState,
  from: NodeId,
  command: Command & { kind: 'execute' | 'cancel' | 'result' | 'cancelled' },
): void {
  const sender = nameOf(state, from);
  switch (command.kind) {
    case 'execute': {
      const { action, transitionKey } = command;
      if (action.intervalMs === 0) {
        fileResult(
          state.replica,
          action.node,
          { ...action, entry: pendingEntry(action, transitionKey) },
          false,
        );
      }
      if (action.node === selfName(state)) beginHere(state, transitionKey, action);
      return;
    }
    case 'cancel':
      if (command.node === selfName(state)) cancelHere(state, command);
      return;
    case 'result':
      applyResult(state, sender, command);
      return;
    case 'cancelled':
      fileCancelled(
        state.replica,
        sender,
        command.resource,
        `${command.resource}_${command.task}_${command.intervalMs}`,
      );
      completeAction(state, command.transitionKey, true);
      return;
  }
}

function applyResult(
  state: ControllerState,
  sender: NodeName,
  command: Command & { kind: 'result' },
): void {
  const { action, entry } = command;
  const isFatal = property(state.store.configuration, 'start-failure-is-fatal') !== 'false';
  fileResult(state.replica, sender, { ...action, entry }, isFatal);
  if (sender === selfName(state)) mirrorAttributes(state);
  const hasFailed = isFailure(entry);
  const what = `${action.resource} ${action.task}${action.intervalMs > 0 ? ` every ${action.intervalMs} ms` : ''} on ${sender}`;
  tell(
    state,
    hasFailed ? 'warning' : 'info',
    hasFailed ? 'op-failed' : 'op-done',
    `${what}: exit code ${entry.rc}${entry.exitReason === '' ? '' : ` (${entry.exitReason})`}`,
  );
  const wasAwaited = completeAction(state, entry.transitionKey, !hasFailed);
  if (hasFailed || !wasAwaited) state.deciding.dirty ??= `${what} ended with ${entry.rc}`;
}

function applyChange(
  state: ControllerState,
  command: Command & { kind: 'attribute' | 'cleanup' },
  tag: string | undefined,
): void {
  if (command.kind === 'attribute') {
    setTransient(state.replica, command.node, command.name, command.value);
    state.deciding.dirty ??= `attribute ${command.name} of ${command.node} changed`;
  } else {
    for (const name of state.replica.nodes.keys()) {
      if (command.node !== null && command.node !== name) continue;
      cleanUp(state.replica, name, command.resource, command.what);
      if (name === selfName(state)) forgetHere(state, command.resource, command.what);
    }
    if (tag === undefined || !completeAction(state, tag, true)) {
      state.replica.attempts.clear();
      state.deciding.dirty ??= 'failures were forgotten';
    }
  }
  mirrorAttributes(state);
}

function applyLeaving(
  state: ControllerState,
  from: NodeId,
  command: Command & { kind: 'shutdown-go' | 'goodbye' },
  tag: string | undefined,
): void {
  const isHere = command.node === selfName(state);
  if (command.kind === 'shutdown-go') {
    if (tag !== undefined) completeAction(state, tag, true);
    if (isHere && state.leaving) send(state, { kind: 'goodbye', node: command.node });
    return;
  }
  emit(state, { kind: 'leaving', id: from });
  if (isMember(state, command.node)) markLeaving(state.replica, command.node);
  tell(state, 'notice', 'goodbye', `${command.node} leaves: everything on it has stopped`);
  if (!isHere) return;
  for (const [id, waiting] of state.waiting) {
    if (waiting.kind === 'stopping')
      answer(state, id, { kind: 'outcome', text: `${command.node} has left the cluster` });
  }
  emit(state, { kind: 'leave' });
}
