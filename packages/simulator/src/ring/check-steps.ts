/**
 * What holds at every step of every machine (T9.2, T9.3, T9.7–T9.12, T9.23, T9.35–T9.37, T9.53 of the
 * specification), seen from outside: its state before and after, and what it wants done.
 */
import type { NodeId } from '@holdfast/base';
import type { RingEffect, RingState } from '@holdfast/totem';
import { type Life, nameOf, type Report } from './life.ts';

type Store = RingState['store'];
type Phase = RingState['phase'];
type Rotation = (Phase & { kind: 'operational' })['rotation'];

type Before = {
  readonly phase: Phase;
  readonly processors: ReadonlySet<NodeId>;
  readonly failed: ReadonlySet<NodeId>;
  readonly tokenSeq: number;
  readonly lastSeq: number;
  readonly freed: number;
  readonly wantedAt: number | undefined;
};

/** What a forming ring may not touch: the old ring as it was when this life signed. */
type Old = {
  readonly store: Store;
  readonly aru: number;
  readonly delivered: number;
  readonly size: number;
};

const STORE_WINDOW = 16_384;

export class StepCheck {
  readonly #report: Report;
  readonly #lives: () => Iterable<Life>;
  #before: Before | undefined;
  readonly #old = new Map<number, Old>();
  /** Highest ring sequence every node ever signed for, its lives together. */
  readonly #signed = new Map<NodeId, number>();
  /** Which life took which token of a ring. */
  readonly #taken = new Map<string, number>();

  constructor(report: Report, lives: () => Iterable<Life>) {
    this.#report = report;
    this.#lives = lives;
  }

  begins({ state }: Life): void {
    const { phase, processors, failed, store, wantedAt } = state;
    const rotation = rotationOf(phase);
    this.#before = {
      phase,
      processors: isSettled(phase) ? NOBODY : new Set(processors),
      failed: isSettled(phase) ? NOBODY : new Set(failed),
      tokenSeq: rotation?.lastTokenSeq ?? -1,
      lastSeq: rotation?.lastSeq ?? 0,
      freed: store.freed,
      wantedAt,
    };
  }

  ends(life: Life, effects: readonly RingEffect[], now: number): void {
    const before = this.#before;
    if (before === undefined) return;
    this.#phases(life, before, effects);
    if (!isFrozen(life, before, now)) this.#sets(life, before);
    this.#timers(life);
    this.#rotation(life, before);
    this.#stores(life, before);
    this.#frozen(life, before, effects, now);
  }

  #say(rule: string, life: Life, text: string): void {
    this.#report(rule, `${nameOf(life)} ${text}`);
  }

  /** Nothing is handed up while a ring forms, and the old one stays as it was (T9.9, T9.11). */
  #phases(life: Life, before: Before, effects: readonly RingEffect[]): void {
    const { phase } = life.state;
    const wasForming = before.phase.kind === 'commit' || before.phase.kind === 'recovery';
    const installs = effects.some(({ kind }) => kind === 'regular');
    const handsUp = effects.some(({ kind }) => kind === 'delivered' || kind === 'transitional');
    if (wasForming && handsUp && !installs)
      this.#say('T9.9', life, `hands something up in ${before.phase.kind}`);
    if (phase.kind === 'commit' && before.phase.kind !== 'commit') this.#sign(life);
    if (wasForming && !installs) this.#untouched(life);
  }

  #untouched(life: Life): void {
    const { store } = life.state;
    const old = this.#old.get(life.number);
    const isSame =
      old?.store === store &&
      old.aru === store.aru &&
      old.delivered === store.delivered &&
      old.size === store.messages.size;
    if (!isSame) this.#say('T9.11', life, 'changes its old ring while a new one forms');
  }

  #sign(life: Life): void {
    const { store } = life.state;
    const { aru, delivered, messages } = store;
    this.#old.set(life.number, { store, aru, delivered, size: messages.size });
  }

  /** What is on disk rises over all lives of a node (T9.3). */
  persisted(life: Life, seq: number): void {
    const last = this.#signed.get(life.id) ?? -1;
    if (seq <= last) this.#say('T9.3', life, `signs for ring ${seq} after ${last}`);
    this.#signed.set(life.id, seq);
  }

  /** Who is proposed only grows, until a ring stands (T9.12). */
  #sets(life: Life, before: Before): void {
    const { phase, processors, failed, config } = life.state;
    if (isSettled(before.phase) || isSettled(phase)) return;
    if (failed.has(config.self) || !processors.has(config.self))
      this.#say('T9.12', life, 'does not count on itself');
    const isLess =
      [...before.processors].some((id) => !processors.has(id)) ||
      [...before.failed].some((id) => !failed.has(id));
    if (isLess) this.#say('T9.12', life, 'forgets somebody while it gathers');
  }

  /** Exactly the timers of the phase run (T9.53). */
  #timers(life: Life): void {
    const { phase, timers } = life.state;
    const { may, must } = timersOf(phase);
    const running = bitsOf(timers);
    if ((running & ~may) === 0 && (running & must) === must) return;
    const names = Object.entries(timers).filter(([, at]) => at !== undefined);
    this.#say('T9.53', life, `in ${phase.kind}: running are ${names.map(([name]) => name).join()}`);
  }

  /** Every token is taken once, by one member; the window holds (T9.7, T9.8, T9.35). */
  #rotation(life: Life, before: Before): void {
    const { phase } = life.state;
    const rotation = rotationOf(phase);
    const members = phase.kind === 'recovery' ? phase.recovery.members : life.state.members;
    if (rotation === undefined || members.length < 2) return;
    if (rotation !== rotationOf(before.phase)) return;
    const { lastTokenSeq } = rotation;
    if (lastTokenSeq === before.tokenSeq) return;
    if (lastTokenSeq < before.tokenSeq)
      this.#say('T9.8', life, `takes token ${lastTokenSeq} after ${before.tokenSeq}`);
    const store = phase.kind === 'recovery' ? phase.recovery.store : life.state.store;
    const key = `${store.ringId.representative}.${store.ringId.seq}/${lastTokenSeq}`;
    const other = this.#taken.get(key);
    if (other !== undefined) this.#say('T9.7', life, `takes token ${key}, as life ${other} did`);
    this.#taken.set(key, life.number);
    this.#window(life, rotation, before);
  }

  #window(life: Life, rotation: Rotation, before: Before): void {
    const { config } = life.state;
    const window = config.windowSize ?? 128;
    const perVisit = config.maxMessages ?? 48;
    const sent = rotation.lastSeq - before.lastSeq;
    if (sent > window + perVisit)
      this.#say('T9.35', life, `sees ${sent} messages in a rotation; the window is ${window}`);
    if (rotation.sentLastVisit > perVisit)
      this.#say('T9.35', life, `sends ${rotation.sentLastVisit} messages in a visit`);
  }

  /** What is freed, every member of the ring has; nothing grows without end (T9.23, T9.36). */
  #stores(life: Life, before: Before): void {
    const { store } = life.state;
    if (store.high - store.freed >= STORE_WINDOW)
      this.#say('T9.36', life, `keeps ${store.high - store.freed} messages`);
    if (store.freed > store.delivered || store.delivered > store.high)
      this.#say('T9.36', life, 'frees what it has not handed up');
    if (store.freed <= before.freed || life.state.phase.kind !== 'operational') return;
    for (const other of this.#lives()) {
      const theirs = storeOf(other.state, store.ringId);
      if (theirs !== undefined && theirs.aru < store.freed) {
        const text = `frees up to ${store.freed}, and ${nameOf(other)} has up to ${theirs.aru}`;
        this.#say('T9.23', life, text);
      }
    }
  }

  /** After a freeze: not a word of the old view, and nothing acted upon in it. */
  #frozen(life: Life, before: Before, effects: readonly RingEffect[], now: number): void {
    if (!isFrozen(life, before, now)) return;
    const told = effects.some((effect) => effect.kind === 'note' && effect.event === 'frozen');
    if (!told)
      this.#say(
        'frozen',
        life,
        `was not run for ${now - (before.wantedAt ?? now)} ms and does not say so`,
      );
    const acts = effects.some(
      (effect) => effect.kind === 'delivered' || (effect.kind === 'send' && !isJoin(effect.bytes)),
    );
    if (acts) this.#say('frozen', life, 'acts in its old view after a freeze');
  }
}

