/**
 * Payloads to messages and back: small ones share a message, large ones are cut into pieces.
 *
 * A message's payload is a row of chunks: flags (1 first, 2 last), length (u16), bytes. A payload cut
 * in two by a change of rings is sent again from its beginning, and everybody forgets the pieces of
 * unfinished ones when a ring is installed, so that all who deliver it deliver the same (T2.12).
 */
import type { NodeId } from '@holdfast/base';
import { FRAME_BYTES, PAYLOAD_MAX } from './codec.ts';
import { dropFirst, isQueueEmpty, PAYLOAD_BYTES_MAX, type SendQueue } from './queue.ts';
import { cut, type Slab } from './slab.ts';

const CHUNK_HEADER = 3;
const FIRST = 1;
const LAST = 2;

/** A piece that only fills up a message is at least so long; shorter ones cost more than they save. */
const PIECE_MIN = 64;
/** Room in a message that may be configured; below, a payload would be cut into too many pieces. */
export const ROOM_MIN = 1100;
export const ROOM_MAX = 60_000;
/** Where nothing is configured. */
export const PAYLOAD_ROOM = PAYLOAD_MAX;
/** Pieces of one payload: the least room, and a first piece that filled up another message. */
const PIECES_MAX = Math.ceil(PAYLOAD_BYTES_MAX / (ROOM_MIN - CHUNK_HEADER)) + 1;

/** What one message carries; safe where anything in it is. */
export type Packed = {
  readonly payload: Uint8Array;
  readonly isSafe: boolean;
  /** Bytes with room for a frame's head, then the payload; undefined: the payload stands alone. */
  readonly frame?: Uint8Array;
};

/** About how many messages of `room` bytes what waits will fill; 0 only where nothing waits. */
export function messagesWaiting({ waiting, head, bytes }: SendQueue, room: number): number {
  return Math.ceil((bytes + (waiting.length - head) * CHUNK_HEADER) / room);
}

/** The next message, up to `room` bytes, as full as it gets; undefined where nothing waits. */
export function takePacked(queue: SendQueue, room: number, from: Slab): Packed | undefined {
  if (isQueueEmpty(queue)) return undefined;
  const frame = cut(from, FRAME_BYTES + Math.min(room, bytesWaiting(queue, room)));
  const packed = frame.subarray(FRAME_BYTES);
  let at = 0;
  let isSafe = false;
  while (packed.length - at >= CHUNK_HEADER) {
    const first = queue.waiting[queue.head];
    if (first === undefined) break;
    const { offset } = queue;
    const left = first.payload.length - offset;
    const free = packed.length - at - CHUNK_HEADER;
    if (left > free && at > 0 && free < PIECE_MIN) break;
    const length = Math.min(left, free);
    packed[at] = (offset === 0 ? FIRST : 0) | (length === left ? LAST : 0);
    packed[at + 1] = length >> 8;
    packed[at + 2] = length;
    packed.set(piece(first.payload, offset, length), at + CHUNK_HEADER);
    at += CHUNK_HEADER + length;
    isSafe ||= first.isSafe;
    if (length === left) dropFirst(queue, first);
    else queue.offset += length;
  }
  if (at === packed.length) return { payload: packed, isSafe, frame };
  return { payload: packed.subarray(0, at), isSafe, frame: frame.subarray(0, FRAME_BYTES + at) };
}

function piece(payload: Uint8Array, offset: number, length: number): Uint8Array {
  return length === payload.length ? payload : payload.subarray(offset, offset + length);
}

/** Bytes that what waits would fill, counted until they fill a message. */
function bytesWaiting({ waiting, head, offset }: SendQueue, room: number): number {
  let bytes = -offset;
  for (let index = head; index < waiting.length && bytes < room; index += 1)
    bytes += CHUNK_HEADER + (waiting[index]?.payload.length ?? 0);
  return bytes;
}

/** Unfinished payloads, by sender: at most one of each member, none longer than a payload may be. */
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
    const end = at + CHUNK_HEADER + length;
    // Who sent this packs otherwise than we do; all members see the same bytes and stop here alike.
    if (end > packed.length) return;
    const part = packed.subarray(at + CHUNK_HEADER, end);
    at = end;
    if ((flags & (FIRST | LAST)) === (FIRST | LAST)) deliver(part);
    else {
      const whole = addPiece(assembly, from, part, flags);
      if (whole !== undefined) deliver(whole);
    }
  }
}

/** The payload that this piece completes, if it does. */
function addPiece(
  assembly: Assembly,
  from: NodeId,
  piece: Uint8Array,
  flags: number,
): Uint8Array | undefined {
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
