/**
 * Fences as the cluster knows them: begun in the stream, run by the fencer of the node that began
 * them, ended in the stream. A proven end counts only against the life it was ordered against.
 */
import type { Instant, NodeName } from '@holdfast/base';
import type { Command, FenceEntry } from './commands.ts';
import { completeAction } from './deciding.ts';
import { answer, refusal } from './proposals.ts';
import type { ControllerInput } from './protocol.ts';
import { beginFence, endFences, markDown, pendingFences } from './replica.ts';
import { type ControllerState, isMember, selfName, wallMs } from './state.ts';
import { emit, send, tell } from './stream.ts';

export function onFenceBegin(
  state: ControllerState,
  command: Command & { kind: 'fence-begin' },
): void {
  const { id, target, action, origin, reason, byHand, atMs } = command;
  beginFence(state.replica, {
    id,
    target,
    life: state.replica.incarnations.get(target) ?? '',
    action,
    state: 'pending',
    origin,
    originLife: state.replica.incarnations.get(origin) ?? '',
    byHand,
    detail: reason,
    devices: [],
    startedAtMs: atMs,
    endedAtMs: null,
  });
  tell(state, 'warning', 'fence-started', `${origin} fences ${target} (${action}): ${reason}`);
  if (origin === selfName(state)) emit(state, { kind: 'fence-request', id, target, action });
}

/** An operator's wish, carried out by whoever is or will be the DC: the votes may not be counted yet. */
export function onFenceAsk(
  state: ControllerState,
  command: Command & { kind: 'fence-ask' },
  now: Instant,
): void {
  if (state.replica.seniority[0] !== state.config.self) return;
  send(state, {
    kind: 'fence-begin',
    id: command.id,
    target: command.target,
    action: command.action,
    reason: `asked for on ${command.origin}`,
    origin: selfName(state),
    byHand: true,
    atMs: wallMs(state, now),
  });
}

/** The fencer has ended a request of ours: tell everybody, again in a later view if need be. */
export function onFencerResult(
  state: ControllerState,
  input: ControllerInput & { kind: 'fenced' | 'fence-failed' },
  now: Instant,
): void {
  const command: Command & { kind: 'fence-end' } = {
    kind: 'fence-end',
    ids: input.ids,
    target: input.target,
    outcome: input.kind === 'fenced' ? 'fenced' : 'failed',
    by: input.kind === 'fenced' ? input.by : 'device',
    devices: input.kind === 'fenced' ? input.devices : [],
    detail:
      input.kind === 'fenced'
        ? `${input.target} is off, proven in ${Math.round(input.tookMs)} ms`
        : input.reason,
    atMs: wallMs(state, now),
  };
  state.local.fenceEnds.push(command);
  send(state, command);
}

export function onFenceEnd(state: ControllerState, command: Command & { kind: 'fence-end' }): void {
  const { ids, target, outcome, devices, detail, atMs } = command;
  rememberTold(state, command);
  const entries = state.replica.fences.filter(
    (each) => ids.includes(each.id) && each.state === 'pending',
  );
  endFences(state.replica, ids, {
    state: outcome === 'fenced' ? 'done' : 'failed',
    detail,
    devices,
    endedAtMs: atMs,
  });
  if (outcome === 'fenced') proven(state, target, entries, detail);
  else tell(state, 'error', 'fence-failed', `fencing ${target} failed: ${detail}`);
  const awaited = ids.filter((id) => completeAction(state, id, outcome === 'fenced'));
  if (awaited.length === 0) state.deciding.dirty ??= `a fence of ${target} ended`;
}

/** Ends of own fences that are kept to be said again. */
const TOLD_MAX = 32;

function rememberTold({ local }: ControllerState, command: Command & { kind: 'fence-end' }): void {
  const key = command.ids.join();
  const own = local.fenceEnds.find((each) => each.ids.join() === key);
  if (own === undefined) return;
  local.fenceEnds = local.fenceEnds.filter((each) => each !== own);
  local.toldFenceEnds = [...local.toldFenceEnds, own].slice(-TOLD_MAX);
}

/** The replica that won does not know that a fence of ours has ended: it is said again. */
export function tellEndsAgain({ local, replica }: ControllerState): void {
  const open = new Set(pendingFences(replica).map(({ id }) => id));
  const again = local.toldFenceEnds.filter(({ ids }) => ids.some((id) => open.has(id)));
  local.toldFenceEnds = local.toldFenceEnds.filter((each) => !again.includes(each));
  local.fenceEnds = [...local.fenceEnds, ...again];
}

function proven(
  state: ControllerState,
  target: NodeName,
  entries: readonly FenceEntry[],
  detail: string,
): void {
  const { replica, deciding } = state;
  const life = replica.incarnations.get(target) ?? '';
  if (!entries.some((each) => each.life === life)) {
    tell(
      state,
      'warning',
      'fence-stale',
      `a fence of ${target} ended (${detail}), but ${target} has begun another life since; it does not count for that one`,
    );
    return;
  }
  deciding.fenceFailures.delete(target);
  if (isMember(state, target)) replica.shot.set(target, life);
  else markDown(replica, target);
  tell(state, 'notice', 'fence-confirmed', `${target} is fenced: ${detail}`);
}

/** A human vouches: as good as a proof, and on record as what it is. */
export function onFenceConfirm(
  state: ControllerState,
  command: Command & { kind: 'fence-confirm' },
): void {
  const { target, by, atMs } = command;
  if (isMember(state, target)) return;
  const pending = pendingFences(state.replica).filter((each) => each.target === target);
  const ids = pending.map(({ id }) => id);
  endFences(state.replica, ids, {
    state: 'done',
    detail: `confirmed by ${by}`,
    devices: [],
    endedAtMs: atMs,
  });
  markDown(state.replica, target);
  tell(state, 'warning', 'fence-by-hand', `${by} vouches that ${target} is off`);
  if (pending.some(({ origin }) => origin === selfName(state))) {
    emit(state, { kind: 'fence-withdraw', target, why: `${by} vouches that it is off` });
  }
  for (const id of ids) completeAction(state, id, true);
  state.deciding.dirty = `${target} was confirmed off`;
}

/** A fence that was asked for in an earlier view, and of which nobody knows in this one. */
export function answerForgottenFences(state: ControllerState): void {
  if (state.view.kind !== 'agreed') return;
  for (const [id, waiting] of state.waiting) {
    if (waiting.kind !== 'fencing' || waiting.view === state.view.id) continue;
    if (state.replica.fences.some((each) => each.id === id)) continue;
    const text = `the membership changed while ${waiting.target} was to be fenced; look whether it was, and ask again`;
    answer(state, id, refusal('lost', text));
  }
}

/** Answers operators whose fence has ended, however it did. */
export function answerFences(state: ControllerState): void {
  for (const [id, waiting] of state.waiting) {
    if (waiting.kind !== 'fencing') continue;
    const entry = state.replica.fences.find((each) => each.id === id);
    if (entry === undefined || entry.state === 'pending') continue;
    if (entry.state === 'done') answer(state, id, { kind: 'outcome', text: entry.detail });
    else answer(state, id, refusal('refused', `fencing ${entry.target} failed: ${entry.detail}`));
  }
}
