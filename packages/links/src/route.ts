/** Frames to datagrams: which links they take, how many share one, and how large ones are cut. */
import type { NodeId } from '@holdfast/base';
import type { LinksState, OutFrame, Path, Peer, Route } from './state.ts';
import {
  BUNDLE_BYTES,
  encodeBundle,
  encodeFragment,
  FRAGMENT_BYTES,
  FRAME_BYTES,
  PIECES_MAX,
} from './wire.ts';

/** The largest datagram there is. */
const SCRATCH_BYTES = 65_536;
/** More in one step get room of their own. */
const SCRATCH_MAX = 32;

/** Sends what the ring sends in one go. Frames for the same receivers share datagrams, in order. */
export function sendFrames(state: LinksState, frames: readonly OutFrame[]): void {
  const onlyPeer = state.peers.size === 1 ? [...state.peers.keys()][0] : undefined;
  let batch: Uint8Array[] = [];
  let to: NodeId | 'all' = 'all';
  for (const frame of frames) {
    // Where there is one peer, everybody is that peer, and the token travels with the messages.
    const target = onlyPeer ?? frame.to;
    if (target !== to && batch.length > 0) {
      sendBatch(state, to, batch);
      batch = [];
    }
    to = target;
    batch.push(frame.bytes);
  }
  if (batch.length > 0) sendBatch(state, to, batch);
}

function sendBatch(state: LinksState, to: NodeId | 'all', frames: readonly Uint8Array[]): void {
  state.counters.framesSent += frames.length;
  const datagramBytes = capacityTo(state, to);
  if (datagramBytes === undefined) {
    state.counters.unroutable += frames.length;
    return;
  }
  const capacity = datagramBytes - state.overheadBytes;
  let bundle: Uint8Array[] = [];
  let size = BUNDLE_BYTES;
  const flush = (): void => {
    if (bundle.length > 0) transmit(state, to, encodeBundle(bundle, scratch(state)));
    bundle = [];
    size = BUNDLE_BYTES;
  };
  for (const frame of frames) {
    const added = FRAME_BYTES + frame.length;
    if (size + added > capacity) flush();
    if (BUNDLE_BYTES + added > capacity) {
      sendPieces(state, to, frame, capacity);
      continue;
    }
    bundle.push(frame);
    size += added;
  }
  flush();
}

/** Room for one datagram, nobody else's in this step. */
function scratch(state: LinksState): Uint8Array {
  const index = state.scratchUsed;
  state.scratchUsed += 1;
  if (index >= SCRATCH_MAX) return new Uint8Array(SCRATCH_BYTES);
  return (state.scratch[index] ??= new Uint8Array(SCRATCH_BYTES));
}

function sendPieces(
  state: LinksState,
  to: NodeId | 'all',
  bytes: Uint8Array,
  capacity: number,
): void {
  const room = capacity - FRAGMENT_BYTES;
  const count = Math.ceil(bytes.length / room);
  if (count > PIECES_MAX) {
    state.counters.unroutable += 1;
    return;
  }
  const frame = state.nextFrame;
  state.nextFrame = (state.nextFrame + 1) >>> 0;
  for (let index = 0; index < count; index += 1) {
    const piece = bytes.subarray(index * room, (index + 1) * room);
    transmit(state, to, encodeFragment({ frame, index, count, bytes: piece }));
  }
  state.counters.fragmentsSent += count;
}

/** The largest UDP payload that all of them take; undefined where nobody is reached. */
export function capacityTo(state: LinksState, to: NodeId | 'all'): number | undefined {
  let bytes = Infinity;
  for (const peer of audience(state, to))
    for (const path of peer.paths.values()) if (path.isUp) bytes = Math.min(bytes, path.mtu.bytes);
  return bytes === Infinity ? undefined : bytes;
}

function audience(state: LinksState, to: NodeId | 'all'): readonly Peer[] {
  if (to === 'all') return [...state.peers.values()];
  const peer = state.peers.get(to);
  return peer === undefined ? [] : [peer];
}

function transmit(state: LinksState, to: NodeId | 'all', plain: Uint8Array): void {
  const routes: Route[] = [];
  const size = plain.length + state.overheadBytes;
  for (const peer of audience(state, to)) {
    for (const path of chosen(state, peer)) {
      routes.push({ peer: peer.id, link: path.link });
      path.sent += 1;
      path.mtu.isUsed ||= 2 * size > path.mtu.bytes;
    }
  }
  if (routes.length === 0) return;
  state.counters.datagramsSent += routes.length;
  state.out.push({ kind: 'transmit', audience: to, routes, plain });
}

/** The links that the next datagram to a peer takes (rule T4.2). */
function chosen(state: LinksState, peer: Peer): readonly Path[] {
  const usable = [...peer.paths.values()].filter(({ isUp }) => isUp);
  const [first] = usable;
  if (first === undefined || usable.length === 1) return usable;
  switch (state.settings.mode) {
    case 'active':
      return usable;
    case 'rr': {
      peer.turn = (peer.turn + 1) % usable.length;
      return [usable[peer.turn] ?? first];
    }
    case 'passive':
      return [usable.reduce((best, path) => (isBetter(state, path, best) ? path : best), first)];
  }
}

function isBetter(state: LinksState, path: Path, best: Path): boolean {
  const [a, b] = [priorityOf(state, path.link), priorityOf(state, best.link)];
  return a > b || (a === b && path.link < best.link);
}

function priorityOf({ settings }: LinksState, link: number): number {
  return settings.links.find((each) => each.link === link)?.priority ?? 0;
}
