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

/** A ring is installed: who was to be in it and is not, was asked in vain once more. */
export function noteExcluded(state: RingState, members: readonly NodeId[]): void {
  for (const id of new Set([...state.processors, ...state.failed])) {
    if (!members.includes(id)) noteInVain(state, id);
  }
  for (const id of members) state.excluded.delete(id);
  state.heard.clear();
}

function noteInVain(state: RingState, id: NodeId): void {
  const times = (state.excluded.get(id)?.times ?? 0) + 1;
  const factor = times < IN_VAIN_MAX ? 0 : 2 ** Math.min(times - IN_VAIN_MAX, 10);
  const wait = milliseconds(Math.min(UNHEEDED_MS_MAX, state.config.consensusMs * factor));
  const wasHeard = state.heard.has(id);
  state.excluded.set(id, { times, since: state.now, until: after(state.now, wait), wasHeard });
  if (times !== IN_VAIN_MAX || !wasHeard) return;
  const text = `node ${id} is heard, but no ring forms with it: does every node hear every other? It is heeded less often now`;
  tell(state, 'warning', 'one-way', text);
}

/**
 * Whether a join from outside the ring is worth an answer. One that counts on us comes from an attempt
 * that is going on, and fails for sure if we do not answer; but not so soon after we left its sender
 * out: that is the end of the attempt before.
 */
export function isAnswered(state: RingState, { sender, processors }: Join): boolean {
  if (isWelcome(state, sender)) return true;
  const { since = 0 } = state.excluded.get(sender) ?? {};
  return processors.includes(state.config.self) && state.now >= since + state.config.consensusMs;
}

/** Whether a node outside the ring is worth asking; one that was not heard before always is. */
export function isWelcome(state: RingState, id: NodeId): boolean {
  const excluded = state.excluded.get(id);
  return excluded === undefined || !excluded.wasHeard || state.now >= excluded.until;
}
