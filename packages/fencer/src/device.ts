/** What a fence device's parameters say of one action: after which delay, how long, how often. */
import {
  type Milliseconds,
  milliseconds,
  type NodeName,
  parseDuration,
  type Prng,
} from '@holdfast/base';
import { hostMap, plugOf } from './host-check.ts';
import type { FenceDevice, FencerConfig } from './protocol.ts';

/** The shortest and the longest wait; `isCapped`: the base was longer than `pcmk_delay_max` allows. */
export type DelayBounds = {
  readonly leastMs: Milliseconds;
  readonly mostMs: Milliseconds;
  readonly isCapped: boolean;
};

/**
 * How long a device waits before its first off: `pcmk_delay_base` (one value, or a map by target),
 * raised by chance up to `pcmk_delay_max`, and never more than that. The survivor of a cut is whoever
 * the longest delay protects.
 */
export function delayBounds(device: FenceDevice, target: NodeName): DelayBounds {
  const base = baseDelay(device.parameters['pcmk_delay_base'] ?? '0', target);
  const most = parseDuration(device.parameters['pcmk_delay_max'] ?? '0');
  if (!most.ok || most.value === 0 || most.value === base)
    return { leastMs: base, mostMs: base, isCapped: false };
  if (most.value < base) return { leastMs: most.value, mostMs: most.value, isCapped: true };
  return { leastMs: base, mostMs: most.value, isCapped: false };
}

export type Delay = { readonly waitMs: Milliseconds; readonly isCapped: boolean };

/** One draw within the bounds. */
export function delayBefore(device: FenceDevice, target: NodeName, dice: Prng): Delay {
  const { leastMs, mostMs, isCapped } = delayBounds(device, target);
  const waitMs =
    mostMs === leastMs ? leastMs : milliseconds(leastMs + dice.below(mostMs - leastMs + 1));
  return { waitMs, isCapped };
}

function baseDelay(text: string, target: NodeName): Milliseconds {
  const single = parseDuration(text);
  if (single.ok) return single.value;
  const own = hostMap(text).get(target);
  const read = own === undefined ? undefined : parseDuration(own);
  return read?.ok === true ? read.value : milliseconds(0);
}

/** `pcmk_<action>_timeout`, else `stonith-timeout`: for all tries of one action together. */
export function timeoutOf(device: FenceDevice, action: string, config: FencerConfig): Milliseconds {
  const read = parseDuration(device.parameters[`pcmk_${action}_timeout`] ?? '');
  return read.ok ? read.value : config.timeoutMs;
}

/** Tries in all, however many are configured: a request must come to an end. */
const TRIES_MAX = 10;

/** How often an action is tried in all: `pcmk_<action>_retries`, 2 unless set. */
export function triesOf(device: FenceDevice, action: string): number {
  const tries = Number(device.parameters[`pcmk_${action}_retries`] ?? '2');
  return Number.isInteger(tries) && tries > 0 ? Math.min(tries, TRIES_MAX) : 1;
}

/** Runs one device may have at once; undefined: no limit. */
export function limitOf(device: FenceDevice): number | undefined {
  const limit = Number(device.parameters['pcmk_action_limit'] ?? '1');
  return limit < 0 ? undefined : Math.max(1, limit);
}

/** Parameters whose values open doors. */
const SECRET = /passw|community|secret|key|token|kg$/i;
/** Shorter values are no secrets worth the name, and would tear holes into words. */
const SECRET_LENGTH_MIN = 3;

/** What a device printed, without what it was told in confidence: words go into logs and histories. */
export function withoutSecrets(text: string, device: FenceDevice | undefined): string {
  return Object.entries(device?.parameters ?? {})
    .filter(([name, value]) => SECRET.test(name) && value.length >= SECRET_LENGTH_MIN)
    .reduce((clean, [, value]) => clean.replaceAll(value, '******'), text);
}

/** What the agent is told, and which plug that names. */
export type Told = {
  readonly plug: string;
  readonly parameters: Readonly<Record<string, string>>;
};

/**
 * Everything that is not for the fencer itself, and the plug of the target: under the name that
 * `pcmk_host_argument` gives it, unless the device names its plug by itself (other than `dynamic`).
 */
export function toldTo(device: FenceDevice, target: NodeName): Told {
  const own: Record<string, string> = Object.fromEntries(
    Object.entries(device.parameters).filter(
      ([name]) => !name.startsWith('pcmk_') && name !== 'action',
    ),
  );
  const argument = device.parameters['pcmk_host_argument'] ?? 'plug';
  const given = own[argument] ?? (argument === 'plug' ? own['port'] : undefined);
  if (given !== undefined && given !== 'dynamic') return { plug: given, parameters: own };
  const plug = plugOf(device, target);
  return { plug, parameters: argument === 'none' ? own : { ...own, [argument]: plug } };
}
