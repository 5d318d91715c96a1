/**
 * Fences as the cluster knows them: begun in the stream, run by the fencer of one member, ended in
 * the stream. A proven end counts only against the life it was ordered against.
 */
import { type Instant, milliseconds, type NodeName } from '@holdfast/base';
import { integerProperty, property } from '@holdfast/cib';
import type { Command, FenceEntry } from './commands.ts';
import { completeAction } from './deciding.ts';
import { executorFor, orderFence } from './fence-order.ts';
import {
  beginFence,
  changePending,
  countAttempt,
  endFences,
  pendingFences,
  recordProof,
} from './fence-record.ts';
import type { ControllerInput } from './protocol.ts';
import { markDown } from './replica.ts';
import { type ControllerState, isMember, selfName, wallMs } from './state.ts';
import { emit, send, tell } from './stream.ts';

export function onFenceBegin(
  state: ControllerState,
  command: Command & { kind: 'fence-begin' },
): void {
  const { id, target, action, reason, byHand, delayMs, atMs } = command;
  const origin = alreadyAt(state, command) ?? command.origin;
  beginFence(state.replica, {
    id,
    target,
    life: state.replica.incarnations.get(target) ?? '',
    action,
    state: 'pending',
    device: command.device,
    watchdogMs: command.watchdogMs,
    origin,
    tried: [],
    originLife: state.replica.incarnations.get(origin) ?? '',
    byHand,
    detail: reason,
    progress: null,
    devices: [],
    startedAtMs: atMs,
    endedAtMs: null,
  });
  tell(state, 'warning', 'fence-started', `${origin} fences ${target} (${action}): ${reason}`);
  requestHere(state, id, delayMs);
}

/** Who is at the same already: two members at one outlet would undo each other's work. */
function alreadyAt(
  state: ControllerState,
  { target, action, device }: Command & { kind: 'fence-begin' },
): NodeName | undefined {
  return pendingFences(state.replica).find(
    (each) =>
      each.target === target &&
      each.action === action &&
      each.device === device &&
      isMember(state, each.origin) &&
      each.originLife === state.replica.incarnations.get(each.origin),
  )?.origin;
}

/** Hands a pending fence to the fencer here, if it is this member's. */
function requestHere(state: ControllerState, id: string, delayMs = 0): void {
  const entry = pendingFences(state.replica).find((each) => each.id === id);
  if (entry === undefined || selfName(state) !== entry.origin) return;
  const { target, action, device, watchdogMs } = entry;
  emit(state, {
    kind: 'fence-request',
    id,
    target,
    action,
    delayMs: milliseconds(delayMs),
    device: device ?? undefined,
    watchdogMs: watchdogMs === null ? undefined : milliseconds(watchdogMs),
  });
}

/**
 * Another member takes a pending fence over from one that failed or left. Every member comes to the
 * same answer, so nobody has to say it. False: nobody is left to try.
 */
export function handOver(state: ControllerState, entry: FenceEntry, why: string): boolean {
  const tried = [...entry.tried, entry.origin];
  const { target, action, id } = entry;
  const device = entry.device ?? undefined;
  const next = executorFor(state, { target, action, device }, tried);
  if (next === undefined || next === target) return false;
  const originLife = state.replica.incarnations.get(next) ?? '';
  changePending(state.replica, [id], (each) => ({
    ...each,
    tried,
    origin: next,
    originLife,
    progress: null,
  }));
  tell(state, 'warning', 'fence-taken-over', `${next} fences ${target} now: ${why}`);
  requestHere(state, id);
  return true;
}

/** An operator's wish, carried out by whoever is or will be the DC: the votes may not be counted yet. */
export function onFenceAsk(
  state: ControllerState,
  command: Command & { kind: 'fence-ask' },
  now: Instant,
): void {
  if (state.replica.seniority[0] !== state.config.self) return;
  const { id, target, action, device, origin } = command;
  const reason = `asked for on ${origin}${device === null ? '' : ` as a drill of ${device}`}`;
  const wish = { id, target, action, reason, byHand: true, device: device ?? undefined };
  orderFence(state, wish, now);
}

/** The fencer has ended a request of ours: tell everybody, again in a later view if need be. */
export function onFencerResult(
  state: ControllerState,
  input: ControllerInput & { kind: 'fenced' | 'fence-failed' | 'fence-withdrawn' },
  now: Instant,
): void {
  const command: Command & { kind: 'fence-end' } = {
    kind: 'fence-end',
    ids: input.ids,
    target: input.target,
    ...endOf(input),
    atMs: wallMs(state, now),
  };
  state.local.fenceEnds.push(command);
  send(state, command);
}

type End = Pick<
  Command & { kind: 'fence-end' },
  'outcome' | 'by' | 'devices' | 'detail' | 'isHopeless' | 'tookMs'
>;

function endOf(
  input: ControllerInput & { kind: 'fenced' | 'fence-failed' | 'fence-withdrawn' },
): End {
  const none = { by: 'device', devices: [], isHopeless: false, tookMs: 0 } as const;
  switch (input.kind) {
    case 'fenced': {
      const { by, devices, tookMs, target } = input;
      const took = Math.round(tookMs);
      const detail =
        by === 'watchdog'
          ? `${target} has had its watchdog's time, ${took} ms, to be reset`
          : `${target} is off, proven in ${took} ms`;
      return { ...none, outcome: 'fenced', by, devices, tookMs: took, detail };
    }
    case 'fence-failed':
      return { ...none, outcome: 'failed', detail: input.reason, isHopeless: input.isHopeless };
    case 'fence-withdrawn':
      return { ...none, outcome: 'withdrawn', detail: input.why };
  }
}

