/** What a fence device's parameters say: whom it can fence, by which plug, after which delay (F rules). */
import {
  type Milliseconds,
  milliseconds,
  type NodeName,
  parseDuration,
  type Prng,
} from '@holdfast/base';
import type { FenceDevice, FencerConfig } from './protocol.ts';

/** Does the device know this target? Without a list or map, or with check `none`, it takes any. */
export function canFence(device: FenceDevice, target: NodeName): boolean {
  const { parameters } = device;
  const check = parameters['pcmk_host_check'];
  if (check === 'none') return true;
  const map = hostMap(parameters['pcmk_host_map'] ?? '');
  const list = words(parameters['pcmk_host_list'] ?? '');
  if (map.size === 0 && list.length === 0) return true;
  return map.has(target) || list.includes(target);
}

/** The plug of a target: from the map, else its name. */
export function plugOf(device: FenceDevice, target: NodeName): string {
  return hostMap(device.parameters['pcmk_host_map'] ?? '').get(target) ?? target;
}

/** `haone:1;hatwo:2,3`: pairs parted by `;`, blank or tab; a backslash keeps the next character. */
export function hostMap(text: string): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  for (const part of splitUnescaped(text, /[;\s]/)) {
    const at = part.indexOf(':');
    const separator = at >= 0 ? at : part.indexOf('=');
    if (separator <= 0) continue;
    pairs.set(part.slice(0, separator), part.slice(separator + 1));
  }
  return pairs;
}

function splitUnescaped(text: string, separator: RegExp): readonly string[] {
  const parts: string[] = [];
  let current = '';
  for (let index = 0; index < text.length; index += 1) {
    const letter = text.charAt(index);
    if (letter === '\\' && index + 1 < text.length) {
      index += 1;
      current += text.charAt(index);
    } else if (separator.test(letter)) {
      parts.push(current);
      current = '';
    } else {
      current += letter;
    }
  }
  return [...parts, current].filter((part) => part !== '');
}

function words(text: string): readonly string[] {
  return text.split(/[\s,;]+/).filter((word) => word !== '');
}

/** `isCapped`: the base was longer than `pcmk_delay_max` allows. */
export type Delay = { readonly waitMs: Milliseconds; readonly isCapped: boolean };

/**
 * How long to wait before the first off: `pcmk_delay_base` (one value, or a map by target), raised by
 * chance up to `pcmk_delay_max`, and never more than that. The survivor of a cut is whoever the
 * longest delay protects.
 */
export function delayBefore(device: FenceDevice, target: NodeName, dice: Prng): Delay {
  const base = baseDelay(device.parameters['pcmk_delay_base'] ?? '0', target);
  const most = parseDuration(device.parameters['pcmk_delay_max'] ?? '0');
  if (!most.ok || most.value === 0 || most.value === base) return { waitMs: base, isCapped: false };
  if (most.value < base) return { waitMs: most.value, isCapped: true };
  return { waitMs: milliseconds(base + dice.below(most.value - base + 1)), isCapped: false };
}

function baseDelay(text: string, target: NodeName): Milliseconds {
  const single = parseDuration(text);
  if (single.ok) return single.value;
  const own = hostMap(text).get(target);
  const read = own === undefined ? undefined : parseDuration(own);
  return read?.ok === true ? read.value : milliseconds(0);
}

/** `pcmk_<action>_timeout`, else `stonith-timeout`. */
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

/** The devices to use for a target, level by level; without a topology each device is a level. */
export function planFor(
  config: FencerConfig,
  target: NodeName,
): readonly (readonly FenceDevice[])[] {
  const levels = config.levels
    .filter((level) => level.target === target)
    .sort((a, b) => a.index - b.index)
    .map((level) => level.devices.map((id) => config.devices.find((device) => device.id === id)));
  const complete = levels.map((level) => level.filter((device) => device !== undefined));
  const known = complete.filter(
    (level, index) => level.length > 0 && level.length === levels[index]?.length,
  );
  if (levels.length > 0) return known;
  return config.devices
    .filter((device) => canFence(device, target))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map((device) => [device]);
}
