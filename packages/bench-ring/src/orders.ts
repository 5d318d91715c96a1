/** What the measuring process asks of a node, and what comes back. Times are the host's monotonic clock, in µs. */

/** One run: who sends what for how long. Every node gets the same order. */
export type Run = {
  readonly kind: 'run';
  /** Bytes of a message; at least 16. */
  readonly size: number;
  readonly forMs: number;
  /** `flood`: as many as the ring takes; `ping`: one a millisecond; `idle`: none. */
  readonly role: 'flood' | 'ping' | 'idle';
};

export type Order = Run | { readonly kind: 'status' } | { readonly kind: 'end' };

/** What one node saw of a run. */
export type Seen = {
  readonly kind: 'seen';
  /** Deliveries of flooders' messages between the first and the last. */
  readonly count: number;
  readonly firstUs: number;
  readonly lastUs: number;
  /** Microseconds from the call at the sender to the delivery here, of every ping. */
  readonly own: readonly number[];
  readonly others: readonly number[];
};

export type Status = {
  readonly kind: 'status';
  readonly rotations: number;
  readonly atUs: number;
  readonly retransmitted: number;
  readonly priority: string;
  readonly datagramBytes: number;
};

export type Answer =
  | { readonly kind: 'member'; readonly count: number; readonly atUs: number }
  | Seen
  | Status
  | { readonly kind: 'trouble'; readonly text: string };

export const PING_MARK = 1;
export const FLOOD_MARK = 2;

export function nowUs(): number {
  return Number(process.hrtime.bigint()) / 1000;
}
