/**
 * What is inside a datagram, after it was opened: a bundle of ring frames, a piece of a frame that is
 * too large for one datagram, or a heartbeat. Numbers in network order.
 *
 *   bundle    1 · { length u16 · frame } …
 *   fragment  2 · frame number u32 · index u16 · count u16 · bytes
 *   ping      3 · link u8 (highest bit: heard) · salt f64 · sent at f64 · size u16 · length u8 · news · padding
 *   pong      4 · the same, as it was asked
 */

const BUNDLE = 1;
const FRAGMENT = 2;
const PING = 3;
const PONG = 4;

export const BUNDLE_BYTES = 1;
/** What bundling adds to every frame. */
export const FRAME_BYTES = 2;
export const FRAGMENT_BYTES = 9;
const HEARTBEAT_BYTES = 21;
const HEARD = 0x80;
/** Pieces of one frame; more are garbage. */
export const PIECES_MAX = 512;

export type Heartbeat = {
  readonly kind: 'ping' | 'pong';
  readonly link: number;
  /** The asker's own secret number of its life: an answer to another life does not have it. */
  readonly salt: number;
  /** The asker's clock, in ms; comes back unchanged. */
  readonly sentAt: number;
  /** The sender takes the receiver's frames: its life has proven itself there. */
  readonly isHeard: boolean;
  /** What the datagram was padded to, header and all; 0 where it was not. */
  readonly size: number;
  readonly news: Uint8Array;
};

export type Fragment = {
  readonly kind: 'fragment';
  readonly frame: number;
  readonly index: number;
  readonly count: number;
  readonly bytes: Uint8Array;
};

export type Bundle = { readonly kind: 'bundle'; readonly frames: readonly Uint8Array[] };
export type Inside = Bundle | Fragment | Heartbeat;

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** `frames` in one datagram, written at the beginning of `into`; they must fit (`bundledSize`). */
export function encodeBundle(
  frames: readonly Uint8Array[],
  into: Uint8Array = new Uint8Array(bundledSize(frames)),
): Uint8Array {
  const bytes = into;
  bytes[0] = BUNDLE;
  let at = BUNDLE_BYTES;
  for (const frame of frames) {
    bytes[at] = frame.length >> 8;
    bytes[at + 1] = frame.length & 0xff;
    bytes.set(frame, at + FRAME_BYTES);
    at += FRAME_BYTES + frame.length;
  }
  return bytes.subarray(0, at);
}

export function bundledSize(frames: readonly Uint8Array[]): number {
  return frames.reduce((sum, frame) => sum + FRAME_BYTES + frame.length, BUNDLE_BYTES);
}

export function encodeFragment({ frame, index, count, bytes }: Omit<Fragment, 'kind'>): Uint8Array {
  const whole = new Uint8Array(FRAGMENT_BYTES + bytes.length);
  const to = view(whole);
  whole[0] = FRAGMENT;
  to.setUint32(1, frame);
  to.setUint16(5, index);
  to.setUint16(7, count);
  whole.set(bytes, FRAGMENT_BYTES);
  return whole;
}

/** Padded with zeros to `padded` bytes, if it is shorter. */
export function encodeHeartbeat(beat: Heartbeat, padded = 0): Uint8Array {
  const { news } = beat;
  const whole = new Uint8Array(Math.max(padded, HEARTBEAT_BYTES + news.length));
  const to = view(whole);
  whole[0] = beat.kind === 'ping' ? PING : PONG;
  whole[1] = beat.link | (beat.isHeard ? HEARD : 0);
  to.setFloat64(2, beat.salt);
  to.setFloat64(10, beat.sentAt);
  to.setUint16(18, beat.size);
  whole[20] = news.length;
  whole.set(news, HEARTBEAT_BYTES);
  return whole;
}

/** What the bytes say, or undefined where they are none of these. */
export function decode(bytes: Uint8Array): Inside | undefined {
  const [kind = 0] = bytes;
  switch (kind) {
    case BUNDLE:
      return decodeBundle(bytes);
    case FRAGMENT:
      return decodeFragment(bytes);
    case PING:
    case PONG:
      return decodeHeartbeat(bytes);
    default:
      return undefined;
  }
}

function decodeBundle(bytes: Uint8Array): Bundle | undefined {
  const frames: Uint8Array[] = [];
  let at = BUNDLE_BYTES;
  while (at + FRAME_BYTES <= bytes.length) {
    const length = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    at += FRAME_BYTES;
    if (at + length > bytes.length) return undefined;
    frames.push(bytes.subarray(at, at + length));
    at += length;
  }
  return at === bytes.length ? { kind: 'bundle', frames } : undefined;
}

function decodeFragment(bytes: Uint8Array): Fragment | undefined {
  if (bytes.length <= FRAGMENT_BYTES) return undefined;
  const from = view(bytes);
  const index = from.getUint16(5);
  const count = from.getUint16(7);
  if (count > PIECES_MAX || index >= count) return undefined;
  const piece = bytes.subarray(FRAGMENT_BYTES);
  return { kind: 'fragment', frame: from.getUint32(1), index, count, bytes: piece };
}

function decodeHeartbeat(bytes: Uint8Array): Heartbeat | undefined {
  const length = bytes[20] ?? 0;
  if (bytes.length < HEARTBEAT_BYTES + length) return undefined;
  const from = view(bytes);
  const sentAt = from.getFloat64(10);
  if (!Number.isFinite(sentAt)) return undefined;
  return {
    kind: bytes[0] === PING ? 'ping' : 'pong',
    link: (bytes[1] ?? 0) & ~HEARD,
    isHeard: ((bytes[1] ?? 0) & HEARD) !== 0,
    salt: from.getFloat64(2),
    sentAt,
    size: from.getUint16(18),
    news: bytes.subarray(HEARTBEAT_BYTES, HEARTBEAT_BYTES + length),
  };
}
