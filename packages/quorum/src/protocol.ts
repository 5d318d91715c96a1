/** Everything that goes into the quorum machine and comes out of it. */
import type { Milliseconds, NodeId, Note } from '@holdfast/base';
import type { Cast, QuorumDigests, QuorumOrder } from './orders.ts';

/** Effective values, after the compatibility matrix (rules T5.x): what the machine counts with. */
export type QuorumConfig = {
  readonly self: NodeId;
  /** Every configured node and its name, for what people read. */
  readonly names: ReadonlyMap<NodeId, string>;
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
  /** Expected votes follow members that leave politely, down to `floor` (T5.35). */
  readonly downscale: { readonly floor: number } | undefined;
  /** The highest expected votes ever seen outlive a restart, whatever the file says (T5.34). */
  readonly tracksExpectedVotes: boolean;
  readonly device: QuorumDevice | undefined;
  /** Checksums of what all members must have alike, by section of the file. */
  readonly digests: QuorumDigests;
};

/** A voter outside the nodes; it votes for one partition at most (T5.37). */
export type QuorumDevice = {
  readonly votes: number;
  /** A cast vote that is older counts for nothing. */
  readonly timeoutMs: Milliseconds;
  /** How long a new membership waits for the device's answer. */
  readonly syncTimeoutMs: Milliseconds;
  /** Whoever has the device's vote is quorate, however few they are (T5.38). */
  readonly masterWins: boolean;
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
  /** Its own, as its own file says. */
  readonly votes: number;
  /** It hears from the quorum device. */
  readonly hasDevice: boolean;
  readonly digests: QuorumDigests;
};

export type QuorumMember = { readonly id: NodeId; readonly info: QuorumInfo };

/** What an operator may ask for. Each is answered exactly once. */
export type QuorumAsk =
  /** Wait for nobody any more: he vouches that the absent nodes run nothing. */
  | { readonly kind: 'unblock' }
  | { readonly kind: 'expect'; readonly votes: number }
  /** Read the file again, everywhere, and take over what a running daemon can. */
  | { readonly kind: 'reload' };

export type QuorumInput =
  /** A membership that all members have agreed on, with what each brought. */
  | {
      readonly kind: 'membership';
      readonly ringSeq: number;
      readonly members: readonly QuorumMember[];
    }
  /** An order in its place in the agreed stream; `order` is as the wire gave it. */
  | { readonly kind: 'order'; readonly from: NodeId; readonly order: unknown }
  | { readonly kind: 'ask'; readonly id: string; readonly ask: QuorumAsk }
  /** From this node's device client, again and again; `ringSeq` is the ring it was asked about. */
  | { readonly kind: 'device'; readonly cast: Cast; readonly ringSeq: number }
  /** In its place in the stream: this member has stopped everything and leaves. */
  | { readonly kind: 'leaving'; readonly id: NodeId }
  /** The answer to `reread`: what the file says now, or why it cannot be used. */
  | {
      readonly kind: 'reread';
      readonly of: string;
      readonly reading:
        | {
            readonly kind: 'config';
            /** What runs, with all of the file that a running daemon takes over. */
            readonly config: QuorumConfig;
            /** Of the file as a whole: what only a restart takes over must be alike too. */
            readonly digests: QuorumDigests;
          }
        | { readonly kind: 'fault'; readonly text: string };
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
  /** Members whose file is another one, with the sections that differ from ours. */
  readonly strangers: readonly { readonly id: NodeId; readonly sections: readonly string[] }[];
  /** The device's votes, and whether they are counted here; undefined: there is no device. */
  readonly device: { readonly votes: number; readonly isCounted: boolean } | undefined;
};

export type QuorumEffect =
  | { readonly kind: 'quorum'; readonly view: QuorumView }
  | { readonly kind: 'persist-quorum'; readonly record: QuorumRecord }
  /** Say this in the agreed stream; it comes back as an `order` input on every member. */
  | { readonly kind: 'order'; readonly order: QuorumOrder }
  | {
      readonly kind: 'answer';
      readonly id: string;
      readonly isDone: boolean;
      readonly text: string;
    }
  /** To the device client: this is the membership to ask about. */
  | { readonly kind: 'device-poll'; readonly ringSeq: number; readonly members: readonly NodeId[] }
  /** Read the file again, and answer with `reread` and the same `of`. */
  | { readonly kind: 'reread'; readonly of: string }
  /** What was read for `of` is in force on every member from here on. */
  | { readonly kind: 'take-over'; readonly of: string }
  | Note;
