/** Everything that goes into a whole node and comes out of it: the contract of every world. */
import type { CallId, EpochMs, Milliseconds, NodeId, NodeName, Note } from '@holdfast/base';
import type { Cib, XmlElement } from '@holdfast/cib';
import type { Answer, DiskEffect, Request } from '@holdfast/controller';
import type { Operation, OpResult } from '@holdfast/executor';
import type { DeviceRun } from '@holdfast/fencer';
import type {
  QuorumAsk,
  QuorumConfig,
  QuorumEffect,
  QuorumInput,
  QuorumRecord,
} from '@holdfast/quorum';
import type { RingUp } from '@holdfast/totem';
import type { Graph } from '@holdfast/transition';

export type NodeConfig = {
  readonly self: NodeId;
  readonly clusterName: string;
  /** Every configured node. */
  readonly names: ReadonlyMap<NodeId, NodeName>;
  readonly quorum: QuorumConfig;
  /** One life of one daemon: never the same twice. */
  readonly incarnation: string;
  /** For the fencer's random delays. */
  readonly seed: number;
  /** The time of this node's own armed watchdog; undefined: nobody keeps one. */
  readonly watchdogMs?: Milliseconds | undefined;
};

/** What the disk of this node held when it started. */
export type NodeDisk = {
  readonly root: XmlElement;
  readonly term: number;
  readonly quorum: QuorumRecord | undefined;
  /** What the last `persist-fences` wrote; undefined: nothing yet. */
  readonly fences?: string | undefined;
};

export type NodeInput =
  /** Once, first: the wall clock at `now`; again whenever it has moved by more than a second. */
  | { readonly kind: 'clock'; readonly wall: EpochMs }
  | { readonly kind: 'ring'; readonly event: RingUp }
  | { readonly kind: 'exited'; readonly call: CallId; readonly result: OpResult }
  | {
      readonly kind: 'device-result';
      readonly call: CallId;
      readonly code: number;
      readonly output: string;
      readonly timedOut: boolean;
    }
  | { readonly kind: 'disk'; readonly token: number; readonly failure: string | undefined }
  | {
      readonly kind: 'scheduled';
      readonly seq: number;
      readonly graph: Graph;
      readonly recheckInMs: Milliseconds | undefined;
      readonly notes: readonly Note[];
    }
  | { readonly kind: 'request'; readonly id: string; readonly request: Request }
  /** An operator's ask about votes; answered as a request is. */
  | { readonly kind: 'quorum-ask'; readonly id: string; readonly ask: QuorumAsk }
  /** From the client of a quorum device. */
  | Extract<QuorumInput, { kind: 'device' }>
  /** The answer to `reread`. */
  | Extract<QuorumInput, { kind: 'reread' }>
  | { readonly kind: 'tick' };

export type NodeEffect =
  | { readonly kind: 'multicast'; readonly payload: Uint8Array; readonly isSafe: boolean }
  /** Each is answered by `disk` with its token, in the order they were asked. */
  | DiskEffect
  /** Write and flush before anything later in the list is done. */
  | { readonly kind: 'persist-quorum'; readonly record: QuorumRecord }
  /** `device-poll` is for the client of a quorum device, the others for whoever reads corosync.conf. */
  | Extract<QuorumEffect, { kind: 'device-poll' | 'reread' | 'take-over' }>
  /** Write it when there is time, the newest only: what it tells is for people. */
  | { readonly kind: 'persist-fences'; readonly text: string }
  /** The cluster has proof that this node is off: end now, and at `panic` reset the machine. */
  | { readonly kind: 'fenced-alive'; readonly reaction: 'stop' | 'panic' }
  | { readonly kind: 'schedule'; readonly seq: number; readonly cib: Cib }
  | { readonly kind: 'run'; readonly call: CallId; readonly op: Operation }
  | { readonly kind: 'kill'; readonly call: CallId }
  | { readonly kind: 'run-device'; readonly call: CallId; readonly run: DeviceRun }
  | { readonly kind: 'kill-device'; readonly call: CallId }
  | { readonly kind: 'answer'; readonly id: string; readonly answer: Answer }
  /** Leave the ring politely and end. */
  | { readonly kind: 'leave' }
  | Note;
