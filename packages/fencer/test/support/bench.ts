/** A fencer on the bench: inputs by hand, effects in words. */
import { callId, type Instant, instant, milliseconds, nodeName } from '@holdfast/base';
import {
  deadline,
  fencer,
  type FenceAction,
  type FenceDevice,
  type FenceLevel,
  type FenceOrder,
  type FencerConfig,
  type FencerEffect,
  type FencerInput,
  type FencerState,
  fencerView,
  step,
} from '@holdfast/fencer';

export const ON = 0;
export const OFF = 2;
export const DONE = 0;
export const FAILED = 1;

export function device(id: string, parameters: Record<string, string> = {}): FenceDevice {
  return { id, agent: 'fence-pdu', parameters: { ip: '10.0.0.9', ...parameters } };
}

export function level(target: string, index: number, ...devices: string[]): FenceLevel {
  return { target: nodeName(target), index, devices };
}

export function config(
  devices: readonly FenceDevice[],
  levels: readonly FenceLevel[] = [],
): FencerConfig {
  return { devices, levels, timeoutMs: milliseconds(60_000) };
}

/** What is asked for: an action, or an action with what goes with it. */
export type Wish = FenceAction | Omit<FenceOrder, 'target'>;

export type Bench = {
  readonly state: FencerState;
  readonly send: (input: FencerInput, ms: number) => string[];
  readonly ask: (id: string, target: string, wish: Wish, ms: number) => string[];
  /** A device's answer; `code` as fence agents exit. */
  readonly answer: (call: number, code: number, ms: number, output?: string) => string[];
  readonly tick: (ms: number) => string[];
  readonly due: () => Instant | undefined;
  readonly view: () => string[];
};

export function bench(setup: FencerConfig, seed = 1): Bench {
  const state = fencer(setup, seed);
  const send = (input: FencerInput, ms: number): string[] =>
    step(state, input, instant(ms)).flatMap(say);
  return {
    state,
    send,
    ask: (id, target, wish, ms) => {
      const order = typeof wish === 'string' ? { action: wish } : wish;
      return send({ kind: 'request', id, target: nodeName(target), ...order }, ms);
    },
    answer: (call, code, ms, output = '') =>
      send({ kind: 'device-result', call: callId(call), code, output, timedOut: false }, ms),
    tick: (ms) => send({ kind: 'tick' }, ms),
    due: () => deadline(state),
    view: () => fencerView(state).map(({ target, doing }) => `${target}: ${doing}`),
  };
}

/** `run pdu off hatwo(2) #1`: an effect as one would say it. */
function say(effect: FencerEffect): string | readonly string[] {
  switch (effect.kind) {
    case 'run-device': {
      const { device: id, action, target, plug } = effect.run;
      return `run ${id} ${action} ${target}${plug === target ? '' : `(${plug})`} #${effect.call}`;
    }
    case 'kill-device':
      return `kill #${effect.call}`;
    case 'fenced': {
      const by = effect.by === 'human' ? 'a human' : effect.devices.join('+');
      return `fenced ${effect.target} (${effect.action}) by ${by} after ${effect.tookMs} for ${effect.ids.join(',')}`;
    }
    case 'fence-failed':
      return `failed ${effect.target} (${effect.action}) for ${effect.ids.join(',')}: ${effect.reason}`;
    case 'fence-withdrawn':
      return `withdrawn ${effect.target} for ${effect.ids.join(',')}`;
    case 'fence-progress':
      return [];
    case 'drilled':
      return `drilled ${effect.device} for ${effect.target}: ${effect.isGood ? 'good' : 'bad'}, ${effect.words}, ${effect.tookMs} ms`;
    case 'note':
      return `${effect.severity}: ${effect.text}`;
  }
}
