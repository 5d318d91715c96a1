/** The messages of one ring: kept until all members have them. */
import type { Mcast } from './message.ts';
import type { Store } from './state.ts';

/** How far a sequence number may be ahead of what was freed (T1.12); beyond, it is garbage. */
export const STORE_WINDOW = 16_384;

export function isInWindow(store: Store, seq: number): boolean {
  return seq > 0 && seq <= store.freed + STORE_WINDOW;
}

/** Keeps a message of the store's ring; false where it was there already or cannot be. */
export function keep(store: Store, message: Mcast): boolean {
  const { seq } = message;
  if (seq <= store.freed || !isInWindow(store, seq) || store.messages.has(seq)) return false;
  store.high = Math.max(store.high, seq);
  store.messages.set(seq, message);
  while (store.messages.has(store.aru + 1)) store.aru += 1;
  return true;
}

/** Frees what all members have had for a whole rotation (T1.20). */
export function release(store: Store, upTo: number): void {
  const limit = Math.min(upTo, store.delivered);
  while (store.freed < limit) {
    store.freed += 1;
    store.messages.delete(store.freed);
  }
}
