/**
 * Nodes with which no ring forms, though they are heard: a cable that carries one way, or two members
 * that do not hear each other. Each attempt costs everybody a consensus time, so they are heeded more
 * and more rarely, and the ring works in between (T1.92).
 */
import { after, milliseconds, type NodeId } from '@holdfast/base';
import type { Join } from './message.ts';
import { tell } from './outbox.ts';
import type { RingState } from './state.ts';

/** Attempts in vain before a node is heeded less. */
const IN_VAIN_MAX = 3;
/** Longest time in which such a node is not heeded. */
const UNHEEDED_MS_MAX = 30_000;

/** Heard, but with other things than joins. */
export const NO_JOIN = -1;

/** A ring is installed: who was to be in it and is not, was asked in vain once more. */
export function noteExcluded(state: RingState, members: readonly NodeId[]): void {
  for (const id of new Set([...state.processors, ...state.failed])) {
    // Joins may name nodes that nobody has configured; those are not kept in mind.
    if (!members.includes(id) && state.config.nodes.includes(id)) noteInVain(state, id);
  }
  for (const id of members) state.excluded.delete(id);
  state.heard.clear();
}

function noteInVain(state: RingState, id: NodeId): void {
  const before = state.excluded.get(id);
  const times = (before?.times ?? 0) + 1;
  const factor = times < IN_VAIN_MAX ? 0 : 2 ** Math.min(times - IN_VAIN_MAX, 10);
  const wait = milliseconds(Math.min(UNHEEDED_MS_MAX, state.config.consensusMs * factor));
  const lastJoin = state.heard.get(id);
  const hasAnswered = before?.hasAnswered ?? false;
  state.excluded.set(id, { times, until: after(state.now, wait), lastJoin, hasAnswered });
  if (times !== IN_VAIN_MAX || lastJoin === undefined) return;
  const text = `node ${id} is heard, but no ring forms with it: does every node hear every other? It is heeded less often now`;
  tell(state, 'warning', 'one-way', text);
}

/**
 * Whether a join from outside the ring is worth an answer. One that counts on us comes from an attempt
 * that is going on, and fails for sure if we do not answer; so it is answered once while its sender is
 * heeded less. Not so the rest of the attempt in which we left its sender out: until that is over, its
 * ring sequence stands still.
 */
export function isAnswered(state: RingState, { sender, processors, ringSeq }: Join): boolean {
  if (isWelcome(state, sender)) return true;
  const excluded = state.excluded.get(sender);
  if (excluded === undefined || excluded.hasAnswered) return false;
  const isNew = processors.includes(state.config.self) && ringSeq > (excluded.lastJoin ?? NO_JOIN);
  if (isNew) excluded.hasAnswered = true;
  return isNew;
}

/** Whether a node outside the ring is worth asking; one that was not heard before always is. */
export function isWelcome(state: RingState, id: NodeId): boolean {
  const excluded = state.excluded.get(id);
  if (excluded?.lastJoin === undefined) return true;
  if (state.now < excluded.until) return false;
  excluded.hasAnswered = false;
  return true;
}
