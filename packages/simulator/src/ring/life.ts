/** One run of one drawn node, and what the checks need to know about it. */
import type { NodeId } from '@holdfast/base';
import type { RingState } from '@holdfast/totem';

export type Life = {
  readonly id: NodeId;
  /** Unique among all lives of all nodes. */
  readonly number: number;
  readonly state: RingState;
  isDead: boolean;
  /** Says goodbye on its own accord. */
  hasLeft: boolean;
  /** Payloads it said, taken by the ring, and handed back to it. */
  said: number;
  deliveredOwn: number;
  /** Ring sequence and place of what was delivered to it last. */
  lastRing: number;
  lastSeq: number;
};

/** A violated promise: which rule, and what happened. */
export type Broken = { readonly rule: string; readonly text: string };

export type Report = (rule: string, text: string) => void;

export function nameOf({ id, number }: Life): string {
  return `${id}#${number}`;
}

/** Payloads that wait in the ring, those half sent included. */
export function waiting({ state }: Life): number {
  const { queue, syncQueue } = state;
  return queue.waiting.length - queue.head + syncQueue.waiting.length - syncQueue.head;
}
