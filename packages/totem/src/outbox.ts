/** Sending: frames to the others, and messages to ourselves for after this input (T1.4). */
import { after, type Milliseconds, type NodeId, note, type Severity } from '@holdfast/base';
import { frameBytes, putFrame } from './codec.ts';
import { writer } from './fields.ts';
import type { Message } from './message.ts';
import { cut } from './slab.ts';
import type { RingState, Timers } from './state.ts';

/** Fills `into`, or bytes cut for it. */
function frame(state: RingState, message: Message, into?: Uint8Array): Uint8Array {
  const { cluster, incarnation, config, counters } = state;
  state.frames += 1;
  const header = { cluster, sender: config.self, incarnation, count: state.frames };
  const bytes = into ?? cut(state.slab, frameBytes(message));
  putFrame(writer(bytes), { header, message });
  counters.framesSent += 1;
  counters.bytesSent += bytes.length;
  return bytes;
}

/** To every configured node; ourselves included where `isForUs`. */
export function broadcast(state: RingState, message: Message, isForUs: boolean): void {
  if (state.config.nodes.length > 1)
    state.out.push({ kind: 'send', to: 'all', bytes: frame(state, message) });
  if (isForUs) state.inbox.push(message);
}

/** To every configured node but us, in bytes that have its payload in place already. */
export function broadcastPacked(state: RingState, message: Message, into: Uint8Array): void {
  if (state.config.nodes.length > 1)
    state.out.push({ kind: 'send', to: 'all', bytes: frame(state, message, into) });
}

export function unicast(state: RingState, to: NodeId, message: Message): void {
  if (to === state.config.self) state.inbox.push(message);
  else state.out.push({ kind: 'send', to, bytes: frame(state, message) });
}

export function tell(state: RingState, severity: Severity, event: string, text: string): void {
  state.out.push(note(severity, event, text));
}

export function setTimer(state: RingState, name: keyof Timers, wait: Milliseconds): void {
  state.timers[name] = after(state.now, wait);
}

export function cancelTimers(state: RingState, ...names: readonly (keyof Timers)[]): void {
  for (const name of names) state.timers[name] = undefined;
}

/** The member after `self` in ascending order, round the ring. */
export function successor(members: readonly NodeId[], self: NodeId): NodeId {
  const index = members.indexOf(self);
  return members[(index + 1) % members.length] ?? self;
}
