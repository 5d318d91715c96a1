/** Everything that goes into the controller and comes out of it. */
import type { EpochMs, Milliseconds, NodeId, NodeName, Note, ResourceId } from '@holdfast/base';
import type { Cib, Configuration, XmlElement } from '@holdfast/cib';
import type { StoreEffect } from '@holdfast/cib-store';
import type { Operation, OpResult } from '@holdfast/executor';
import type { FenceAction, FencerNews, FenceOrder } from '@holdfast/fencer';
import type { Graph } from '@holdfast/transition';

export type ControllerConfig = {
  readonly self: NodeId;
  /** Every configured node; the names are what the CIB and the operators use. */
  readonly names: ReadonlyMap<NodeId, NodeName>;
  readonly votes: ReadonlyMap<NodeId, number>;
  readonly clusterName: string;
  /** One life of one daemon: never the same twice. */
  readonly incarnation: string;
  /** The time of this node's own armed watchdog; undefined: it has none. */
  readonly watchdogMs?: Milliseconds | undefined;
  /**
   * Offers are delivered only when every member has them: needed where the count of a view decides
   * who may count later (tie-breaks, expected votes that shrink). It costs two rotations of the token.
   */
  readonly hasSafeOffers?: boolean;
};

/** What the controller needs of a vote count. */
export type QuorumReading = { readonly quorate: boolean; readonly totalVotes: number };

/** What a member brings of its vote count into a new view; the controller only carries it. */
export type QuorumNews = {
  readonly isQuorate: boolean;
  readonly isWaiting: boolean;
  readonly expectedVotes: number;
  readonly epoch: { readonly ringSeq: number; readonly members: readonly NodeId[] } | undefined;
  readonly votes: number;
  readonly hasDevice: boolean;
  readonly digests: Readonly<Record<string, string>>;
};

/** What changes the vote count between two views; the controller only carries it. */
export type QuorumOrderText = Readonly<Record<string, unknown>>;

/** What an operator (through the daemon) may ask for. Each is answered exactly once. */
export type Request =
  | {
      readonly kind: 'replace-configuration';
      readonly base: string;
      readonly root: XmlElement;
      readonly user: string;
    }
  | {
      readonly kind: 'set-attribute';
      readonly node: NodeName;
      readonly name: string;
      readonly value: string | null;
      readonly lifetime: 'forever' | 'reboot';
      readonly user: string;
    }
  | {
      readonly kind: 'cleanup';
      readonly resource: string | undefined;
      readonly node: NodeName | undefined;
    }
  | {
      readonly kind: 'fence';
      readonly node: NodeName;
      readonly action: FenceAction;
      /** Only by this device: a drill in earnest. */
      readonly device?: string | undefined;
    }
  /** Have every other member ask each device (or this one) about the node; nothing is switched. */
  | { readonly kind: 'drill'; readonly node: NodeName; readonly device: string | undefined }
  | { readonly kind: 'confirm-fenced'; readonly node: NodeName; readonly by: string }
  | { readonly kind: 'stop' };

export type RequestFault = {
  readonly code:
    | 'stale'
    | 'invalid'
    | 'no-quorum'
    | 'unknown-node'
    | 'not-ready'
    | 'unsafe'
    | 'refused'
    | 'lost';
  /** One sentence: the place, the value, the way out. */
  readonly message: string;
};

export type ReceiptReading = {
  readonly version: string;
  readonly storedOn: readonly NodeName[];
  readonly durable: boolean;
  readonly warnings: readonly string[];
};

export type Answer =
  | { readonly kind: 'receipt'; readonly receipt: ReceiptReading }
  | { readonly kind: 'outcome'; readonly text: string }
  | { readonly kind: 'fault'; readonly fault: RequestFault };

export type Membership = {
  readonly kind: 'regular';
  readonly ringId: { readonly representative: NodeId; readonly seq: number };
  readonly members: readonly NodeId[];
};

export type ControllerInput =
  | { readonly kind: 'delivered'; readonly from: NodeId; readonly payload: Uint8Array }
  | { readonly kind: 'membership'; readonly membership: Membership; readonly news: QuorumNews }
  /** To be said in the agreed stream. Where no view is agreed on, it is not said, and nobody is told. */
  | { readonly kind: 'order'; readonly order: QuorumOrderText }
  /** The vote count of the view just agreed on, or a later change of it. */
  | { readonly kind: 'quorum'; readonly reading: QuorumReading }
  /** The graph for the latest `schedule` effect; an older `seq` is no news. */
  | {
      readonly kind: 'scheduled';
      readonly seq: number;
      readonly graph: Graph;
      readonly recheckInMs: Milliseconds | undefined;
      readonly notes: readonly Note[];
    }
  | {
      readonly kind: 'report';
      readonly callId: number;
      readonly op: Operation;
      readonly result: OpResult;
      readonly queueMs: Milliseconds;
    }
  | FencerNews
  | { readonly kind: 'disk'; readonly token: number; readonly failure: string | undefined }
  | { readonly kind: 'request'; readonly id: string; readonly request: Request }
  /** What the wall clock says at `now`; histories carry it, no deadline does. */
  | { readonly kind: 'clock'; readonly wall: EpochMs }
  | { readonly kind: 'tick' };

export type DiskEffect = Extract<
  StoreEffect,
  { kind: 'disk-prepare' | 'disk-commit' | 'disk-store' }
>;

export type ControllerEffect =
  /** `isSafe`: delivered only when every member has it. */
  | { readonly kind: 'multicast'; readonly payload: Uint8Array; readonly isSafe: boolean }
  | DiskEffect
  /** Decide: answer with `scheduled` and the same `seq`. */
  | { readonly kind: 'schedule'; readonly seq: number; readonly cib: Cib }
  | { readonly kind: 'execute'; readonly op: Operation }
  | {
      readonly kind: 'cancel';
      readonly resource: ResourceId;
      readonly task: string;
      readonly intervalMs: Milliseconds;
      readonly userData: string;
    }
  | ({ readonly kind: 'fence-request'; readonly id: string } & FenceOrder)
  | {
      readonly kind: 'fence-drill';
      readonly id: string;
      readonly target: NodeName;
      readonly device: string;
    }
  /** What is to outlive restarts: ended fences and proofs. Losing the last of it does no harm. */
  | { readonly kind: 'persist-fences'; readonly text: string }
  /** The cluster has proof that this node is off, and it runs: `fence-reaction`. */
  | { readonly kind: 'fenced-alive'; readonly reaction: 'stop' | 'panic' }
  | { readonly kind: 'fence-withdraw'; readonly target: NodeName; readonly why: string }
  /** The configuration in force changed: whoever reads settings from it reads them again. */
  | { readonly kind: 'in-force'; readonly configuration: Configuration }
  /** All members are in step: count their votes, and answer with `quorum`. */
  | {
      readonly kind: 'agreed';
      readonly ringSeq: number;
      readonly members: readonly { readonly id: NodeId; readonly info: QuorumNews }[];
    }
  /** An order about the vote count, in its place in the stream. */
  | { readonly kind: 'order'; readonly from: NodeId; readonly order: QuorumOrderText }
  /** In its place in the stream: this member has stopped everything and goes. */
  | { readonly kind: 'leaving'; readonly id: NodeId }
  | { readonly kind: 'answer'; readonly id: string; readonly answer: Answer }
  /** Say goodbye to the ring and end: everything here has stopped. */
  | { readonly kind: 'leave' }
  | Note;
