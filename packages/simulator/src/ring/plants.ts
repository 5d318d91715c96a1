/**
 * Rings that keep the protocol, but for one thing: every plant breaks one rule of it from outside, so
 * that a check must object. A checker that has never found anything may not be looking.
 */
import { instant, type NodeId, type Prng } from '@holdfast/base';
import { decodeFrame, encodeFrame, type Message, type RingEffect } from '@holdfast/totem';
import type { Life } from './life.ts';

export type Plant = {
  /** Before the machine takes an input. */
  readonly before?: (life: Life, nowMs: number) => void;
  /** After it, with what it answered; answers what is done instead. */
  readonly after?: (life: Life, effects: RingEffect[], dice: Prng) => RingEffect[];
  /** On every message that arrives; undefined: it is lost. */
  readonly heard?: (message: Message, to: NodeId) => Message | undefined;
};

/** Applies a plant to a datagram. */
export function tamper(plant: Plant, to: NodeId, bytes: Uint8Array): Uint8Array | undefined {
  if (plant.heard === undefined) return bytes;
  const frame = decodeFrame(bytes);
  if (frame === undefined) return bytes;
  const message = plant.heard(frame.message, to);
  if (message === frame.message) return bytes;
  return message === undefined ? undefined : encodeFrame({ header: frame.header, message });
}

function storeOf({ state }: Life): Life['state']['store'] {
  return state.store;
}

const onEffects: Readonly<Record<string, Plant>> = {
  'ring-seq-not-written': {
    after: (_, effects) => effects.filter(({ kind }) => kind !== 'persist-ring-seq'),
  },
  'ring-seq-written-late': {
    after: (_, effects) => [
      ...effects.filter(({ kind }) => kind !== 'persist-ring-seq'),
      ...effects.filter(({ kind }) => kind === 'persist-ring-seq'),
    ],
  },
  'delivers-twice': {
    after: (_, effects, dice) =>
      effects.flatMap((effect) =>
        effect.kind === 'delivered' && dice.chance(1, 30) ? [effect, effect] : [effect],
      ),
  },
  'swallows-a-message': {
    after: (life, effects, dice) =>
      effects.filter(({ kind }) => life.id !== 1 || kind !== 'delivered' || !dice.chance(1, 20)),
  },
  'two-change-places': { after: (_, effects) => swapDelivered(effects) },
  'transitional-names-all': {
    after: (life, effects) =>
      effects.map((effect) =>
        effect.kind === 'transitional' ? { ...effect, members: life.state.members } : effect,
      ),
  },
  'transitional-too-late': { after: (_, effects) => swapMemberships(effects) },
};

function swapDelivered(effects: RingEffect[]): RingEffect[] {
  const at = effects.findIndex(
    ({ kind }, index) => kind === 'delivered' && effects[index + 1]?.kind === 'delivered',
  );
  const [a, b] = [effects[at], effects[at + 1]];
  if (at < 0 || a === undefined || b === undefined) return effects;
  return [...effects.slice(0, at), b, a, ...effects.slice(at + 2)];
}

function swapMemberships(effects: RingEffect[]): RingEffect[] {
  const transitional = effects.find(({ kind }) => kind === 'transitional');
  if (transitional === undefined) return effects;
  return effects.flatMap((effect) => {
    if (effect === transitional) return [];
    return effect.kind === 'regular' ? [effect, transitional] : [effect];
  });
}

const TIMERS = ['token', 'retransmit', 'hold', 'join', 'consensus', 'merge'] as const;

const onState: Readonly<Record<string, Plant>> = {
  'safe-is-agreed': {
    before: (life) => {
      if (life.state.phase.kind === 'operational') storeOf(life).stable = storeOf(life).high;
    },
  },
  'skips-gaps': {
    before: (life) => {
      const store = storeOf(life);
      if (life.state.phase.kind === 'operational') store.aru = Math.max(store.aru, store.high);
    },
  },
  'recovery-sends-nothing-again': {
    after: (life, effects) => {
      const { phase } = life.state;
      if (phase.kind === 'recovery') phase.recovery.queue.length = 0;
      return effects;
    },
  },
  'installs-at-once': {
    before: ({ state: { phase } }) => {
      if (phase.kind !== 'recovery') return;
      phase.recovery.quietVisits = 3;
      phase.recovery.installVisits = 1;
    },
  },
  'ring-seq-stands-still': {
    before: ({ state }) => {
      if (state.phase.kind === 'gather') state.maxRingSeq = state.ringSeq - 4;
    },
  },
  'old-tokens-count': {
    before: ({ state: { phase } }) => {
      if (phase.kind === 'operational') phase.rotation.lastTokenSeq = -1;
    },
  },
  'freezes-unnoticed': {
    before: ({ state }, nowMs) => {
      state.wantedAt = undefined;
      for (const name of TIMERS) {
        const at = state.timers[name];
        if (at !== undefined && at < nowMs) state.timers[name] = instant(nowMs + 1);
      }
    },
  },
  'half-sent-goes-on': {
    after: ({ state }, effects) => {
      if (!effects.some(({ kind }) => kind === 'regular')) return effects;
      const first = state.queue.waiting[state.queue.head];
      if (first !== undefined && first.payload.length > 1000 && state.queue.offset === 0)
        state.queue.offset = 500;
      return effects;
    },
  },
};

const onTheWay: Readonly<Record<string, Plant>> = {
  'aru-claims-everything': {
    heard: (message) => (message.kind === 'token' ? { ...message, aru: message.seq } : message),
  },
  'requests-are-lost': {
    heard: (message) => (message.kind === 'token' ? { ...message, requests: [] } : message),
  },
  'window-is-ignored': {
    heard: (message) => (message.kind === 'token' ? { ...message, flow: 0 } : message),
  },
  'rings-never-meet': {
    heard: (message) => (message.kind === 'merge' ? undefined : message),
  },
  'originator-is-mistaken': {
    heard: (message, to) =>
      message.kind === 'mcast' && to === 2 && message.seq % 5 === 0
        ? { ...message, originator: to }
        : message,
  },
  'recovered-all-of-it': {
    heard: (message) =>
      message.kind === 'commit'
        ? { ...message, info: message.info.map((info) => ({ ...info, hasAll: true })) }
        : message,
  },
};

export const PLANTS: Readonly<Record<string, Plant>> = { ...onEffects, ...onState, ...onTheWay };