export function onFenceEnd(state: ControllerState, command: Command & { kind: 'fence-end' }): void {
  const { ids, target, outcome, devices, detail, atMs } = command;
  rememberTold(state, command);
  const entries = pendingFences(state.replica).filter(({ id }) => ids.includes(id));
  const isOver = (entry: FenceEntry): boolean =>
    outcome !== 'failed' || !handOver(state, entry, `${entry.origin} could not: ${detail}`);
  const over = entries.filter(isOver);
  if (over.length === 0 && outcome === 'failed') return;
  const overIds = over.map(({ id }) => id);
  endFences(state.replica, overIds, {
    state: outcome === 'fenced' ? 'done' : outcome,
    detail,
    devices,
    endedAtMs: atMs,
  });
  if (outcome === 'fenced') {
    recordCycle(state, command, over);
    proven(state, target, over, detail);
  } else if (outcome === 'failed') failed(state, command, over);
  else tell(state, 'notice', 'fence-withdrawn', `${target} is not fenced any more: ${detail}`);
  const awaited = overIds.filter((id) => completeAction(state, id, outcome === 'fenced'));
  if (awaited.length === 0) state.deciding.dirty ??= `a fence of ${target} ended`;
}

function failed(
  state: ControllerState,
  { target, detail, isHopeless, atMs }: Command & { kind: 'fence-end' },
  entries: readonly FenceEntry[],
): void {
  tell(state, 'error', 'fence-failed', `fencing ${target} failed: ${detail}`);
  if (!entries.some(({ byHand }) => !byHand)) return;
  const most = integerProperty(state.store.configuration, 'stonith-max-attempts');
  countAttempt(state.replica, target, { reason: detail, isHopeless, atMs }, most);
}

/** A fence in earnest proves the way it took, as a drill does. */
function recordCycle(
  { replica }: ControllerState,
  { devices, detail, tookMs, atMs, by }: Command & { kind: 'fence-end' },
  [entry]: readonly FenceEntry[],
): void {
  if (entry === undefined || by !== 'device' || entry.action === 'on') return;
  const { target, origin: executor } = entry;
  for (const device of devices) {
    const made = { target, device, executor, tookMs, atMs, goodAtMs: atMs } as const;
    recordProof(replica, { ...made, kind: 'cycled', isGood: true, words: detail });
  }
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
  const { replica } = state;
  if (entries.length > 0 && entries.every(({ action }) => action === 'on')) {
    tell(state, 'notice', 'fence-confirmed', `${target} is switched on`);
    return;
  }
  const life = replica.incarnations.get(target) ?? '';
  const isOfThisLife = entries.some((each) => each.life === life || life === '');
  if (!isOfThisLife) {
    tell(
      state,
      'warning',
      'fence-stale',
      `a fence of ${target} ended (${detail}), but ${target} has begun another life since; it does not count for that one`,
    );
    return;
  }
  replica.attempts.delete(target);
  if (isMember(state, target)) replica.shot.set(target, life);
  else markDown(replica, target);
  tell(state, 'notice', 'fence-confirmed', `${target} is fenced: ${detail}`);
  if (target === selfName(state)) onOwnFence(state);
}

/** Everybody counts on this node being off; it is not, and must not go on. */
function onOwnFence(state: ControllerState): void {
  const written = property(state.store.configuration, 'fence-reaction');
  const reaction = written === 'panic' ? 'panic' : 'stop';
  const text = `the cluster has proof that this node is off, and it runs: the fence device lies, or switches something else; it ends now (fence-reaction ${reaction})`;
  tell(state, 'error', 'fenced-alive', text);
  emit(state, { kind: 'fenced-alive', reaction });
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
  const end = { detail: `confirmed by ${by}`, devices: [], endedAtMs: atMs } as const;
  endFences(state.replica, ids, { ...end, state: 'done' });
  if (ids.length === 0) beginConfirmed(state, command, end.detail);
  state.replica.attempts.delete(target);
  markDown(state.replica, target);
  tell(state, 'warning', 'fence-by-hand', `${by} vouches that ${target} is off`);
  if (pending.some(({ origin }) => origin === selfName(state))) {
    emit(state, { kind: 'fence-withdraw', target, why: `${by} vouches that it is off` });
  }
  for (const id of ids) completeAction(state, id, true);
  state.deciding.dirty = `${target} was confirmed off`;
}

/** Vouched for while nobody was fencing it: the history says so all the same. */
function beginConfirmed(
  { replica, config }: ControllerState,
  { target, by, atMs }: Command & { kind: 'fence-confirm' },
  detail: string,
): void {
  const id = `confirm-${target}-${atMs}`;
  const life = replica.incarnations.get(target) ?? '';
  const origin = config.names.get(replica.seniority[0] ?? config.self) ?? target;
  const blank = { device: null, watchdogMs: null, tried: [], progress: null, devices: [] };
  beginFence(replica, {
    ...blank,
    id,
    target,
    life,
    action: 'off',
    state: 'pending',
    origin,
    originLife: '',
    byHand: true,
    detail: `vouched for by ${by}`,
    startedAtMs: atMs,
    endedAtMs: null,
  });
  endFences(replica, [id], { state: 'done', detail, devices: [], endedAtMs: atMs });
}
