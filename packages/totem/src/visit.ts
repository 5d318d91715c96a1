/**
 * What every token visit does, whichever ring the token is of (T1.22–T1.33): send again what others
 * miss, send what is new, ask for what we miss, and say how far we have everything.
 */
import { REQUESTS_MAX } from './codec.ts';
import { type Mcast, sameRing, type Token } from './message.ts';
import { broadcast, broadcastPacked } from './outbox.ts';
import type { RingState, Rotation, Store } from './state.ts';
import type { Packed } from './packing.ts';
import { keep, STORE_WINDOW } from './store.ts';

/** Messages in flight in one rotation, all members together. The original's 50 is for slower hosts. */
const WINDOW_SIZE = 128;
/** Messages one member may send in a visit. */
const MESSAGES_MAX = 48;
/** How far the ring may run ahead of its slowest member, so that a recovery always fits a store. */
const AHEAD_MAX = 1024;

export type Visit = {
  readonly store: Store;
  readonly rotation: Rotation;
  readonly token: Token;
  /** Messages that wait here to be sent, about. */
  readonly waiting: number;
  readonly isEncapsulated: boolean;
  /** The next payload to send; undefined where none waits. */
  readonly next: () => Packed | undefined;
};

/** Whether a token is of this ring and newer than the last one (T1.10, step 5). */
export function isNext(store: Store, rotation: Rotation, token: Token): boolean {
  return (
    sameRing(token.ringId, store.ringId) &&
    token.tokenSeq > rotation.lastTokenSeq &&
    token.seq <= store.freed + STORE_WINDOW
  );
}

/** Answers the token as it is to be sent on. */
export function visit(state: RingState, now: Visit): Token {
  const { store, rotation, token } = now;
  const allowed = allowance(state, now);
  const { open, count: again } = sendAgain(state, store, token, allowed);
  const fresh = sendNew(state, now, allowed - again);
  if (fresh < now.waiting && again + fresh >= allowed) state.counters.throttled += 1;
  const seq = token.seq + fresh;
  store.high = Math.max(store.high, seq);
  state.counters.messagesSent += fresh;
  const flow = Math.max(0, token.flow + again + fresh - rotation.sentLastVisit);
  const backlog = Math.max(0, token.backlog + now.waiting - rotation.waitingLastVisit);
  rotation.sentLastVisit = again + fresh;
  rotation.waitingLastVisit = now.waiting;
  return {
    ...token,
    tokenSeq: token.tokenSeq + 1,
    seq,
    flow: Math.min(flow, 0xffff),
    backlog: Math.min(backlog, 0xffff_ffff),
    requests: askFor(state, now, open),
    ...lowered(state, store, token, seq),
  };
}

/** Messages this visit may send: what the window has left, shared by who has how much waiting (T1.30). */
function allowance(state: RingState, { store, rotation, token, waiting }: Visit): number {
  const window = state.config.windowSize ?? WINDOW_SIZE;
  const perVisit = state.config.maxMessages ?? MESSAGES_MAX;
  const allowed = Math.max(0, Math.min(perVisit, window - token.flow));
  if (token.seq - token.aru > AHEAD_MAX) return 0;
  if (token.seq > store.freed + STORE_WINDOW - allowed - window) return 0;
  const mine = rotation.waitingLastVisit;
  const all = token.backlog + waiting - mine;
  const share = all > 0 ? Math.floor((window * mine) / all) : 0;
  return share > 0 ? Math.min(allowed, share) : allowed;
}

function sendAgain(
  state: RingState,
  store: Store,
  token: Token,
  allowed: number,
): { readonly open: readonly number[]; readonly count: number } {
  const open: number[] = [];
  let count = 0;
  for (const seq of token.requests) {
    if (seq <= token.aru || seq > token.seq) continue;
    const message = store.messages.get(seq);
    if (message === undefined || count >= allowed) {
      open.push(seq);
      continue;
    }
    count += 1;
    broadcast(state, message, false);
  }
  state.counters.retransmitted += count;
  return { open, count };
}

function sendNew(state: RingState, now: Visit, allowed: number): number {
  let sent = 0;
  while (sent < allowed) {
    const packed = now.next();
    if (packed === undefined) break;
    sent += 1;
    const message: Mcast = {
      kind: 'mcast',
      ringId: now.store.ringId,
      seq: now.token.seq + sent,
      originator: state.config.self,
      isEncapsulated: now.isEncapsulated,
      isSafe: packed.isSafe,
      payload: packed.payload,
    };
    keep(now.store, message);
    if (packed.frame === undefined) broadcast(state, message, false);
    else broadcastPacked(state, message, packed.frame);
  }
  return sent;
}

/**
 * What was missing at the last visit as well is asked for: a message may be slower than the token,
 * but not by a rotation (T1.24 with a count of one).
 */
function askFor(state: RingState, now: Visit, open: readonly number[]): readonly number[] {
  const { store, rotation } = now;
  if (open.length === 0 && store.aru >= rotation.lastSeq) return open;
  const { counters } = state;
  const requests = new Set(open);
  for (let seq = store.aru + 1; seq <= rotation.lastSeq; seq += 1) {
    if (requests.size >= REQUESTS_MAX) break;
    if (!store.messages.has(seq)) requests.add(seq);
  }
  counters.requested += requests.size - open.length;
  if (requests.size > counters.requestsMax) counters.requestsMax = requests.size;
  return [...requests].sort((a, b) => a - b);
}

/** The lowest "I have everything up to here" of the members, and who said so (T1.26). */
function lowered(
  state: RingState,
  store: Store,
  token: Token,
  seq: number,
): Pick<Token, 'aru' | 'aruOwner'> {
  const { self } = state.config;
  const mine = store.aru;
  if (mine < token.aru || token.aruOwner === self || token.aruOwner === 0)
    return { aru: mine, aruOwner: mine === seq ? 0 : self };
  return { aru: token.aru, aruOwner: token.aruOwner };
}
