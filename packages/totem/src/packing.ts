/**
 * Payloads to messages and back: small ones share a message, large ones are cut into pieces.
 *
 * A message's payload is a row of chunks: flags (1 first, 2 last), length (u16), bytes. A payload cut
 * in two by a change of rings is sent again from its beginning, and everybody forgets the pieces of
 * unfinished ones when a ring is installed, so that all who deliver it deliver the same.
 */
import type { NodeId } from '@holdfast/base';
import { PAYLOAD_MAX } from './codec.ts';

/** Larger payloads are refused. */
export const PAYLOAD_BYTES_MAX = 1024 * 1024;
/** Bytes waiting to be sent; more are refused. */
export const QUEUE_BYTES_MAX = 16 * 1024 * 1024;

/** Pieces of one payload; each full one but the last, so more is garbage. */
const PIECES_MAX = 1024;

const CHUNK_HEADER = 3;
const FIRST = 1;
const LAST = 2;

/** Payloads waiting to be sent; more are refused. */
export const QUEUE_PAYLOADS_MAX = 262_144;

export type SendQueue = {
  readonly payloads: Uint8Array[];
  /** Index of the first payload that still waits; those before it were sent. */
  head: number;
  /** How much of the first payload was multicast already. */
  offset: number;
  /** Of all payloads that wait, the first one counted whole. */
  bytes: number;
};

export function sendQueue(): SendQueue {
  return { payloads: [], head: 0, offset: 0, bytes: 0 };
}

export function isQueueEmpty(queue: SendQueue): boolean {
  return queue.head === queue.payloads.length;
}

/** About how many messages what waits will fill; 0 only where nothing waits. */
export function messagesWaiting({ payloads, head, bytes }: SendQueue): number {
  return Math.ceil((bytes + (payloads.length - head) * CHUNK_HEADER) / PAYLOAD_MAX);
}

/** False where the payload is too large, or the queue too full. */
export function enqueue(queue: SendQueue, payload: Uint8Array): boolean {
  if (payload.length > PAYLOAD_BYTES_MAX) return false;
  if (queue.bytes + payload.length > QUEUE_BYTES_MAX) return false;
  if (queue.payloads.length - queue.head >= QUEUE_PAYLOADS_MAX) return false;
  queue.payloads.push(payload);
  queue.bytes += payload.length;
  return true;
}

/** The ring ended: what was cut in two begins anew on the next. */
export function restartFirst(queue: SendQueue): void {
  queue.offset = 0;
}

/** The next message's payload, as full as it gets; undefined where nothing waits. */
export function takePacked(queue: SendQueue): Uint8Array | undefined {
  if (isQueueEmpty(queue)) return undefined;
  const packed = new Uint8Array(Math.min(PAYLOAD_MAX, roomNeeded(queue)));
  let at = 0;
  while (packed.length - at >= CHUNK_HEADER) {
    const payload = queue.payloads[queue.head];
    if (payload === undefined) break;
    const room = packed.length - at - CHUNK_HEADER;
    const left = payload.length - queue.offset;
    // A payload that does not fit as a whole begins in a message of its own.
    if (queue.offset === 0 && at > 0 && left > room) break;
    const length = Math.min(left, room);
    packed[at] = (queue.offset === 0 ? FIRST : 0) | (length === left ? LAST : 0);
    packed[at + 1] = length >> 8;
    packed[at + 2] = length & 0xff;
    packed.set(payload.subarray(queue.offset, queue.offset + length), at + CHUNK_HEADER);
    at += CHUNK_HEADER + length;
    if (length < left) {
      queue.offset += length;
      break;
    }
    dropFirst(queue, payload);
  }
  return at === packed.length ? packed : packed.subarray(0, at);
}

/** Bytes that what waits would fill, counted until they fill a message. */
function roomNeeded({ payloads, head, offset }: SendQueue): number {
  let bytes = -offset;
  for (let index = head; index < payloads.length && bytes < PAYLOAD_MAX; index += 1)
    bytes += CHUNK_HEADER + (payloads[index]?.length ?? 0);
  return bytes;
}

function dropFirst(queue: SendQueue, first: Uint8Array): void {
  queue.offset = 0;
  queue.bytes -= first.length;
  queue.head += 1;
  // Moving the rest to the front for every payload would be quadratic.
  if (queue.head < 1024 && queue.head < queue.payloads.length) return;
  queue.payloads.splice(0, queue.head);
  queue.head = 0;
}

/** Unfinished payloads, by sender. */
export type Assembly = Map<NodeId, { readonly pieces: Uint8Array[]; bytes: number }>;

/** Takes one message's payload; calls `deliver` for every payload that is whole by now. */
export function unpack(
  assembly: Assembly,
  from: NodeId,
  packed: Uint8Array,
  deliver: (payload: Uint8Array) => void,
): void {
  let at = 0;
  while (at + CHUNK_HEADER <= packed.length) {
    const flags = packed[at] ?? 0;
    const length = ((packed[at + 1] ?? 0) << 8) | (packed[at + 2] ?? 0);
    const piece = packed.subarray(at + CHUNK_HEADER, at + CHUNK_HEADER + length);
    // Who sent this packs otherwise than we do; all members see the same bytes and stop here alike.
    if (piece.length < length) return;
    at += CHUNK_HEADER + length;
    const whole = addPiece(assembly, from, piece, flags);
    if (whole !== undefined) deliver(whole);
  }
}

/** The payload that this piece completes, if it does. */
function addPiece(
  assembly: Assembly,
  from: NodeId,
  piece: Uint8Array,
  flags: number,
): Uint8Array | undefined {
  if (flags === (FIRST | LAST)) return piece;
  if ((flags & FIRST) !== 0) assembly.set(from, { pieces: [], bytes: 0 });
  const open = assembly.get(from);
  if (open === undefined) return undefined;
  open.pieces.push(piece);
  open.bytes += piece.length;
  const isTooLarge = open.bytes > PAYLOAD_BYTES_MAX || open.pieces.length > PIECES_MAX;
  if (isTooLarge || (flags & LAST) !== 0) assembly.delete(from);
  return isTooLarge || (flags & LAST) === 0 ? undefined : join(open.pieces, open.bytes);
}

function join(pieces: readonly Uint8Array[], bytes: number): Uint8Array {
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
