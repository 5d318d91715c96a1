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

/** What must survive a restart of the daemon (not of the cluster's knowledge): on disk. */
export type QuorumRecord = {
  /** True from the moment all nodes were seen together until the daemon is started anew. */
  readonly allSeen: boolean;
  readonly expectedVotes: number;
};

export type QuorumInput =
  { readonly kind: 'membership'; readonly members: readonly NodeId[] } | { readonly kind: 'tick' };

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
