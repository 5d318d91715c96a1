/** What the link machine knows, takes and asks for. */
import type { Instant, Milliseconds, NodeId, Note } from '@holdfast/base';
import type { Pieces } from './reassembly.ts';

/** How several links to one peer share its traffic. */
export type LinkMode =
  /** The one with the highest priority; the others wait for its end. */
  | 'passive'
  /** Everything on every link; the receiver drops the copies. */
  | 'active'
  /** Each datagram on the next. */
  | 'rr';

export type LinkSettings = {
  /** 0 to 7. */
  readonly link: number;
  /** 0 to 255: the highest goes first; among equals the lowest number. */
  readonly priority: number;
  readonly pingIntervalMs: Milliseconds;
  /** Without an answer for so long, a link is down. */
  readonly pingTimeoutMs: Milliseconds;
  /** Answers after which a link is up. */
  readonly pongCount: number;
};

export type LinksSettings = {
  readonly peers: readonly NodeId[];
  readonly links: readonly LinkSettings[];
  readonly mode: LinkMode;
  /** The largest UDP payload, by hand; undefined: it is found. */
  readonly datagramBytes: number | undefined;
  /** How often a larger datagram is tried. */
  readonly mtuIntervalMs: Milliseconds;
};

export type LinksConfig = LinksSettings & {
  /** A random number of this life, below 2^48. */
  readonly salt: number;
  /** What the sealing adds to every datagram. */
  readonly overheadBytes: number;
};

/** A way to a peer. */
export type Route = { readonly peer: NodeId; readonly link: number };

export type OutFrame = { readonly to: NodeId | 'all'; readonly bytes: Uint8Array };

export type LinksInput =
  | { readonly kind: 'start' }
  /** An opened datagram, as it came in on `link`. */
  | {
      readonly kind: 'datagram';
      readonly link: number;
      readonly sender: NodeId;
      readonly epoch: number;
      readonly counter: number;
      /** The sender's life has proven itself before. */
      readonly isProven: boolean;
      readonly plain: Uint8Array;
    }
  /** What the ring sends in one go, in order. */
  | { readonly kind: 'frames'; readonly frames: readonly OutFrame[] }
  /** The local end of a link: its interface is there, with this largest unfragmented UDP payload, or gone. */
  | { readonly kind: 'interface'; readonly link: number; readonly payloadBytes: number | undefined }
  | { readonly kind: 'configure'; readonly settings: LinksSettings }
  /** What every ping tells from now on; at most 255 bytes. */
  | { readonly kind: 'news'; readonly news: Uint8Array }
  | { readonly kind: 'tick' };

export type DownReason = 'silent' | 'no-interface' | 'removed' | 'restarted';

export type LinksEffect =
  /** Seal once for `audience`, and send the same bytes on each route. `plain` is valid until the next step. */
  | {
      readonly kind: 'transmit';
      readonly audience: NodeId | 'all';
      readonly routes: readonly Route[];
      readonly plain: Uint8Array;
    }
  /** A frame for the ring. */
  | { readonly kind: 'deliver'; readonly from: NodeId; readonly bytes: Uint8Array }
  /** That life answered us with that datagram: it is the sender's present one. */
  | {
      readonly kind: 'prove';
      readonly sender: NodeId;
      readonly epoch: number;
      readonly counter: number;
    }
  | {
      readonly kind: 'link-up';
      readonly peer: NodeId;
      readonly link: number;
      readonly rttMs: number;
    }
  | {
      readonly kind: 'link-down';
      readonly peer: NodeId;
      readonly link: number;
      readonly why: DownReason;
    }
  /** The peer has its first link, or has lost its last one. A hint; the ring decides by its token. */
  | { readonly kind: 'reachable' | 'unreachable'; readonly peer: NodeId }
  /** The largest UDP payload that every peer in reach takes now; for whoever cuts messages. */
  | { readonly kind: 'capacity'; readonly datagramBytes: number }
  /** What a peer tells in its pings has changed. */
  | { readonly kind: 'news'; readonly peer: NodeId; readonly news: Uint8Array }
  | Note;

/** Round trips of one path, in ms. */
export type RoundTrips = { count: number; last: number; mean: number; min: number; max: number };

export type MtuSearch = {
  /** The largest datagram that passed, as UDP payload; at first one that should. */
  bytes: number;
  /** What is being tried. */
  probe: { readonly bytes: number; readonly tries: number; readonly answerBy: Instant } | undefined;
  /** When a larger one is tried again. */
  searchAt: Instant;
  /** When the present size is tried again, as long as it is used. */
  confirmAt: Instant;
  isUsed: boolean;
  /** `bytes` itself has passed, and is no mere assumption. */
  isConfirmed: boolean;
};

export type Path = {
  readonly peer: NodeId;
  readonly link: number;
  isUp: boolean;
  /** Answers in a row, while it is down. */
  pongs: number;
  /** How many times `pongCount` it takes to come up: more after flapping. */
  backoff: number;
  upSince: Instant;
  lastPongAt: Instant;
  /** When this node last pinged on it; never twice within a moment. */
  lastPingAt: Instant;
  pingAt: Instant;
  readonly rtt: RoundTrips;
  /** When the pings were sent that have no answer yet; the oldest first. */
  readonly unanswered: number[];
  /** Share of pings that never had an answer, of late: 0 to 1. Late ones are not lost. */
  loss: number;
  readonly mtu: MtuSearch;
  sent: number;
  received: number;
  downs: number;
};

export type Peer = {
  readonly id: NodeId;
  readonly paths: Map<number, Path>;
  isReachable: boolean;
  news: Uint8Array;
  readonly pieces: Pieces;
  /** For `rr`. */
  turn: number;
};

export type LinkCounters = Record<
  | 'datagramsSent'
  | 'datagramsReceived'
  | 'framesSent'
  | 'framesReceived'
  | 'fragmentsSent'
  /** Inside of an authentic datagram, and yet none of ours. */
  | 'malformed'
  /** From a life of the peer that has not answered us yet. */
  | 'unproven'
  /** Pings that came in on another link than they name: cables or addresses are crossed. */
  | 'misrouted'
  /** Frames for peers that no link reaches. */
  | 'unroutable',
  number
>;

export type LinksState = {
  settings: LinksSettings;
  readonly salt: number;
  readonly overheadBytes: number;
  readonly peers: Map<NodeId, Peer>;
  /** Per link: the largest UDP payload that its interface takes whole; absent where there is no interface. */
  readonly interfaces: Map<number, number>;
  news: Uint8Array;
  nextFrame: number;
  /** Room for the bundles of one step, used again in the next: new room for each would be garbage soon. */
  readonly scratch: Uint8Array[];
  scratchUsed: number;
  readonly counters: LinkCounters;
  /** The capacity last told. */
  capacity: number;
  /** When a tick is due. */
  dueAt: Instant | undefined;
  out: LinksEffect[];
  now: Instant;
  hasStarted: boolean;
};
