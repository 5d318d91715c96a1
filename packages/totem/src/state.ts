/** The ring's state: plain data, written only by `step` and the functions it calls. */
import { assert, type Instant, type NodeId, type Note } from '@holdfast/base';
import type { Mcast, MemberInfo, Message, Token } from './message.ts';
import { type Counters, newCounters } from './counters.ts';
import type { PeerLife } from './lives.ts';
import { type Assembly, PAYLOAD_ROOM, ROOM_MAX, ROOM_MIN } from './packing.ts';
import type { RingId, RingUp } from './port.ts';
import { type Refusal, sendQueue, type SendQueue } from './queue.ts';
import { slab, type Slab } from './slab.ts';
import type { RingTimeouts } from './timeouts.ts';

export type RingConfig = RingTimeouts & {
  readonly self: NodeId;
  /** Every configured node, this one included. */
  readonly nodes: readonly NodeId[];
  readonly clusterName: string;
  /** Messages in flight in one rotation, and those one member may add in a visit. */
  readonly windowSize?: number;
  readonly maxMessages?: number;
  /** Rotations without progress before a member that cannot receive is left out. */
  readonly failRecvConst?: number;
  /** Idle visits before the representative holds the token; fewer than three are too few. */
  readonly idleVisitsMax?: number;
  /** Bytes of payload in a message, 1100 to 60,000: what the network carries best in one datagram. */
  readonly messageBytes?: number;
  /** Of the configuration, 32 bits: peers whose joins tell another one are named. 0: unknown. */
  readonly digest?: number;
  /** After a new ring, only `isSync` payloads are sent until `synced` says that all are in step (T1.80). */
  readonly hasBarrier?: boolean;
};

export type RingInput =
  | { readonly kind: 'start' }
  /** What arrived; not to be written to afterwards, for messages are kept where they are. */
  | { readonly kind: 'datagram'; readonly bytes: Uint8Array }
  | {
      readonly kind: 'multicast';
      readonly payload: Uint8Array;
      /** Hand it up only when every member has it, or would have it in a transitional membership. */
      readonly isSafe?: boolean;
      /** Goes before everything else while the ring synchronises; see `hasBarrier`. */
      readonly isSync?: boolean;
    }
  /** All members of this ring are in step: what waits may be sent. Ignored for any other ring. */
  | { readonly kind: 'synced'; readonly ringId: RingId }
  /** Other nodes, times or limits; the ring goes on. Own id and cluster name stay what they are. */
  | { readonly kind: 'configure'; readonly config: RingConfig }
  /** Say goodbye; nothing is sent afterwards. */
  | { readonly kind: 'leave' }
  | { readonly kind: 'tick' };

export type RingEffect =
  /** Must be on stable storage before anything later in the list is done. */
  | { readonly kind: 'persist-ring-seq'; readonly seq: number }
  /** `all`: every configured node but this one. To be read, not written or transferred: the ring keeps them. */
  | { readonly kind: 'send'; readonly to: NodeId | 'all'; readonly bytes: Uint8Array }
  | RingUp
  | {
      readonly kind: 'refused';
      readonly payload: Uint8Array;
      readonly why: Refusal;
      /** The same as a sentence. */
      readonly text: string;
    }
  | Note;

/** Messages of one ring (T0.2: every ring has its own). */
export type Store = {
  readonly ringId: RingId;
  readonly messages: Map<number, Mcast>;
  /** Everything up to here was received. */
  aru: number;
  /** Highest sequence number heard of. */
  high: number;
  /** Everything up to here was handed up (or, in recovery, taken apart). */
  delivered: number;
  /** Everything up to here was freed: all members have it. */
  freed: number;
  /** Everything up to here is with every member (T1.20, T1.35). */
  stable: number;
};

/** What a member of a ring remembers of its token. */
export type Rotation = {
  lastTokenSeq: number;
  /** The token as it was sent on, for repetition. */
  sent: Token | undefined;
  lastAru: number;
  lastSeq: number;
  /** Multicast by this member at the last visit (trc in the paper), old messages sent again counted. */
  sentLastVisit: number;
  /** Messages that waited here at the last visit, before it sent any (pbl). */
  waitingLastVisit: number;
  /** When the token was last here; undefined: not yet on the ring at work. */
  lastVisitAt: Instant | undefined;
  /** Visits in a row in which nothing moved. */
  idleVisits: number;
  /** Visits in a row in which the aru stood still below the highest message. */
  stuckVisits: number;
};

export type Recovery = {
  readonly members: readonly NodeId[];
  readonly info: readonly MemberInfo[];
  readonly store: Store;
  readonly rotation: Rotation;
  /** Members that come along from the same old ring. */
  readonly together: readonly NodeId[];
  /** Sequence numbers of old messages still to be sent again, encapsulated; ascending. */
  readonly queue: number[];
  /** Messages of our old ring that others sent again, by their old sequence number. */
  readonly inner: Map<number, Mcast>;
  isFlagMine: boolean;
  quietVisits: number;
  installSeq: number;
  installVisits: number;
  /** The representative: the first token is on its way. */
  hasStarted: boolean;
};

export type Phase =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'operational'; readonly rotation: Rotation; isHolding: boolean }
  | { readonly kind: 'gather' }
  | {
      readonly kind: 'commit';
      readonly ringId: RingId;
      readonly members: readonly NodeId[];
      sent: Message;
    }
  | { readonly kind: 'recovery'; readonly recovery: Recovery };

