/**
 * Payloads that wait for the token. Bounded in number and bytes: what does not fit is refused as a
 * whole, before any of it is taken.
 */

/** Larger payloads are refused. */
export const PAYLOAD_BYTES_MAX = 1024 * 1024;
/** Bytes waiting to be sent; more are refused. */
export const QUEUE_BYTES_MAX = 16 * 1024 * 1024;
/** Payloads waiting to be sent; more are refused. */
export const QUEUE_PAYLOADS_MAX = 262_144;

/** Sent payloads that are kept at the front before the rest moves up: moving for each is quadratic. */
const SENT_KEPT_MAX = 1024;

export type Waiting = { readonly payload: Uint8Array; readonly isSafe: boolean };

export type SendQueue = {
  readonly waiting: Waiting[];
  /** Index of the first payload that still waits; those before it were sent. */
  head: number;
  /** How much of the first payload was multicast already. */
  offset: number;
  /** Of all payloads that wait, the first one counted whole. */
  bytes: number;
};

export type Refusal = 'too-large' | 'queue-full' | 'left';

/** What may still be taken now; a sender that asks first is never refused. */
export type Room = { readonly payloads: number; readonly bytes: number };

export function sendQueue(): SendQueue {
  return { waiting: [], head: 0, offset: 0, bytes: 0 };
}

export function isQueueEmpty(queue: SendQueue): boolean {
  return queue.head === queue.waiting.length;
}

export function queueRoom({ waiting, head, bytes }: SendQueue): Room {
  return {
    payloads: QUEUE_PAYLOADS_MAX - (waiting.length - head),
    bytes: QUEUE_BYTES_MAX - bytes,
  };
}

/** Takes a payload, or says why not. */
export function enqueue(queue: SendQueue, waiting: Waiting): Refusal | undefined {
  const { length } = waiting.payload;
  if (length > PAYLOAD_BYTES_MAX) return 'too-large';
  if (queue.bytes + length > QUEUE_BYTES_MAX) return 'queue-full';
  if (queue.waiting.length - queue.head >= QUEUE_PAYLOADS_MAX) return 'queue-full';
  queue.waiting.push(waiting);
  queue.bytes += length;
  return undefined;
}

/** The ring ended: what was cut in two begins anew on the next. */
export function restartFirst(queue: SendQueue): void {
  queue.offset = 0;
}

export function dropFirst(queue: SendQueue, first: Waiting): void {
  queue.offset = 0;
  queue.bytes -= first.payload.length;
  queue.head += 1;
  if (queue.head < SENT_KEPT_MAX && queue.head < queue.waiting.length) return;
  queue.waiting.splice(0, queue.head);
  queue.head = 0;
}

/** One sentence for whoever is refused: what, which limit, what to do. */
export function describeRefusal(why: Refusal, bytes: number): string {
  switch (why) {
    case 'too-large':
      return `a message of ${bytes} bytes is too large: the ring takes up to ${PAYLOAD_BYTES_MAX}; send it in parts`;
    case 'queue-full':
      return `a message of ${bytes} bytes was not taken: ${QUEUE_BYTES_MAX} bytes or ${QUEUE_PAYLOADS_MAX} messages wait already; send it again when they have gone`;
    case 'left':
      return `a message of ${bytes} bytes was not taken: this node has left the ring; start it anew`;
  }
}
