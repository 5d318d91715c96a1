/** The ring's messages (T1.3), as data. */
import type { NodeId } from '@holdfast/base';
import type { RingId } from './port.ts';

/** One sequenced message of one ring. */
export type Mcast = {
  readonly kind: 'mcast';
  readonly ringId: RingId;
  readonly seq: number;
  readonly originator: NodeId;
  /** The payload is a whole message of an older ring, sent again in recovery. */
  readonly isEncapsulated: boolean;
  /** Handed up only when every member has it (T1.35). */
  readonly isSafe: boolean;
  readonly payload: Uint8Array;
};

export type Token = {
  readonly kind: 'token';
  readonly ringId: RingId;
  /** Hop counter: a token that is not newer than the last is a repetition. */
  readonly tokenSeq: number;
  /** Highest sequence number assigned on this ring. */
  readonly seq: number;
  /** All members have everything up to here. */
  readonly aru: number;
  /** Who last lowered `aru`; 0: nobody. */
  readonly aruOwner: number;
  /** Messages somebody misses. */
  readonly requests: readonly number[];
  /** Messages multicast in the last rotation, for flow control. */
  readonly flow: number;
  /** Messages that wait at all members, for fairness among them. */
  readonly backlog: number;
  /** Recovery: somebody still has old messages to send again. */
  readonly isRecovering: boolean;
};

export type Join = {
  readonly kind: 'join';
  readonly sender: NodeId;
  readonly processors: readonly NodeId[];
  readonly failed: readonly NodeId[];
  readonly ringSeq: number;
  /** Of the configuration the sender runs with, so that a node with another one is named; 0: none. */
  readonly digest: number;
  /** The sender is going away. */
  readonly isLeaving: boolean;
};

/** What a member of a forming ring brings from its old one. */
export type MemberInfo = {
  readonly oldRingId: RingId;
  readonly aru: number;
  /** Everything up to here was handed up, or may have been: all members of the old ring have it. */
  readonly settled: number;
  readonly hasAll: boolean;
};

export type CommitToken = {
  readonly kind: 'commit';
  readonly ringId: RingId;
  readonly tokenSeq: number;
  /** Ascending. */
  readonly members: readonly NodeId[];
  /** Filled in for the first `info.length` members. */
  readonly info: readonly MemberInfo[];
};

export type MergeDetect = {
  readonly kind: 'merge';
  readonly sender: NodeId;
  readonly ringId: RingId;
};

export type HoldCancel = {
  readonly kind: 'hold-cancel';
  readonly sender: NodeId;
  readonly ringId: RingId;
};

export type Message = Mcast | Token | Join | CommitToken | MergeDetect | HoldCancel;

export function sameRing(a: RingId, b: RingId): boolean {
  return a.representative === b.representative && a.seq === b.seq;
}

export function describeRing({ representative, seq }: RingId): string {
  return `${representative}.${seq.toString(16)}`;
}
