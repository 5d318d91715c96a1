/**
 * A member of a ring for whoever uses it as a library: groups, messages and views, over a world that is
 * handed in. It keeps the machines and does what they say; time, timers and sockets are the caller's.
 */
import {
  fail,
  instant,
  type Instant,
  note,
  nodeId,
  type NodeId,
  type Note,
  ok,
  type Result,
} from '@holdfast/base';
import type { GroupMember } from './group-codec.ts';
import {
  type GroupEffect,
  type GroupInput,
  groups,
  type GroupsState,
  type GroupView,
  stepGroups,
} from './groups.ts';
import { deadline, ringStatus, type RingStatus, room, step } from './machine.ts';
import { describeRefusal, PAYLOAD_BYTES_MAX, type Refusal, type Room } from './queue.ts';
import { ring, type RingConfig, type RingEffect, type RingInput, type RingState } from './state.ts';
import { ringTimeouts } from './timeouts.ts';

export type MemberOptions = {
  readonly self: number;
  /** Every node of the cluster, this one included. */
  readonly nodes: readonly number[];
  readonly clusterName: string;
  /** Without a token for so long, in ms, the ring is lost; 1000 where nothing is said, and 650 more for every node beyond two. */
  readonly tokenMs?: number;
  /** The ring sequence that was persisted last; 0 for a node that has none. */
  readonly ringSeq: number;
  /** Greater with every start of this node: the wall clock in ms will do. */
  readonly incarnation: number;
  readonly more?: Partial<RingConfig>;
  readonly world: MemberWorld;
};

export type MemberWorld = {
  /** Milliseconds of a clock that only goes forward, and goes on while the process is stopped. */
  readonly now: () => number;
  /** Runs something later; answers how to call it off. */
  readonly later: (run: () => void, ms: number) => () => void;
  readonly send: (to: number, bytes: Uint8Array) => void;
  /** Must be on stable storage when it returns. */
  readonly persist: (ringSeq: number) => void;
  readonly tell?: (note: Note) => void;
};

export type Handlers = {
  readonly onMessage?: (payload: Uint8Array, from: GroupMember) => void;
  readonly onView?: (view: GroupView) => void;
};

export type Group = {
  /** Undefined where it was taken; else a sentence that says why not, and what to do. */
  readonly send: (payload: Uint8Array, isSafe?: boolean) => string | undefined;
  readonly leave: () => void;
};

type Desk = { readonly group: string; readonly on: Handlers };

/** A life: it sends and sets timers until `close`. */
export class Member {
  readonly #world: MemberWorld;
  readonly #config: RingConfig;
  readonly #ring: RingState;
  readonly #groups: GroupsState;
  /** By process; every group joined here is a process of its own. */
  readonly #desks = new Map<number, Desk>();
  /** One thing after another: a handler may send, and does not find a machine at work. */
  readonly #jobs: RingInput[] = [];
  #pendingBytes = 0;
  #processes = 0;
  #isWorking = false;
  #isClosed = false;
  #cancelTimer: () => void = () => undefined;

  constructor(options: MemberOptions) {
    this.#world = options.world;
    this.#config = configOf(options);
    this.#ring = ring(this.#config, options.ringSeq, options.incarnation, this.#now());
    this.#groups = groups(this.#config.self);
    this.#feed({ kind: 'start' });
  }

