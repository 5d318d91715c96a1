/** Whom a device can fence: from its list or map, from its own answers, or whoever it is. */
import type { NodeName } from '@holdfast/base';
import type { FenceDevice } from './protocol.ts';

/**
 * `yes` and `no` are known from the configuration; `list` and `status` say what the device must be
 * asked first.
 */
export type Knowledge = 'yes' | 'no' | 'list' | 'status';

/**
 * `pcmk_host_check`, or what stands for it: the list where there is a list or a map, else the
 * device's own list of outlets.
 */
export function knows(device: FenceDevice, target: NodeName): Knowledge {
  const { parameters } = device;
  const map = hostMap(parameters['pcmk_host_map'] ?? '');
  const list = words(parameters['pcmk_host_list'] ?? '');
  const isListed = map.has(target) || list.includes(target);
  const isStatic = map.size > 0 || list.length > 0;
  switch (parameters['pcmk_host_check'] ?? (isStatic ? 'static-list' : 'dynamic-list')) {
    case 'none':
      return 'yes';
    case 'status':
      return 'status';
    case 'dynamic-list':
      return 'list';
    default:
      return isListed ? 'yes' : 'no';
  }
}

/** Must a device without a usable list be asked for the target's status instead? */
export function asksStatusInstead({ parameters }: FenceDevice): boolean {
  return parameters['pcmk_host_check'] === undefined;
}

/** Does what `list` printed name the target? `3,hatwo,on` and `hatwo` both do. */
export function isListedIn(output: string, device: FenceDevice, target: NodeName): boolean {
  const plug = hostMap(device.parameters['pcmk_host_map'] ?? '').get(target);
  const wanted = [target, ...(plug === undefined ? [] : [plug])].map((each) => each.toLowerCase());
  return output.split(/[\s,;:=]+/).some((word) => wanted.includes(word.toLowerCase()));
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
