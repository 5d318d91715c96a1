/** Pieces of frames of one peer, until a frame is whole. Bounded: a frame whose rest is lost gives way. */
import type { Fragment } from './wire.ts';

/** Frames of one peer that may be unfinished at a time. */
export const OPEN_MAX = 8;

type Open = { readonly pieces: (Uint8Array | undefined)[]; missing: number };

/** Unfinished frames by their number, oldest first. */
export type Pieces = Map<number, Open>;

/** The frame that this piece completes, if it does. */
export function addPiece(open: Pieces, fragment: Fragment): Uint8Array | undefined {
  const { frame, index, count, bytes } = fragment;
  const known = open.get(frame);
  if (known !== undefined && known.pieces.length !== count) open.delete(frame);
  const entry = open.get(frame) ?? begin(open, frame, count);
  if (entry.pieces[index] !== undefined) return undefined;
  entry.pieces[index] = bytes;
  entry.missing -= 1;
  if (entry.missing > 0) return undefined;
  open.delete(frame);
  return join(entry.pieces);
}

function begin(open: Pieces, frame: number, count: number): Open {
  if (open.size >= OPEN_MAX) {
    const [oldest] = open.keys();
    if (oldest !== undefined) open.delete(oldest);
  }
  const entry = {
    pieces: new Array<Uint8Array | undefined>(count).fill(undefined),
    missing: count,
  };
  open.set(frame, entry);
  return entry;
}

function join(pieces: readonly (Uint8Array | undefined)[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + (piece?.length ?? 0), 0));
  let at = 0;
  for (const piece of pieces) {
    if (piece === undefined) continue;
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