  /** A datagram came in; its bytes are the member's from here on. */
  receive(bytes: Uint8Array): void {
    if (!this.#isClosed) this.#feed({ kind: 'datagram', bytes });
  }

  /** A process of its own in the group; a sentence where the name or a limit does not allow it. */
  join(group: string, on: Handlers): Result<Group, string> {
    this.#processes += 1;
    const process = this.#processes;
    this.#desks.set(process, { group, on });
    const fault = this.#ask({ kind: 'join', group, process });
    if (fault !== undefined) {
      this.#desks.delete(process);
      return fail(fault);
    }
    return ok({
      send: (payload, isSafe = false) =>
        this.#ask({ kind: 'send', group, process, payload, isSafe }),
      leave: () => {
        this.#ask({ kind: 'leave', group, process });
        this.#desks.delete(process);
      },
    });
  }

  /** What may be sent now without being refused. */
  room(): Room {
    const { payloads, bytes } = room(this.#ring);
    return { payloads: payloads - this.#jobs.length, bytes: bytes - this.#pendingBytes };
  }

  status(): RingStatus {
    return ringStatus(this.#ring);
  }

  /** Says goodbye; nothing is sent or delivered afterwards. */
  close(): void {
    if (this.#isClosed) return;
    this.#feed({ kind: 'leave' });
    this.#isClosed = true;
    this.#cancelTimer();
  }

  #now(): Instant {
    return instant(this.#world.now());
  }

  /** A sentence where it cannot be done. */
  #ask(input: GroupInput): string | undefined {
    const effects = stepGroups(this.#groups, input);
    for (const effect of effects) {
      if (effect.kind === 'group-refused') return effect.text;
      if (effect.kind !== 'multicast') continue;
      const why = this.#whyNot(effect.payload.length);
      if (why !== undefined) return describeRefusal(why, effect.payload.length);
      this.#feed(effect);
    }
    return undefined;
  }

  #whyNot(bytes: number): Refusal | undefined {
    if (this.#isClosed) return 'left';
    if (bytes > PAYLOAD_BYTES_MAX) return 'too-large';
    const left = this.room();
    return left.bytes < bytes || left.payloads < 1 ? 'queue-full' : undefined;
  }

  #feed(input: RingInput): void {
    this.#jobs.push(input);
    if (input.kind === 'multicast') this.#pendingBytes += input.payload.length;
    if (this.#isWorking) return;
    this.#isWorking = true;
    for (let next = this.#jobs.shift(); next !== undefined; next = this.#jobs.shift()) {
      if (next.kind === 'multicast') this.#pendingBytes -= next.payload.length;
      for (const effect of step(this.#ring, next, this.#now())) this.#onRing(effect);
    }
    this.#isWorking = false;
    this.#setTimer();
  }

  #setTimer(): void {
    this.#cancelTimer();
    const due = deadline(this.#ring);
    if (due === undefined || this.#isClosed) return;
    const run = (): void => {
      this.#feed({ kind: 'tick' });
    };
    this.#cancelTimer = this.#world.later(run, Math.max(0, Math.ceil(due - this.#world.now())));
  }

  #onRing(effect: RingEffect): void {
    switch (effect.kind) {
      case 'persist-ring-seq':
        this.#world.persist(effect.seq);
        return;
      case 'send':
        for (const to of effect.to === 'all' ? this.#config.nodes : [effect.to])
          if (to !== this.#config.self) this.#world.send(to, effect.bytes);
        return;
      case 'delivered':
      case 'transitional':
      case 'regular':
        for (const each of stepGroups(this.#groups, { kind: 'ring', event: effect }))
          this.#onGroups(each);
        return;
      case 'refused':
        this.#world.tell?.(note('error', 'ring-refused', effect.text));
        return;
      case 'note':
        this.#world.tell?.(effect);
        return;
    }
  }

  #onGroups(effect: GroupEffect): void {
    switch (effect.kind) {
      case 'multicast':
      case 'synced':
        this.#feed(effect);
        return;
      case 'message':
        for (const on of this.#present(effect.group)) on.onMessage?.(effect.payload, effect.from);
        return;
      case 'view':
        for (const { group, on } of this.#desks.values())
          if (group === effect.group) on.onView?.(effect);
        return;
      case 'group-refused':
        this.#world.tell?.(note('error', 'group-refused', effect.text));
        return;
    }
  }

  /** Our processes that are in the group by now. */
  #present(group: string): readonly Handlers[] {
    return (this.#groups.groups.get(group) ?? []).flatMap(({ node, process }) =>
      node === this.#config.self ? (this.#desks.get(process)?.on ?? []) : [],
    );
  }
}

function configOf({ self, nodes, clusterName, tokenMs = 1000, more }: MemberOptions): RingConfig {
  const ids: readonly NodeId[] = nodes.map((id) => nodeId(id));
  return {
    ...ringTimeouts({ tokenMs, nodeCount: nodes.length }),
    self: nodeId(self),
    nodes: ids,
    clusterName,
    hasBarrier: true,
    ...more,
  };
}
