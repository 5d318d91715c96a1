/**
 * One whole cluster node without a world: quorum, controller, executor and fencer, wired. A routing
 * table: whose effect is whose input. The daemon gives it a real world, the simulator a drawn one.
 */
import { earliest, type Instant, type NodeName, note } from '@holdfast/base';
import {
  type Answer,
  controller,
  deadline as controllerDeadline,
  type ControllerEffect,
  type ControllerInput,
  type ControllerState,
  readFencerConfig,
  step as stepController,
} from '@holdfast/controller';
import {
  deadline as executorDeadline,
  executor,
  type ExecutorEffect,
  type ExecutorInput,
  type ExecutorState,
  step as stepExecutor,
} from '@holdfast/executor';
import {
  deadline as fencerDeadline,
  fencer,
  type FencerEffect,
  type FencerInput,
  type FencerState,
  step as stepFencer,
} from '@holdfast/fencer';
import {
  deadline as quorumDeadline,
  dependsOnEpochs,
  info,
  quorum,
  type QuorumEffect,
  type QuorumInput,
  type QuorumState,
  step as stepQuorum,
} from '@holdfast/quorum';
import type { RingUp } from '@holdfast/totem';
import type { NodeConfig, NodeDisk, NodeEffect, NodeInput } from './protocol.ts';

export type NodeMachine = {
  readonly config: NodeConfig;
  readonly quorum: QuorumState;
  readonly controller: ControllerState;
  readonly executor: ExecutorState;
  readonly fencer: FencerState;
  /** What was last told about the nodes wait_for_all waits for. */
  lastWaitingFor: string;
};

export function node(config: NodeConfig, disk: NodeDisk): NodeMachine {
  const control = controller(
    {
      self: config.self,
      names: config.names,
      votes: config.quorum.votes,
      clusterName: config.clusterName,
      incarnation: config.incarnation,
      watchdogMs: config.watchdogMs,
      hasSafeOffers: dependsOnEpochs(config.quorum),
    },
    disk,
  );
  return {
    config,
    quorum: quorum(config.quorum, disk.quorum),
    controller: control,
    executor: executor(),
    fencer: fencer(readFencerConfig(control.store.configuration), config.seed),
    lastWaitingFor: '',
  };
}

/** Takes one input at `now`, and answers with what the world must do, in order. */
export function step(state: NodeMachine, input: NodeInput, now: Instant): NodeEffect[] {
  const effects: NodeEffect[] = [];
  switch (input.kind) {
    case 'ring':
      onRing(state, input.event, now, effects);
      break;
    case 'exited':
      toExecutor(state, input, now, effects);
      break;
    case 'device-result':
      toFencer(state, input, now, effects);
      break;
    case 'quorum-ask':
      askQuorum(state, input, now, effects);
      break;
    case 'device':
    case 'reread':
      toQuorum(state, input, now, effects);
      break;
    case 'clock':
    case 'disk':
    case 'scheduled':
    case 'request':
      toController(state, input, now, effects);
      break;
    case 'tick':
      toQuorum(state, input, now, effects);
      toExecutor(state, input, now, effects);
      toFencer(state, input, now, effects);
      toController(state, input, now, effects);
      break;
  }
  return effects;
}

/** A transitional membership changes nothing above: what is agreed on starts with the regular one. */
function onRing(state: NodeMachine, event: RingUp, now: Instant, out: NodeEffect[]): void {
  switch (event.kind) {
    case 'delivered':
      toController(state, event, now, out);
      return;
    case 'transitional':
      return;
    case 'regular': {
      const membership = { ...event, kind: 'regular' } as const;
      toController(state, { kind: 'membership', membership, news: info(state.quorum) }, now, out);
      return;
    }
  }
}

/** When `step` must be called with a tick, if nothing happens before; undefined: never. */
export function deadline(state: NodeMachine): Instant | undefined {
  return earliest(
    quorumDeadline(state.quorum),
    controllerDeadline(state.controller),
    executorDeadline(state.executor),
    fencerDeadline(state.fencer),
  );
}

function toQuorum(state: NodeMachine, input: QuorumInput, now: Instant, out: NodeEffect[]): void {
  for (const effect of stepQuorum(state.quorum, input, now)) fromQuorum(state, effect, now, out);
}