function isFrozen({ state }: Life, { wantedAt, phase }: Before, now: number): boolean {
  if (phase.kind === 'stopped' || wantedAt === undefined) return false;
  return now - wantedAt > state.config.tokenMs;
}

const NOBODY: ReadonlySet<NodeId> = new Set();
const KIND_AT = 3;
const JOIN = 2;

function isJoin(bytes: Uint8Array): boolean {
  return bytes[KIND_AT] === JOIN;
}

function isSettled(phase: Phase): boolean {
  return phase.kind === 'operational' || phase.kind === 'stopped';
}

function rotationOf(phase: Phase): Rotation | undefined {
  if (phase.kind === 'operational') return phase.rotation;
  return phase.kind === 'recovery' ? phase.recovery.rotation : undefined;
}

/** What a life has of a ring: it is on it, or was last, or is about to be. */
function storeOf(state: RingState, ringId: Store['ringId']): Store | undefined {
  const stores = state.phase.kind === 'recovery' ? [state.phase.recovery.store] : [];
  return [state.store, ...stores].find(
    (store) =>
      store.ringId.seq === ringId.seq && store.ringId.representative === ringId.representative,
  );
}

const TOKEN = 1;
const RETRANSMIT = 2;
const HOLD = 4;
const JOIN_TIMER = 8;
const CONSENSUS = 16;
const MERGE = 32;

function bitsOf({ token, retransmit, hold, join, consensus, merge }: RingState['timers']): number {
  return (
    (token === undefined ? 0 : TOKEN) |
    (retransmit === undefined ? 0 : RETRANSMIT) |
    (hold === undefined ? 0 : HOLD) |
    (join === undefined ? 0 : JOIN_TIMER) |
    (consensus === undefined ? 0 : CONSENSUS) |
    (merge === undefined ? 0 : MERGE)
  );
}

type TimersOfPhase = { readonly may: number; readonly must: number };

const STOPPED: TimersOfPhase = { may: 0, must: 0 };
const GATHER: TimersOfPhase = { may: JOIN_TIMER | CONSENSUS | TOKEN, must: JOIN_TIMER };
const FORMING: TimersOfPhase = { may: TOKEN | RETRANSMIT, must: TOKEN | RETRANSMIT };
const HOLDING: TimersOfPhase = { may: TOKEN | HOLD | MERGE, must: TOKEN | HOLD };
const WORKING: TimersOfPhase = { may: TOKEN | RETRANSMIT | MERGE, must: TOKEN | RETRANSMIT };

function timersOf(phase: Phase): TimersOfPhase {
  switch (phase.kind) {
    case 'stopped':
      return STOPPED;
    case 'gather':
      return GATHER;
    case 'commit':
    case 'recovery':
      return FORMING;
    case 'operational':
      return phase.isHolding ? HOLDING : WORKING;
  }
}
