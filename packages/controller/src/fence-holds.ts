/**
 * Between an old view and a new one: fences that were begun before, against nodes that are here again.
 * What has not reached a device is withdrawn; while something on its way may still switch a member
 * off, whoever sent it says so in its offer, and nothing is decided before that has ended: a node
 * with a fence pending against it is not re-admitted.
 */
import type { NodeName } from '@holdfast/base';
import type { Command, FenceEntry, Offer } from './commands.ts';
import { handOver, tellEndsAgain } from './fencing.ts';
import { answerForgottenFences } from './fence-answers.ts';
import { changePending, endFences, mergeRecords, pendingFences } from './fence-record.ts';
import type { ControllerInput } from './protocol.ts';
import { setJoin } from './replica.ts';
import { type ControllerState, type Hold, isMember, nameOf, selfName, wallMs } from './state.ts';
import { emit, send } from './stream.ts';

/** Targets that something on its way from here may still switch off: said in the offer. */
export function shootingAt({ local }: ControllerState): readonly NodeName[] {
  return [...local.jobs].filter(([, { isShooting }]) => isShooting).map(([target]) => target);
}

/** A new view is agreed on; `atMs`: the time all members date it by. */
export function settleFences(
  state: ControllerState,
  offers: ReadonlyMap<NodeName, Pick<Offer, 'shooting' | 'ended'>>,
  atMs: number,
): void {
  state.held = [...offers].flatMap(([holder, { shooting }]) =>
    shooting
      .filter((target) => isMember(state, target))
      .map((target): Hold => ({ holder, target })),
  );
  for (const { target } of state.held) setJoin(state.replica, target, 'pending');
  state.endsToCome = new Set([...offers.values()].flatMap(({ ended }) => ended));
  state.agreedAtMs = atMs;
  endPointless(state, pendingFences(state.replica));
  withdrawOwn(state);
  answerForgottenFences(state);
  tellEndsAgain(state);
  for (const command of state.local.fenceEnds) send(state, command);
}

/** What nobody runs any more, and what is pointless since its target is here: the same for all. */
function endPointless(state: ControllerState, fences: readonly FenceEntry[]): void {
  const { agreedAtMs } = state;
  for (const fence of fences) {
    if (state.endsToCome.has(fence.id)) continue;
    if (!isRunning(state, fence)) takeOver(state, fence, agreedAtMs);
    else if (isOver(state, fence) && !isHeld(state, fence))
      endUnproven(state, fence, `${fence.target} came back before it was shot`, agreedAtMs);
  }
}

/** What a member remembers that the snapshot of this view did not have. */
export function onFenceNews(
  state: ControllerState,
  from: NodeName,
  news: Command & { kind: 'fence-news' },
): void {
  const known = new Set(state.replica.fences.map(({ id }) => id));
  mergeRecords(state.replica, news, from);
  const merged = pendingFences(state.replica).filter(({ id }) => !known.has(id));
  endPointless(state, merged);
}

/** Its target is here again; one that an operator asked for goes on against the life it was asked for. */
function isOver(state: ControllerState, { target, byHand, life }: FenceEntry): boolean {
  if (!isMember(state, target)) return false;
  return !byHand || life !== state.replica.incarnations.get(target);
}

function isHeld({ held }: ControllerState, { origin, target }: FenceEntry): boolean {
  return held.some((hold) => hold.holder === origin && hold.target === target);
}

/** The life of the member whose fencer has it goes on. */
function isRunning(state: ControllerState, { origin, originLife }: FenceEntry): boolean {
  return isMember(state, origin) && state.replica.incarnations.get(origin) === originLife;
}

/** What the cluster wants is decided anew; what an operator asked for is done by somebody else. */
function takeOver(state: ControllerState, fence: FenceEntry, atMs: number): void {
  const why = `${fence.origin}, which ran it, has left`;
  const isWanted = fence.byHand && !isOver(state, fence);
  if (isWanted && handOver(state, fence, why)) return;
  endUnproven(state, fence, why, atMs);
}

/** Own jobs that nobody wants in this view: at members, or unknown to the replica that won. */
function withdrawOwn(state: ControllerState): void {
  const self = selfName(state);
  const news = state.local.news.fences.filter((fence) => fence.state === 'pending');
  const own = [...pendingFences(state.replica), ...news].filter(({ origin }) => origin === self);
  for (const target of state.local.jobs.keys()) {
    if (own.some((fence) => fence.target === target && !isOver(state, fence))) continue;
    const why = isMember(state, target)
      ? `${target} is back in the membership`
      : 'the members of this view do not know of it';
    emit(state, { kind: 'fence-withdraw', target, why });
  }
}

function endUnproven(
  { replica }: ControllerState,
  { id }: FenceEntry,
  detail: string,
  atMs: number,
): void {
  endFences(replica, [id], { state: 'withdrawn', detail, devices: [], endedAtMs: atMs });
}

/** Without quorum this partition has no right to shoot any more; what a human asked for goes on. */
export function withdrawWithoutQuorum(state: ControllerState): void {
  const own = pendingFences(state.replica).filter(({ origin }) => origin === selfName(state));
  for (const target of state.local.jobs.keys()) {
    const wanted = own.filter((fence) => fence.target === target);
    if (wanted.length === 0 || wanted.some(({ byHand }) => byHand)) continue;
    emit(state, { kind: 'fence-withdraw', target, why: 'this partition has lost its quorum' });
  }
}

/** The fencer here has got on with a target, or has done with it. */
export function onFencerProgress(
  state: ControllerState,
  { target, progress }: ControllerInput & { kind: 'fence-progress' },
): void {
  const { jobs } = state.local;
  const wasShooting = jobs.get(target)?.isShooting === true;
  if (progress === undefined) jobs.delete(target);
  else {
    const untilMs = progress.until === undefined ? null : wallMs(state, progress.until);
    const told = { words: progress.words, untilMs };
    jobs.set(target, { progress: told, isShooting: progress.isShooting });
    if (progress.isShooting) send(state, { kind: 'fence-progress', target, progress: told });
  }
  if (!wasShooting || jobs.get(target)?.isShooting === true) return;
  const self = selfName(state);
  const isHeld = state.held.some((hold) => hold.holder === self && hold.target === target);
  if (isHeld || state.view.kind === 'joining') send(state, { kind: 'fence-released', target });
}

/** Shown with every fence of the target that the sender runs. */
export function onFenceProgress(
  state: ControllerState,
  from: NodeName,
  { target, progress }: Command & { kind: 'fence-progress' },
): void {
  const own = pendingFences(state.replica).filter(
    (each) => each.target === target && each.origin === from,
  );
  const ids = own.map(({ id }) => id);
  changePending(state.replica, ids, (each) => ({ ...each, progress }));
}

export function onFenceReleased(
  state: ControllerState,
  holder: NodeName,
  { target }: Command & { kind: 'fence-released' },
): void {
  const before = state.held.length;
  state.held = state.held.filter((hold) => hold.holder !== holder || hold.target !== target);
  if (state.held.length === before) return;
  if (!state.held.some((hold) => hold.target === target) && isMember(state, target))
    setJoin(state.replica, target, 'member');
  if (state.held.length === 0)
    state.deciding.dirty ??= 'nothing is on its way to a member any more';
}

/** Members that are held, for those who look. */
export function heldNames(state: ControllerState): readonly NodeName[] {
  const held = new Set(state.held.map(({ target }) => target));
  const { view } = state;
  if (view.kind !== 'agreed') return [];
  return view.members.map((id) => nameOf(state, id)).filter((name) => held.has(name));
}
