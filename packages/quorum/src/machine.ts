/**
 * Quorum: votes in, "may this partition act" out. Every member decides from what all members brought
 * into the membership, and from orders that all of them are given in the same place of one stream: so
 * all of them decide alike (T9.26, T9.34).
 */
import { after, earliest, type Instant, note } from '@holdfast/base';
import { onReread, stopReload } from './agreement.ts';
import { onAsk, onOrder } from './ordered.ts';
import type { QuorumEffect, QuorumInput, QuorumMember } from './protocol.ts';
import { counted, settle } from './count.ts';
import type { QuorumState } from './state.ts';
import { nameOf, view } from './view.ts';
import { memberVotes } from './votes.ts';

export function step(state: QuorumState, input: QuorumInput, now: Instant): QuorumEffect[] {
  switch (input.kind) {
    case 'membership':
      return onMembership(state, input.members, input.ringSeq, now);
    case 'order':
      return counted(state, () => onOrder(state, input.from, input.order, now));
    case 'ask':
      return onAsk(state, input.id, input.ask);
    case 'device':
      return onDevice(state, input, now);
    case 'leaving':
      return counted(state, () => onLeaving(state, input.id));
    case 'reread':
      return onReread(state, input.of, input.reading);
    case 'tick':
      return onTick(state, now);
  }
}

export function deadline(state: QuorumState): Instant | undefined {
  return earliest(
    isSpokesman(state) ? earliest(state.shrinkAt, state.pendingUntil) : undefined,
    state.heard?.staleAt,
  );
}

/** The lowest member says for all what time has brought; the others hear it in the stream. */
function isSpokesman({ config, members }: QuorumState): boolean {
  return members[0]?.id === config.self;
}

function onMembership(
  state: QuorumState,
  members: readonly QuorumMember[],
  ringSeq: number,
  now: Instant,
): QuorumEffect[] {
  const { device } = state.config;
  const lost = [...loseAsks(state), ...stopReload(state)];
  const before = strangerWords(state);
  state.members = [...members].sort((a, b) => a.id - b.id);
  state.ringSeq = ringSeq;
  state.casts.clear();
  state.leavers.clear();
  state.isOverridden = false;
  state.shrinkAt = undefined;
  state.pendingUntil = undefined;
  const effects = [...lost, ...tellStrangers(state, before)];
  if (device === undefined) return [...effects, ...settle(state, now)];
  const ids = state.members.map(({ id }) => id);
  effects.push({ kind: 'device-poll', ringSeq, members: ids });
  if (!members.some(({ info }) => info.hasDevice)) return [...effects, ...settle(state, now)];
  // A vote given to the ring before is void here. Until the device has answered for this one, the
  // old count stands, and nobody is told a new one (T5.37).
  state.pendingUntil = after(now, device.syncTimeoutMs);
  if (state.heard !== undefined) {
    const silentUntil = after(state.pendingUntil, device.timeoutMs);
    state.heard = { ...state.heard, staleAt: silentUntil };
  }
  return effects;
}

function loseAsks(state: QuorumState): QuorumEffect[] {
  const lost = [...state.asks.keys()];
  state.asks.clear();
  const text =
    'the membership changed before it was done; it may not have been done; look, and try again';
  return lost.map((id) => ({ kind: 'answer', id, isDone: false, text }));
}

function onTick(state: QuorumState, now: Instant): QuorumEffect[] {
  const effects: QuorumEffect[] = [];
  const { ringSeq, shrinkAt, pendingUntil, heard } = state;
  if (heard !== undefined && heard.staleAt <= now) {
    state.heard = undefined;
    effects.push({ kind: 'order', order: { kind: 'device', ringSeq, cast: 'none' } });
  }
  if (!isSpokesman(state)) return effects;
  if (shrinkAt !== undefined && shrinkAt <= now) {
    state.shrinkAt = undefined;
    const expectedVotes = memberVotes(state.members);
    effects.push({ kind: 'order', order: { kind: 'shrink', ringSeq, expectedVotes } });
  }
  const { device } = state.config;
  if (device !== undefined && pendingUntil !== undefined && pendingUntil <= now) {
    state.pendingUntil = after(now, device.syncTimeoutMs);
    effects.push({ kind: 'order', order: { kind: 'device-late', ringSeq } });
  }
  return effects;
}

/** What the device says is said on to all members; the same again only keeps it fresh. */
function onDevice(
  state: QuorumState,
  { cast, ringSeq }: QuorumInput & { kind: 'device' },
  now: Instant,
): QuorumEffect[] {
  const { device, self } = state.config;
  if (device === undefined || ringSeq !== state.ringSeq) return [];
  state.heard = cast === 'none' ? undefined : { cast, staleAt: after(now, device.timeoutMs) };
  if ((state.casts.get(self) ?? 'none') === cast && state.pendingUntil === undefined) return [];
  return [{ kind: 'order', order: { kind: 'device', ringSeq, cast } }];
}

/**
 * allow_downscale: who leaves politely is not expected any more, down to the floor (T5.35). The reference
 * forgets the votes of those who crashed with it; here they stay expected.
 */
function onLeaving(state: QuorumState, id: QuorumMember['id']): QuorumEffect[] {
  const { downscale } = state.config;
  state.leavers.add(id);
  if (downscale === undefined || !state.isQuorate || state.pendingUntil !== undefined) return [];
  const left = memberVotes(state.members.filter((member) => !state.leavers.has(member.id)));
  const own = state.members.find((member) => member.id === id)?.info.votes ?? 0;
  const expectedVotes = Math.max(downscale.floor, left, state.expectedVotes - own);
  if (expectedVotes >= state.expectedVotes) return [];
  const text = `expected votes go from ${state.expectedVotes} to ${expectedVotes}: ${nameOf(state, id)} leaves (allow_downscale)`;
  state.expectedVotes = expectedVotes;
  return [note('notice', 'expected-votes', text), { kind: 'quorum', view: view(state) }];
}

function strangerWords(state: QuorumState): string {
  return view(state)
    .strangers.map(({ id, sections }) => `${nameOf(state, id)} (${sections.join(', ')})`)
    .join(', ');
}

/** A member with another configuration is named, once for as long as it is there. */
function tellStrangers(state: QuorumState, before: string): QuorumEffect[] {
  const words = strangerWords(state);
  if (words === '' || words === before) return [];
  const text = `the configuration is another one on ${words}; make corosync.conf the same everywhere, then crm corosync reload`;
  return [note('warning', 'configuration-differs', text)];
}