export type Timers = {
  token: Instant | undefined;
  retransmit: Instant | undefined;
  hold: Instant | undefined;
  join: Instant | undefined;
  consensus: Instant | undefined;
  merge: Instant | undefined;
};

/** A node that was left out of our rings: how often in a row, and until when it is not heeded. */
export type Excluded = {
  readonly times: number;
  readonly until: Instant;
  /** Ring sequence of its last join before it was left out; undefined: not heard, so hearing it is news. */
  readonly lastJoin: number | undefined;
  /** An attempt of its own was answered, though it was not heeded otherwise; once is enough. */
  hasAnswered: boolean;
};

export type RingState = {
  config: RingConfig;
  readonly cluster: number;
  readonly incarnation: number;
  /** Frames made in this life. */
  frames: number;
  phase: Phase;
  /** The ring last installed: its members and messages. A fresh process has none. */
  members: readonly NodeId[];
  store: Store;
  readonly assembly: Assembly;
  /** Highest ring sequence of our own history, on disk; and of anybody's. */
  ringSeq: number;
  maxRingSeq: number;
  processors: Set<NodeId>;
  failed: Set<NodeId>;
  consensus: Set<NodeId>;
  /** The view is void after a freeze: nothing more of the old ring is taken in. */
  isVoid: boolean;
  /** What comes before this instant was sent while this node was frozen (T1.57), and says what is over. */
  deafUntil: Instant | undefined;
  /** After a freeze, a ring of this node alone is not formed before others had the time to answer. */
  aloneFrom: Instant | undefined;
  /** Nodes that no ring forms with, so that they do not keep the ring from working. */
  readonly excluded: Map<NodeId, Excluded>;
  /** Who was heard since the last ring was installed, and the ring sequence of the last join. */
  readonly heard: Map<NodeId, number>;
  /** The ring before the installed one: what still comes from it is no news. */
  previousRing: RingId | undefined;
  /** The commit token as we sent it on in recovery, until the first token comes. */
  commitSent: Message | undefined;
  /** After the goodbye nothing is taken any more. */
  hasLeft: boolean;
  /** The newest life heard of every peer. */
  readonly lives: Map<NodeId, PeerLife>;
  /** Peers that run with another configuration than we do, and were named. */
  readonly differing: Set<NodeId>;
  readonly queue: SendQueue;
  /** What goes first after a change of rings, and whether that is going on (T1.80). */
  readonly syncQueue: SendQueue;
  isSyncing: boolean;
  readonly timers: Timers;
  readonly counters: Counters;
  /** Messages to ourselves, handled after what is being handled (T1.4). */
  inbox: Message[];
  out: RingEffect[];
  readonly slab: Slab;
  now: Instant;
  /** When we wanted to be called next, to see that we were not. */
  wantedAt: Instant | undefined;
};

export function newStore(ringId: RingId): Store {
  return { ringId, messages: new Map(), aru: 0, high: 0, delivered: 0, freed: 0, stable: 0 };
}

export function newRotation(): Rotation {
  return {
    lastTokenSeq: -1,
    sent: undefined,
    lastAru: 0,
    lastSeq: 0,
    sentLastVisit: 0,
    waitingLastVisit: 0,
    lastVisitAt: undefined,
    idleVisits: 0,
    stuckVisits: 0,
  };
}

/** A process that knows `persistedSeq` from its disk. `incarnation` is greater after every start. */
export function ring(
  config: RingConfig,
  persistedSeq: number,
  incarnation: number,
  now: Instant,
): RingState {
  checkLimits(config);
  return {
    config,
    cluster: digestOf(config.clusterName),
    incarnation,
    frames: 0,
    phase: { kind: 'stopped' },
    members: [],
    store: newStore({ representative: config.self, seq: persistedSeq + 1 }),
    assembly: new Map(),
    ringSeq: persistedSeq + 1,
    maxRingSeq: persistedSeq + 1,
    processors: new Set([config.self]),
    failed: new Set(),
    consensus: new Set(),
    isVoid: false,
    deafUntil: undefined,
    aloneFrom: undefined,
    excluded: new Map(),
    heard: new Map(),
    previousRing: undefined,
    commitSent: undefined,
    hasLeft: false,
    lives: new Map(),
    differing: new Set(),
    queue: sendQueue(),
    syncQueue: sendQueue(),
    isSyncing: config.hasBarrier === true,
    timers: {
      token: undefined,
      retransmit: undefined,
      hold: undefined,
      join: undefined,
      consensus: undefined,
      merge: undefined,
    },
    counters: newCounters(),
    inbox: [],
    out: [],
    slab: slab(),
    now,
    wantedAt: undefined,
  };
}

export function checkLimits({ messageBytes = PAYLOAD_ROOM, idleVisitsMax = 3 }: RingConfig): void {
  assert(messageBytes >= ROOM_MIN && messageBytes <= ROOM_MAX, 'messageBytes is in its limits');
  assert(idleVisitsMax >= 3, 'three idle visits tell everybody that all have everything');
}

/** FNV-1a of the cluster's name. */
function digestOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const letter of text) {
    hash ^= letter.codePointAt(0) ?? 0;
    hash = Math.imul(hash, 0x01000193) >>> 0;
  }
  return hash;
}
