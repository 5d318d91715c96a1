/** Words for effects, and short ways to say operations. */
import {
  callId,
  epochMs,
  type Instant,
  instant,
  milliseconds,
  type ResourceId,
  resourceId,
} from '@holdfast/base';
import type {
  ExecutorEffect,
  ExecutorInput,
  ExecutorState,
  Operation,
  OpResult,
} from '@holdfast/executor';
import { executor, step } from '@holdfast/executor';

export const web: ResourceId = resourceId('web');
export const db: ResourceId = resourceId('db');

export function op(resource: ResourceId, task: string, more: Partial<Operation> = {}): Operation {
  return {
    resource,
    agent: { class: 'ocf', provider: 'holdfast', type: 'dummy' },
    task,
    intervalMs: milliseconds(0),
    timeoutMs: milliseconds(20_000),
    startDelayMs: milliseconds(0),
    parameters: {},
    userData: 'k',
    ...more,
  };
}

export function every(
  resource: ResourceId,
  intervalMs: number,
  more: Partial<Operation> = {},
): Operation {
  return op(resource, 'monitor', { intervalMs: milliseconds(intervalMs), ...more });
}

export function result(rc: number, more: Partial<OpResult> = {}): OpResult {
  const base: OpResult = {
    rc,
    status: 'done',
    reason: '',
    output: '',
    startedAt: epochMs(1_000_000),
    execMs: milliseconds(5),
  };
  return { ...base, ...more };
}

/** `run web start #1`: an effect as one would say it. Notes are told apart by their event. */
export function say(effect: ExecutorEffect): string {
  switch (effect.kind) {
    case 'run':
      return `run ${effect.op.resource} ${effect.op.task} #${effect.call}`;
    case 'kill':
      return `kill #${effect.call}`;
    case 'report':
      return `report ${effect.op.resource} ${effect.op.task} ${effect.result.status} ${effect.result.rc}`;
    case 'note':
      return `note ${effect.event}`;
  }
}

export type Driven = {
  readonly state: ExecutorState;
  readonly effects: (input: ExecutorInput, ms: number) => ExecutorEffect[];
  readonly send: (input: ExecutorInput, ms: number) => string[];
  readonly ask: (operation: Operation, ms: number) => string[];
  readonly exit: (call: number, rc: number, ms: number) => string[];
  readonly tick: (ms: number) => string[];
};

export function driven(): Driven {
  const state = executor();
  const at = (ms: number): Instant => instant(ms);
  const effects = (input: ExecutorInput, ms: number): ExecutorEffect[] =>
    step(state, input, at(ms));
  const send = (input: ExecutorInput, ms: number): string[] => effects(input, ms).map(say);
  return {
    state,
    effects,
    send,
    ask: (operation, ms) => send({ kind: 'execute', op: operation }, ms),
    exit: (call, rc, ms) => send({ kind: 'exited', call: callId(call), result: result(rc) }, ms),
    tick: (ms) => send({ kind: 'tick' }, ms),
  };
}
