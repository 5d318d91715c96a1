/** Everything that goes into the quorum machine and comes out of it. */
import type { Milliseconds, NodeId, Note } from '@holdfast/base';

/** Effective values, after the compatibility matrix (rules T5.x): what the machine counts with. */
export type QuorumConfig = {
  readonly self: NodeId;
  /** Every configured node and its votes. */
  readonly votes: ReadonlyMap<NodeId, number>;
  readonly expectedVotes: number;
  /** Two nodes, one vote each: either one alone is quorate, and fencing decides who lives. */
  readonly twoNode: boolean;
  /** After a cold start, not quorate until every node has been seen at once. */
  readonly waitForAll: boolean;
  /** Expected votes follow a shrinking membership, `window` after each quorate loss. */
  readonly lastManStanding: { readonly windowMs: Milliseconds } | undefined;
  /** On an even split, the half with this node goes on. */
  readonly autoTieBreaker:
    | { readonly kind: 'lowest' }
    | { readonly kind: 'highest' }
    | { readonly kind: 'list'; readonly nodes: readonly NodeId[] }
    | undefined;
};

/** What is kept on disk. A restart always waits anew (T5.31); raised expected votes are remembered. */
export type QuorumRecord = {
  /** Have all expected votes been seen together since the daemon was started? */
  readonly allSeen: boolean;
  readonly expectedVotes: number;
};

/** A membership that was quorate, for tie-breaks: the later one (higher `ringSeq`) is believed. */
export type QuorateEpoch = { readonly ringSeq: number; readonly members: readonly NodeId[] };

/** What a member brings into a new membership; all members decide from the same ones (T0.3, T9.26). */
export type QuorumInfo = {
  readonly isQuorate: boolean;
  /** Still waits for all to be seen together. */
  readonly isWaiting: boolean;
  readonly expectedVotes: number;
  readonly epoch: QuorateEpoch | undefined;
};

export type QuorumMember = { readonly id: NodeId; readonly info: QuorumInfo };

export type QuorumInput =
  /** A membership that all members have agreed on, with what each brought. */
  | {
      readonly kind: 'membership';
      readonly ringSeq: number;
      readonly members: readonly QuorumMember[];
    }
  | { readonly kind: 'tick' };

/** One vote count, as people and the policy engine see it. */
export type QuorumView = {
  readonly quorate: boolean;
  readonly totalVotes: number;
  readonly expectedVotes: number;
  /** Votes that make a quorum now. */
  readonly needed: number;
  /** As the reference prints them: `2Node`, `Quorate`, `WaitForAll`, `LastManStanding`, … */
  readonly flags: readonly string[];
  /** Nodes that wait_for_all still waits for; empty when it waits for nobody. */
  readonly waitingFor: readonly NodeId[];
};

export type QuorumEffect =
  | { readonly kind: 'quorum'; readonly view: QuorumView }
  | { readonly kind: 'persist-quorum'; readonly record: QuorumRecord }
  | Note;
