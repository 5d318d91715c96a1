/**
 * The one port between a node and whatever orders its messages: the embedded ring, or another
 * ordering engine that keeps the same promises.
 *
 * Promises (extended virtual synchrony; rules T1.35 ff. of docs/spec/totem-quorum.md): members of
 * one ring deliver the same messages in the same order; a `transitional` membership stands before
 * what can only be delivered with the fewer members that came along from the old ring; a `regular`
 * membership starts a new ring. A node sees its own multicasts, in order with the others'.
 */
import type { NodeId } from '@holdfast/base';

/** One instance of the total order. `seq` rises along every node's own history of rings. */
export type RingId = { readonly representative: NodeId; readonly seq: number };

/** What the ring hands up, in exactly this order. */
export type RingUp =
  | {
      readonly kind: 'delivered';
      readonly from: NodeId;
      readonly payload: Uint8Array;
      /** Place in the order of the ring it was multicast in; several small payloads share one. */
      readonly seq?: number;
    }
  | Membership;

/**
 * `members` ascending. A transitional membership carries the id of the ring that comes; it stands for
 * those who come to it from the same old ring (T1.66).
 */
export type Membership = {
  readonly kind: 'transitional' | 'regular';
  readonly ringId: RingId;
  readonly members: readonly NodeId[];
};

/** What a node asks of the ring: order these bytes and deliver them to every member. */
export type RingDown = {
  readonly kind: 'multicast';
  readonly payload: Uint8Array;
  /** Hand it up only when every member has it (T1.35). */
  readonly isSafe?: boolean;
};
