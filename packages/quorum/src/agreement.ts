/**
 * A reload: every member reads its own file again, and all take over what they read, at one place in
 * the stream, or none does (T6.30, T6.32).
 */
import { type NodeId, note } from '@holdfast/base';
import { answered } from './count.ts';
import type { QuorumOrder } from './orders.ts';
import type { QuorumEffect, QuorumInput } from './protocol.ts';
import type { QuorumState, Reload } from './state.ts';
import { nameOf, sectionsApart } from './view.ts';

/** The order to read again, in its place: everybody does. */
export function startReload(state: QuorumState, from: NodeId, ask: string): QuorumEffect[] {
  if (state.reload !== undefined) {
    return answered(state, from, ask, {
      isDone: false,
      text: 'a reload is under way already; try again',
    });
  }
  const of = `${from}/${ask}`;
  state.reload = { of, from, ask, readings: new Map(), staged: undefined };
  return [{ kind: 'reread', of }];
}

/** A new membership ends a reload that not all members have answered; nothing was taken over. */
export function stopReload(state: QuorumState): QuorumEffect[] {
  if (state.reload === undefined) return [];
  state.reload = undefined;
  return [
    note('warning', 'reload', 'the membership changed during a reload: nothing was reloaded'),
  ];
}

/** What this member's file says now: kept, and told to all. */
export function onReread(
  state: QuorumState,
  of: string,
  reading: (QuorumInput & { kind: 'reread' })['reading'],
): QuorumEffect[] {
  const { reload } = state;
  if (reload?.of !== of) return [];
  switch (reading.kind) {
    case 'config': {
      reload.staged = reading.config;
      const { digests, config } = reading;
      return [told({ of, fault: null, digests, running: config.digests })];
    }
    case 'fault':
      return [told({ of, fault: reading.text, digests: {}, running: {} })];
  }
}

function told(reading: Omit<QuorumOrder & { kind: 'reread' }, 'kind'>): QuorumEffect {
  return { kind: 'order', order: { kind: 'reread', ...reading } };
}

/** One member's reading, in its place; the last one settles it for all. */
export function onRereadOrder(
  state: QuorumState,
  from: NodeId,
  order: QuorumOrder & { kind: 'reread' },
): QuorumEffect[] {
  const { reload } = state;
  if (reload?.of !== order.of) return [];
  reload.readings.set(from, order);
  if (!state.members.every(({ id }) => reload.readings.has(id))) return [];
  state.reload = undefined;
  const refusal = refusalOf(state, reload);
  if (refusal !== undefined) {
    const text = `nothing was reloaded anywhere: ${refusal}`;
    const loud = note('error', 'reload', text);
    return [loud, ...answered(state, reload.from, reload.ask, { isDone: false, text })];
  }
  const names = state.members.map(({ id }) => nameOf(state, id)).join(', ');
  const text = `reloaded on ${names}`;
  return [
    ...takeOver(state, reload),
    note('notice', 'reload', text),
    ...answered(state, reload.from, reload.ask, { isDone: true, text }),
  ];
}

/** Who cannot read his file, or has another one than whoever asked; undefined: all are alike. */
function refusalOf(state: QuorumState, { readings, from }: Reload): string | undefined {
  for (const [id, { fault }] of readings) {
    if (fault !== null) return `${nameOf(state, id)}: ${fault}`;
  }
  const asker = readings.get(from)?.digests ?? {};
  const others = [...readings]
    .map(([id, { digests }]) => ({ id, sections: sectionsApart(asker, digests) }))
    .filter(({ sections }) => sections.length > 0)
    .map(({ id, sections }) => `${nameOf(state, id)} has another ${sections.join(' and ')}`);
  if (others.length === 0) return undefined;
  return `${others.join('; ')}, compared with ${nameOf(state, from)}; make the files the same first`;
}

/** Expected votes follow the file only where the file changed them: what was shrunk stays shrunk. */
function takeOver(state: QuorumState, { of, staged, readings }: Reload): QuorumEffect[] {
  if (staged === undefined) return [];
  const { config } = state;
  if (staged.expectedVotes !== config.expectedVotes) {
    state.expectedVotes = staged.expectedVotes;
    state.highestVotes = staged.expectedVotes;
  }
  state.config = staged;
  if (!staged.waitForAll) state.isWaiting = false;
  state.members = state.members.map((member) => ({
    ...member,
    info: {
      ...member.info,
      votes: staged.votes.get(member.id) ?? member.info.votes,
      digests: readings.get(member.id)?.running ?? member.info.digests,
    },
  }));
  return [{ kind: 'take-over', of }];
}
