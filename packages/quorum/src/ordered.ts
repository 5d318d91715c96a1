/** Orders between two memberships: what an operator asks, what the device and time have brought. */
import { type Instant, type NodeId, note } from '@holdfast/base';
import { onRereadOrder, startReload } from './agreement.ts';
import { answered, settle } from './count.ts';
import { type Cast, type QuorumOrder, readOrder } from './orders.ts';
import type { QuorumAsk, QuorumEffect } from './protocol.ts';
import { decide, type QuorumState, tally } from './state.ts';
import { nameOf, view } from './view.ts';
import { votesNeeded } from './votes.ts';

/** Asks that may wait for their place in the stream at once. */
const ASKS_MAX = 64;

/** An operator's ask: refused here where it is wrong already, else said in the stream. */
export function onAsk(state: QuorumState, id: string, ask: QuorumAsk): QuorumEffect[] {
  const refusal =
    state.members.length === 0
      ? 'this node is in no membership yet; try again in a moment'
      : state.pendingUntil !== undefined
        ? 'the quorum device is being asked about a new membership; try again in a moment'
        : state.asks.size >= ASKS_MAX
          ? `${ASKS_MAX} orders are under way already; try again`
          : refusalOf(state, ask);
  if (refusal !== undefined) return [{ kind: 'answer', id, isDone: false, text: refusal }];
  state.asks.set(id, ask.kind);
  return [{ kind: 'order', order: orderFor(id, ask) }];
}

function orderFor(id: string, ask: QuorumAsk): QuorumOrder {
  switch (ask.kind) {
    case 'unblock':
      return { kind: 'unblock', ask: id };
    case 'expect':
      return { kind: 'expect', ask: id, votes: ask.votes };
    case 'reload':
      return { kind: 'reload', ask: id };
  }
}

/** Why it cannot be done, with the way out; undefined where it can (T5.27). */
function refusalOf(state: QuorumState, ask: QuorumAsk): string | undefined {
  const { total, needed } = tally(state);
  switch (ask.kind) {
    case 'unblock': {
      if (!state.isWaiting)
        return 'nothing waits for other nodes here: there is nothing to unblock';
      const wouldWait = `even unblocked, ${total} of ${needed} votes are no majority`;
      return total >= needed
        ? undefined
        : `${wouldWait}; start more nodes, or lower the expected votes: crm quorum expected ${total}`;
    }
    case 'expect': {
      if (ask.votes < Math.max(1, total)) {
        return `${ask.votes} is less than the ${total} votes that are here; write ${Math.max(1, total)} or more`;
      }
      const wanted = votesNeeded(state.config, ask.votes, total);
      if (!state.isQuorate || wanted <= total) return undefined;
      return `with ${ask.votes} expected votes, ${wanted} would be needed, and here are ${total}: this would end the quorum there is; write less than ${2 * total}`;
    }
    case 'reload':
      return state.reload === undefined ? undefined : 'a reload is under way already; try again';
  }
}

/** An order in its place in the stream: the same on every member. */
export function onOrder(
  state: QuorumState,
  from: NodeId,
  wire: unknown,
  now: Instant,
): QuorumEffect[] {
  const order = readOrder(wire);
  if (order === undefined) {
    const text = `${nameOf(state, from)} sent an order about quorum that this version does not know`;
    return [note('warning', 'unknown-order', text)];
  }
  switch (order.kind) {
    case 'unblock':
    case 'expect':
      return onOperator(state, from, order);
    case 'shrink':
      return order.ringSeq === state.ringSeq ? shrink(state, order.expectedVotes) : [];
    case 'device':
      return order.ringSeq === state.ringSeq ? onCast(state, from, order.cast, now) : [];
    case 'device-late':
      return onDeviceLate(state, order.ringSeq, now);
    case 'reload':
      return startReload(state, from, order.ask);
    case 'reread':
      return recounted(state, onRereadOrder(state, from, order));
  }
}

function onOperator(
  state: QuorumState,
  from: NodeId,
  order: QuorumOrder & { kind: 'unblock' | 'expect' },
): QuorumEffect[] {
  const refusal = refusalOf(state, order);
  if (refusal !== undefined)
    return answered(state, from, order.ask, { isDone: false, text: refusal });
  const by = `ordered on ${nameOf(state, from)}`;
  const text =
    order.kind === 'unblock'
      ? `waiting for absent nodes is over: ${by}, who vouches that they run nothing`
      : `expected votes go from ${state.expectedVotes} to ${order.votes}: ${by}`;
  if (order.kind === 'unblock') state.isWaiting = false;
  else {
    state.expectedVotes = order.votes;
    state.highestVotes = order.votes;
  }
  state.isOverridden = true;
  const told = note('warning', order.kind, text);
  const counted = recounted(state, [told]);
  const outcome = `${text}; this partition has ${state.isQuorate ? '' : 'still no '}quorum`;
  return [...counted, ...answered(state, from, order.ask, { isDone: true, text: outcome })];
}

/** Counts again after what was done; the new count is told where it differs. */
function recounted(state: QuorumState, effects: QuorumEffect[]): QuorumEffect[] {
  if (state.pendingUntil !== undefined) return effects;
  const before = JSON.stringify(view(state));
  decide(state);
  const seen = view(state);
  return JSON.stringify(seen) === before && effects.length === 0
    ? effects
    : [...effects, { kind: 'quorum', view: seen }];
}

/** Who is left after the window is all that is expected from now on. */
function shrink(state: QuorumState, left: number): QuorumEffect[] {
  state.shrinkAt = undefined;
  if (!state.isQuorate || left >= state.expectedVotes || left < tally(state).total) return [];
  const text = `expected votes shrink from ${state.expectedVotes} to ${left} (last_man_standing)`;
  state.expectedVotes = left;
  return [note('notice', 'expected-votes', text), { kind: 'quorum', view: view(state) }];
}

function onCast(state: QuorumState, from: NodeId, cast: Cast, now: Instant): QuorumEffect[] {
  state.casts.set(from, cast);
  if (state.pendingUntil === undefined) return recounted(state, []);
  const waited = state.members.filter(({ info }) => info.hasDevice);
  const isOver = cast === 'yes' || waited.every(({ id }) => state.casts.has(id));
  return isOver ? settle(state, now) : [];
}

function onDeviceLate(state: QuorumState, ringSeq: number, now: Instant): QuorumEffect[] {
  if (ringSeq !== state.ringSeq || state.pendingUntil === undefined) return [];
  const text = 'the quorum device has not answered in time: its votes do not count';
  return [note('warning', 'device-late', text), ...settle(state, now)];
}