function fromQuorum(
  state: NodeMachine,
  effect: QuorumEffect,
  now: Instant,
  out: NodeEffect[],
): void {
  switch (effect.kind) {
    case 'quorum': {
      const { quorate, totalVotes, waitingFor } = effect.view;
      tellWaiting(
        state,
        waitingFor.map((id) => state.config.names.get(id)),
        out,
      );
      toController(state, { kind: 'quorum', reading: { quorate, totalVotes } }, now, out);
      return;
    }
    case 'order': {
      const order = { ...effect.order };
      toController(state, { kind: 'order', order }, now, out);
      return;
    }
    case 'answer':
      out.push({ kind: 'answer', id: effect.id, answer: answerOf(effect) });
      return;
    case 'persist-quorum':
    case 'device-poll':
    case 'reread':
    case 'take-over':
    case 'note':
      out.push(effect);
      return;
  }
}

function answerOf({ isDone, text }: { readonly isDone: boolean; readonly text: string }): Answer {
  if (isDone) return { kind: 'outcome', text };
  return { kind: 'fault', fault: { code: 'refused', message: text } };
}

/** Orders about votes are said in the agreed stream: without an agreed view nobody would hear them. */
function askQuorum(
  state: NodeMachine,
  { id, ask }: NodeInput & { kind: 'quorum-ask' },
  now: Instant,
  out: NodeEffect[],
): void {
  if (state.controller.view.kind === 'agreed') toQuorum(state, { kind: 'ask', id, ask }, now, out);
  else {
    const message = 'the members are just agreeing on a new membership; try again in a moment';
    const fault = { code: 'not-ready', message } as const;
    out.push({ kind: 'answer', id, answer: { kind: 'fault', fault } });
  }
}

function tellWaiting(
  state: NodeMachine,
  names: readonly (NodeName | undefined)[],
  out: NodeEffect[],
): void {
  const words = names.join(', ');
  if (words === state.lastWaitingFor) return;
  state.lastWaitingFor = words;
  if (words === '') return;
  const text = `waiting for ${words}: after a start, nothing is decided until all nodes have been seen together (wait_for_all)`;
  out.push(note('notice', 'waiting-for', text));
}

function toController(
  state: NodeMachine,
  input: ControllerInput,
  now: Instant,
  out: NodeEffect[],
): void {
  for (const effect of stepController(state.controller, input, now)) {
    fromController(state, effect, now, out);
  }
}

function fromController(
  state: NodeMachine,
  effect: ControllerEffect,
  now: Instant,
  out: NodeEffect[],
): void {
  switch (effect.kind) {
    case 'execute':
    case 'cancel':
      toExecutor(state, effect, now, out);
      return;
    case 'fence-request':
      toFencer(state, { ...effect, kind: 'request' }, now, out);
      return;
    case 'fence-drill':
      toFencer(state, { ...effect, kind: 'drill' }, now, out);
      return;
    case 'fence-withdraw':
      toFencer(state, { ...effect, kind: 'withdraw' }, now, out);
      return;
    case 'agreed':
      toQuorum(state, { ...effect, kind: 'membership' }, now, out);
      return;
    case 'order':
    case 'leaving':
      toQuorum(state, effect, now, out);
      return;
    case 'in-force':
      toFencer(
        state,
        { kind: 'configure', config: readFencerConfig(effect.configuration) },
        now,
        out,
      );
      return;
    case 'multicast':
    case 'disk-prepare':
    case 'disk-commit':
    case 'disk-store':
    case 'persist-fences':
    case 'fenced-alive':
    case 'schedule':
    case 'answer':
    case 'leave':
    case 'note':
      out.push(effect);
      return;
  }
}

function toExecutor(
  state: NodeMachine,
  input: ExecutorInput,
  now: Instant,
  out: NodeEffect[],
): void {
  for (const effect of stepExecutor(state.executor, input, now))
    fromExecutor(state, effect, now, out);
}

function fromExecutor(
  state: NodeMachine,
  effect: ExecutorEffect,
  now: Instant,
  out: NodeEffect[],
): void {
  switch (effect.kind) {
    case 'report':
      toController(state, { ...effect, callId: effect.call }, now, out);
      return;
    case 'run':
    case 'kill':
    case 'note':
      out.push(effect);
      return;
  }
}

function toFencer(state: NodeMachine, input: FencerInput, now: Instant, out: NodeEffect[]): void {
  for (const effect of stepFencer(state.fencer, input, now)) fromFencer(state, effect, now, out);
}

function fromFencer(
  state: NodeMachine,
  effect: FencerEffect,
  now: Instant,
  out: NodeEffect[],
): void {
  switch (effect.kind) {
    case 'fenced':
    case 'fence-failed':
    case 'fence-withdrawn':
    case 'fence-progress':
    case 'drilled':
      toController(state, effect, now, out);
      return;
    case 'run-device':
    case 'kill-device':
    case 'note':
      out.push(effect);
      return;
  }
}
