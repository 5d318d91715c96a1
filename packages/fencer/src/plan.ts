/** Which devices fence a target, in which order, and how long all of it may take at most. */
import { milliseconds, type Milliseconds, type NodeName } from '@holdfast/base';
import { delayBounds, timeoutOf } from './device.ts';
import { knows } from './host-check.ts';
import type { FenceAction, FenceDevice, FenceOrder, FencerConfig } from './protocol.ts';

export type Level = readonly FenceDevice[];

/** The agents that stand for the target's own watchdog. */
const WATCHDOG_AGENTS: ReadonlySet<string> = new Set(['fence_watchdog', 'fence-watchdog']);

export function isWatchdog({ agent }: FenceDevice): boolean {
  return WATCHDOG_AGENTS.has(agent);
}

/** Stands for a watchdog that no resource is configured for. */
const IMPLIED_WATCHDOG: FenceDevice = { id: 'watchdog', agent: 'fence_watchdog', parameters: {} };

/**
 * The devices to use for an order, level by level; without a topology each device that may know the
 * target is a level. Where no device can, the target's watchdog may.
 */
export function planFor(config: FencerConfig, order: FenceOrder): readonly Level[] {
  const { target, device, action, watchdogMs } = order;
  if (device !== undefined) {
    return config.devices.filter(({ id }) => id === device).map((each) => [each]);
  }
  if (action === 'on') {
    const required = config.devices.filter(
      (each) => each.isUnfencing === true && knows(each, target) !== 'no',
    );
    if (required.length > 0) return [[...required].sort(byId)];
  }
  const levels = configured(config, target);
  if (levels.length > 0) return levels;
  return action !== 'on' && watchdogMs !== undefined ? [[IMPLIED_WATCHDOG]] : [];
}

function configured(config: FencerConfig, target: NodeName): readonly Level[] {
  const own = config.levels
    .filter((level) => level.target === target)
    .sort((a, b) => a.index - b.index);
  if (own.length === 0) {
    return config.devices
      .filter((device) => knows(device, target) !== 'no')
      .sort(byId)
      .map((device) => [device]);
  }
  return own.flatMap(({ devices }) => {
    const known = devices.flatMap((id) => config.devices.find((device) => device.id === id) ?? []);
    return known.length > 0 && known.length === devices.length ? [known] : [];
  });
}

function byId(a: FenceDevice, b: FenceDevice): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** Room for what the devices do not count: starting agents, switching between devices. */
const BUDGET_FACTOR = 1.2;

/**
 * How long an order may take at most, in ms: the timeouts and delays of every device in the plan,
 * with a fifth to spare. Only "off" counts of a reboot; the "on" after the proof is nobody's wait.
 */
export function budgetOf(config: FencerConfig, order: FenceOrder): Milliseconds {
  const devices = planFor(config, order).flat();
  const action: FenceAction = order.action === 'on' ? 'on' : 'off';
  const spent = devices.reduce((sum, device) => {
    const { mostMs } = delayBounds(device, order.target);
    return sum + timeoutOf(device, action, config) + (action === 'off' ? mostMs : 0);
  }, order.delayMs ?? 0);
  return milliseconds(Math.floor(spent * BUDGET_FACTOR));
}
