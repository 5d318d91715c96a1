/** Who carries out a fence, after which delay, and whether the target's watchdog may be waited for. */
import { epochMs, type Instant, type NodeName } from '@holdfast/base';
import {
  type Configuration,
  durationProperty,
  type NodeState,
  readDuration,
  unpack,
} from '@holdfast/cib';
import { type FenceAction, type FenceDevice, type FenceOrder, planFor } from '@holdfast/fencer';
import { readCluster as readStanding } from '@holdfast/status';
import { readCluster } from './cluster.ts';
import { readFencerConfig } from './fencing-config.ts';
import { type ControllerState, isMember, nameOf, selfName, wallMs } from './state.ts';
import { send } from './stream.ts';

export type FenceWish = {
  readonly id: string;
  readonly target: NodeName;
  readonly action: FenceAction;
  readonly reason: string;
  readonly byHand: boolean;
  readonly device: string | undefined;
};

/** Says in the stream who is to fence whom: the same for what was decided and for what was asked for. */
export function orderFence(state: ControllerState, wish: FenceWish, now: Instant): void {
  const { target, id, action, reason, byHand, device } = wish;
  const atMs = wallMs(state, now);
  send(state, {
    kind: 'fence-begin',
    id,
    target,
    action,
    reason,
    byHand,
    origin: executorFor(state, { target, action, device }, []) ?? selfName(state),
    device: device ?? null,
    delayMs: byHand ? 0 : priorityDelayMs(state, target, atMs),
    watchdogMs: watchdogMsOf(state, target),
    atMs,
  });
}

/**
 * The member whose fencer is to do it: one where the devices of the first level are watched and well
 * before any other, the longest-standing first, never the target itself while somebody else is there.
 * An "on" that a node must do for itself is its own. Undefined: nobody is left. The same on every
 * member.
 */
export function executorFor(
  state: ControllerState,
  order: FenceOrder,
  tried: readonly NodeName[],
): NodeName | undefined {
  const config = readFencerConfig(state.store.configuration);
  const first = planFor(config, order)[0] ?? [];
  if (order.action === 'on' && first.some(({ isUnfencing }) => isUnfencing === true)) {
    return isMember(state, order.target) && !tried.includes(order.target)
      ? order.target
      : undefined;
  }
  const members = state.replica.seniority.map((id) => nameOf(state, id));
  const others = members.filter((name) => name !== order.target);
  const candidates = others.length > 0 ? others : members;
  const free = candidates.filter((name) => !tried.includes(name));
  return free.find((name) => isWatching(state, first, name)) ?? free[0];
}

/** The member of one side of a cut that would do it. */
export function executorAmong(
  state: ControllerState,
  order: FenceOrder,
  side: readonly NodeName[],
): NodeName | undefined {
  const first = planFor(readFencerConfig(state.store.configuration), order)[0] ?? [];
  const senior = state.replica.seniority.map((id) => nameOf(state, id));
  const rank = (name: NodeName): number => (senior.includes(name) ? senior.indexOf(name) : 999);
  const sorted = [...side].sort((a, b) => rank(a) - rank(b));
  return sorted.find((name) => isWatching(state, first, name)) ?? sorted[0];
}

function isWatching(
  { replica }: ControllerState,
  devices: readonly FenceDevice[],
  name: NodeName,
): boolean {
  return devices.length > 0 && devices.every(({ id }) => watches(replica.nodes.get(name), id));
}

/** Its monitor runs there and was well the last time. */
function watches(node: NodeState | undefined, device: string): boolean {
  const ops = node?.history.find(({ resource }) => resource === device)?.ops ?? [];
  const real = ops.filter(({ task, intervalMs }) => task !== 'monitor' || intervalMs > 0);
  const last = real.reduce<(typeof real)[number] | undefined>(
    (latest, op) => (latest === undefined || op.callId > latest.callId ? op : latest),
    undefined,
  );
  return last !== undefined && last.task !== 'stop' && last.rc === 0 && last.opStatus === 0;
}

/**
 * `priority-fencing-delay`: in a partition without most of the nodes, the lost node that carries the
 * most is shot later than its own side would shoot. 0 where it does not apply.
 */
export function priorityDelayMs(
  state: ControllerState,
  target: NodeName,
  atMs: number,
  isHere: (name: NodeName) => boolean = (name) => isMember(state, name),
): number {
  const delayMs = durationProperty(state.store.configuration, 'priority-fencing-delay');
  const names = [...state.config.names.values()];
  const lost = names.filter((name) => !isHere(name));
  if (delayMs === 0 || lost.length * 2 < names.length || !lost.includes(target)) return 0;
  const carried = carriedBy(state, atMs);
  const of = (name: NodeName): number => carried.get(name) ?? 0;
  const isTop = lost.every((name) => of(name) <= of(target));
  const isAboveSome = names.some((name) => of(name) < of(target));
  return isTop && isAboveSome ? delayMs : 0;
}

/** The priorities of what runs on each node, as the scheduler adds them up (A2.9.1). */
function carriedBy(state: ControllerState, atMs: number): ReadonlyMap<NodeName, number> {
  const { nodes } = readStanding(readCluster(state), epochMs(atMs));
  return new Map(nodes.map(({ name, priority }) => [name, priority]));
}

/**
 * How long a lost node is given to be reset by its own watchdog; null: its silence proves nothing.
 * It counts only where the target said that it has one armed in time, and where it must have lost its
 * quorum: not in a cluster of two, both halves of which go on.
 */
export function watchdogMsOf(state: ControllerState, target: NodeName): number | null {
  const own = state.replica.watchdogs.get(target);
  if (own === undefined || isMember(state, target) || state.config.names.size < 3) return null;
  if (!state.quorum.quorate) return null;
  const given = writtenWatchdog(state.store.configuration);
  if (given === undefined) return null;
  if (given.startsWith('-')) return 2 * own;
  const waitMs = readDuration(given) ?? 0;
  return waitMs > 0 && waitMs >= own ? waitMs : null;
}

/** As written: a negative time, which is no duration, means twice the watchdog's own. */
function writtenWatchdog({ properties }: Configuration): string | undefined {
  const values = unpack(properties);
  return (values.get('stonith-watchdog-timeout') ?? values.get('fencing-watchdog-timeout'))?.trim();
}
