/**
 * Rings in a drawn world: a network that loses, delays, doubles, reorders and parts; nodes that crash,
 * freeze and come back. Virtual time; the seed decides everything.
 */
import { type Instant, instant, type NodeId, nodeId, type Prng, prng } from '@holdfast/base';
import {
  deadline,
  ring,
  type RingConfig,
  type RingEffect,
  type RingInput,
  type RingState,
  ringTimeouts,
  step,
} from '@holdfast/totem';

export type Event =
  | { readonly kind: 'message'; readonly from: NodeId; readonly text: string }
  | {
      readonly kind: 'transitional' | 'regular';
      readonly ring: string;
      readonly members: readonly NodeId[];
    };

export type Life = {
  readonly id: NodeId;
  /** Which life of which node: `2#3`. */
  readonly name: string;
  readonly state: RingState;
  readonly events: Event[];
  /** Notes and refusals. */
  readonly told: string[];
  frozenUntil: number;
  isDead: boolean;
};

type Pending = {
  readonly at: number;
  readonly order: number;
  readonly to: NodeId;
  readonly bytes: Uint8Array;
};

export type World = {
  readonly dice: Prng;
  config: (id: NodeId) => RingConfig;
  readonly ids: readonly NodeId[];
  readonly alive: Map<NodeId, Life>;
  readonly lives: Life[];
  readonly disk: Map<NodeId, number>;
  /** Sent by whom, in which life, so that nothing is delivered that was never said. */
  readonly said: Set<string>;
  cuts: Set<string>;
  lossPercent: number;
  delayMax: number;
  time: number;
  pending: Pending[];
  order: number;
  incarnations: number;
  /** Changes effects on their way out: planted faults of the protocol. */
  tamper: (effects: readonly RingEffect[], life: Life) => readonly RingEffect[];
};

export function world(seed: number, count: number): World {
  const ids = Array.from({ length: count }, (_, index) => nodeId(index + 1));
  const timeouts = ringTimeouts({ tokenMs: 200, nodeCount: 2 });
  return {
    dice: prng(seed),
    ids,
    config: (self) => ({ ...timeouts, self, nodes: ids, clusterName: 'test' }),
    alive: new Map(),
    lives: [],
    disk: new Map(),
    said: new Set(),
    cuts: new Set(),
    lossPercent: 0,
    delayMax: 2,
    time: 0,
    pending: [],
    order: 0,
    incarnations: 0,
    tamper: (effects) => effects,
  };
}

export function boot(w: World, id: NodeId): void {
  w.incarnations += 1;
  const state = ring(w.config(id), w.disk.get(id) ?? 0, w.incarnations, now(w));
  const name = `${id}#${w.incarnations}`;
  const life: Life = { id, name, state, events: [], told: [], frozenUntil: 0, isDead: false };
  w.alive.set(id, life);
  w.lives.push(life);
  feed(w, life, { kind: 'start' });
}

export function crash(w: World, id: NodeId): void {
  const life = w.alive.get(id);
  if (life !== undefined) life.isDead = true;
  w.alive.delete(id);
}

export function say(w: World, id: NodeId, text: string, isSafe = false): void {
  const life = w.alive.get(id);
  if (life === undefined || life.frozenUntil > w.time) return;
  w.said.add(`${id}:${text}`);
  feed(w, life, { kind: 'multicast', payload: new TextEncoder().encode(text), isSafe });
}

function now(w: World): Instant {
  return instant(w.time);
}

export function feed(w: World, life: Life, input: RingInput): void {
  const effects = step(life.state, input, now(w));
  for (const effect of w.tamper(effects, life)) perform(w, life, effect);
}

function perform(w: World, life: Life, effect: RingEffect): void {
  switch (effect.kind) {
    case 'persist-ring-seq':
      w.disk.set(life.id, effect.seq);
      return;
    case 'send':
      for (const to of effect.to === 'all' ? w.ids.filter((id) => id !== life.id) : [effect.to]) {
        post(w, life.id, to, effect.bytes);
      }
      return;
    case 'delivered':
      life.events.push({
        kind: 'message',
        from: effect.from,
        text: new TextDecoder().decode(effect.payload),
      });
      return;
    case 'transitional':
    case 'regular':
      life.events.push({
        kind: effect.kind,
        ring: `${effect.ringId.representative}.${effect.ringId.seq}`,
        members: effect.members,
      });
      return;
    case 'refused':
      life.told.push(effect.text);
      return;
    case 'note':
      life.told.push(effect.text);
      return;
  }
}

function post(w: World, from: NodeId, to: NodeId, bytes: Uint8Array): void {
  if (w.cuts.has(`${from}>${to}`)) return;
  const copies = w.lossPercent > 0 && w.dice.chance(1, 25) ? 2 : 1;
  for (let copy = 0; copy < copies; copy += 1) {
    if (w.dice.chance(w.lossPercent, 100)) continue;
    const late = w.dice.chance(1, 40) && w.lossPercent > 0 ? w.dice.below(40) : 0;
    w.order += 1;
    w.pending.push({
      at: w.time + 0.1 + w.dice.below(w.delayMax * 10) / 10 + late,
      order: w.order,
      to,
      bytes,
    });
  }
}

/** Runs until `until`, event by event. */
export function run(w: World, until: number): void {
  for (;;) {
    const due = nextDue(w);
    if (due === undefined || due > until) break;
    w.time = Math.max(w.time, due);
    deliverDue(w);
    for (const life of w.alive.values()) {
      const at = deadline(life.state);
      if (life.frozenUntil <= w.time && at !== undefined && at <= w.time)
        feed(w, life, { kind: 'tick' });
    }
  }
  w.time = until;
}

function nextDue(w: World): number | undefined {
  let soonest: number | undefined;
  const consider = (at: number): void => {
    if (soonest === undefined || at < soonest) soonest = at;
  };
  for (const { at, to } of w.pending) consider(Math.max(at, w.alive.get(to)?.frozenUntil ?? 0));
  for (const life of w.alive.values()) {
    const at = deadline(life.state);
    if (at !== undefined) consider(Math.max(at, life.frozenUntil));
  }
  return soonest;
}

function deliverDue(w: World): void {
  const isDue = ({ at, to }: Pending): boolean =>
    Math.max(at, w.alive.get(to)?.frozenUntil ?? 0) <= w.time;
  const due = w.pending.filter(isDue).sort((a, b) => a.at - b.at || a.order - b.order);
  w.pending = w.pending.filter((each) => !isDue(each));
  for (const { to, bytes } of due) {
    const life = w.alive.get(to);
    if (life !== undefined) feed(w, life, { kind: 'datagram', bytes });
  }
}

/** Parts the nodes into two; `isOneWay` lets one side still be heard. */
export function part(w: World, side: ReadonlySet<NodeId>, isOneWay: boolean): void {
  for (const a of w.ids) {
    for (const b of w.ids) {
      if (side.has(a) === side.has(b)) continue;
      if (!isOneWay || side.has(a)) w.cuts.add(`${a}>${b}`);
    }
  }
}

export function heal(w: World): void {
  w.cuts = new Set();
  w.lossPercent = 0;
  w.delayMax = 2;
  for (const id of w.ids) if (!w.alive.has(id)) boot(w, id);
}
