/** One drawn node: a disk that holds a ring sequence, a clock that runs a little wrong, and its lives. */
import { instant, type Instant, type NodeId, type Prng } from '@holdfast/base';
import {
  deadline,
  ring,
  type RingConfig,
  type RingEffect,
  type RingInput,
  step,
} from '@holdfast/totem';
import type { Agenda } from '../agenda.ts';
import type { Life } from './life.ts';
import { encodeSaid } from './message.ts';
import { type Plant, tamper } from './plants.ts';

/** What a socket keeps for a process that does not read. */
const SOCKET_MAX = 400;

export type Watch = {
  readonly born: (life: Life) => void;
  /** Before a step: what is to be compared with after it. */
  readonly stepBegins: (life: Life) => void;
  readonly stepEnds: (life: Life, effects: readonly RingEffect[]) => void;
  /** The moment one effect is carried out; `diskSeq` is what a crash now would leave behind. */
  readonly carriesOut: (life: Life, effect: RingEffect, diskSeq: number) => void;
  readonly says: (life: Life, key: { number: number; isSafe: boolean; bytes: number }) => void;
};

export type NodeParts = {
  readonly id: NodeId;
  readonly config: RingConfig;
  readonly agenda: Agenda;
  readonly dice: Prng;
  readonly plant: Plant;
  readonly watch: Watch;
  readonly send: (from: NodeId, to: NodeId | 'all', bytes: Uint8Array) => void;
  readonly nextLife: () => number;
};

export class RingNode {
  readonly parts: NodeParts;
  life: Life | undefined;
  diskSeq = 0;
  config: RingConfig;
  #frozenUntil = 0;
  #socket: Uint8Array[] = [];
  /** What the agenda will call for, so that not every step asks anew. */
  #wakeAt = Infinity;
  /** Effects until a crash in the middle of carrying them out; undefined: none is planned. */
  #crashAfter: number | undefined;
  readonly #rate: number;
  readonly #offset: number;

  constructor(parts: NodeParts) {
    this.parts = parts;
    this.config = parts.config;
    this.#rate = 1 + (parts.dice.below(401) - 200) / 1e6;
    this.#offset = parts.dice.below(1_000_000);
  }

  now(): Instant {
    return instant(this.#offset + this.parts.agenda.now() * this.#rate);
  }

  isRunning(): boolean {
    return this.life !== undefined && !this.isFrozen();
  }

  isFrozen(): boolean {
    return this.#frozenUntil > this.parts.agenda.now();
  }

  boot(): void {
    if (this.life !== undefined) return;
    const { id, nextLife, watch } = this.parts;
    const number = nextLife();
    const life: Life = {
      id,
      number,
      state: ring(this.config, this.diskSeq, number, this.now()),
      isDead: false,
      hasLeft: false,
      said: 0,
      deliveredOwn: 0,
      lastRing: 0,
      lastSeq: 0,
    };
    this.life = life;
    this.#frozenUntil = 0;
    this.#socket = [];
    watch.born(life);
    this.feed({ kind: 'start' });
  }

  crash(): void {
    if (this.life !== undefined) this.life.isDead = true;
    this.life = undefined;
    this.#crashAfter = undefined;
  }

  /** Dies while it carries out effects: after so many more of them. */
  crashWithin(effects: number): void {
    if (this.life !== undefined) this.#crashAfter = effects;
  }

  /** Whatever crash was planned, it does not happen. */
  spare(): void {
    this.#crashAfter = undefined;
  }

  leave(): void {
    if (!this.isRunning() || this.life === undefined) return;
    this.life.hasLeft = true;
    this.feed({ kind: 'leave' });
    this.crash();
  }

  freeze(lengthMs: number): void {
    if (this.life === undefined || this.isFrozen()) return;
    const { agenda, dice } = this.parts;
    this.#frozenUntil = agenda.now() + lengthMs;
    agenda.at(this.#frozenUntil, () => {
      // A thawed process may look at its timers or at its socket first.
      if (dice.chance(1, 2)) this.#wake();
      const waiting = this.#socket;
      this.#socket = [];
      for (const bytes of waiting) this.arrive(bytes);
      this.#wake();
    });
  }

  configure(config: RingConfig): void {
    this.config = config;
    if (this.isRunning()) this.feed({ kind: 'configure', config });
  }

  say(bytes: number, isSafe: boolean): void {
    const { life } = this;
    if (life === undefined || !this.isRunning()) return;
    life.said += 1;
    const number = life.said;
    const { lastRing: afterRing, lastSeq: afterSeq } = life;
    const said = { life: life.number, number, isSafe, afterRing, afterSeq, bytes };
    this.parts.watch.says(life, { number, isSafe, bytes });
    this.feed({ kind: 'multicast', payload: encodeSaid(said), isSafe });
  }

  arrive(bytes: Uint8Array): void {
    if (this.life === undefined) return;
    if (this.isFrozen()) {
      if (this.#socket.length < SOCKET_MAX) this.#socket.push(bytes);
      return;
    }
    const heard = tamper(this.parts.plant, this.parts.id, bytes);
    if (heard !== undefined) this.feed({ kind: 'datagram', bytes: heard });
  }

  feed(input: RingInput): void {
    const { life } = this;
    if (life === undefined) return;
    const { plant, watch, dice } = this.parts;
    const now = this.now();
    watch.stepBegins(life);
    plant.before?.(life, now);
    const answered = step(life.state, input, now);
    const effects = plant.after?.(life, answered, dice) ?? answered;
    watch.stepEnds(life, effects);
    for (const effect of effects) {
      if (this.life !== life) return;
      this.#carryOut(life, effect);
    }
    this.#setWake();
  }

  #carryOut(life: Life, effect: RingEffect): void {
    if (this.#crashAfter !== undefined) {
      this.#crashAfter -= 1;
      if (this.#crashAfter <= 0) {
        this.crash();
        return;
      }
    }
    if (effect.kind === 'persist-ring-seq') this.diskSeq = effect.seq;
    this.parts.watch.carriesOut(life, effect, this.diskSeq);
    if (effect.kind === 'send') this.parts.send(this.parts.id, effect.to, effect.bytes);
  }

  #setWake(): void {
    const at = this.life === undefined ? undefined : deadline(this.life.state);
    if (at === undefined) return;
    const { agenda } = this.parts;
    const due = Math.max(agenda.now(), (at - this.#offset) / this.#rate + 1e-6);
    if (due >= this.#wakeAt) return;
    this.#wakeAt = due;
    agenda.at(due, () => {
      if (this.#wakeAt === due) this.#wakeAt = Infinity;
      this.#wake();
    });
  }

  #wake(): void {
    if (this.life === undefined || this.isFrozen()) return;
    const at = deadline(this.life.state);
    if (at !== undefined && at <= this.now()) this.feed({ kind: 'tick' });
    else this.#setWake();
  }
}
