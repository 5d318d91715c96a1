/** `corosync link`: the links of every node, shown and changed in corosync.conf. */
import { fail, ok, type Result } from '@holdfast/base';
import {
  addLink,
  LINK_OPTIONS,
  type LinkOption,
  parseCorosyncConf,
  removeLink,
  updateLink,
} from '@holdfast/corosync-conf';
import {
  DONE,
  type ExitCode,
  isAgreed,
  refuse,
  type Shell,
  UNSAFE,
  USAGE,
} from '../shell/shell.ts';
import { type ConfText, NO_INPUT, readConf, writeConf } from './corosync-file.ts';

export const LINK_USAGE =
  'link [show] | link add NODE=ADDRESS… [options OPTION=VALUE…] | link update N [NODE=ADDRESS…] [options OPTION=VALUE…] | link remove N';

export async function link(shell: Shell, words: readonly string[]): Promise<ExitCode> {
  const [verb = 'show', ...rest] = words;
  const read = await readConf(shell);
  if (!read.ok) return refuse(shell, read.fault, NO_INPUT);
  switch (verb) {
    case 'show':
      return show(shell, read.value);
    case 'add':
      return add(shell, read.value, rest);
    case 'update':
      return update(shell, read.value, rest);
    case 'remove':
      return remove(shell, read.value, rest);
    default:
      return refuse(shell, `usage: ${LINK_USAGE}`, USAGE);
  }
}

function show(shell: Shell, { path, text }: ConfText): ExitCode {
  const parsed = parseCorosyncConf(text, path);
  if (!parsed.ok) return refuse(shell, `${path} cannot be read; crm corosync verify tells why`);
  const { nodes, totem } = parsed.value;
  for (const each of totem.links) {
    shell.io.out(
      `Link ${each.link}: UDP port ${each.port}, priority ${each.priority}, ping every ${each.pingIntervalMs} ms, down after ${each.pingTimeoutMs} ms\n`,
    );
    for (const { name, addresses } of nodes) {
      shell.io.out(`  ${name}: ${addresses[each.link] ?? 'no address'}\n`);
    }
  }
  if (totem.links.length > 1) shell.io.out(`link_mode: ${totem.linkMode}\n`);
  return DONE;
}

async function add(shell: Shell, file: ConfText, words: readonly string[]): Promise<ExitCode> {
  const given = readWords(words);
  if (!given.ok) return refuse(shell, given.fault, USAGE);
  const { addresses, options } = given.value;
  const added = addLink(file.text, addresses, options);
  return added.ok ? writeConf(shell, file, added.value.text) : refuse(shell, added.fault);
}

async function update(
  shell: Shell,
  file: ConfText,
  [number = '', ...words]: readonly string[],
): Promise<ExitCode> {
  const which = readNumber(number);
  const given = readWords(words);
  if (which === undefined || !given.ok || words.length === 0) {
    return refuse(shell, given.ok ? `usage: ${LINK_USAGE}` : given.fault, USAGE);
  }
  const { addresses, options } = given.value;
  const updated = updateLink(file.text, which, addresses, options);
  return updated.ok ? writeConf(shell, file, updated.value) : refuse(shell, updated.fault);
}

/** One cable less between the nodes: asked first. */
async function remove(
  shell: Shell,
  file: ConfText,
  [number = '', ...more]: readonly string[],
): Promise<ExitCode> {
  const which = readNumber(number);
  if (which === undefined || more.length > 0) return refuse(shell, `usage: ${LINK_USAGE}`, USAGE);
  const removed = removeLink(file.text, which);
  if (!removed.ok) return refuse(shell, removed.fault);
  if (!(await isAgreed(shell, `Link ${which} would be gone from every node. Remove it?`))) {
    return refuse(shell, 'nothing was removed; without a human it is done with --force', UNSAFE);
  }
  return writeConf(shell, file, removed.value);
}

function readNumber(word: string): number | undefined {
  return /^[0-7]$/.test(word) ? Number(word) : undefined;
}

type LinkWords = {
  readonly addresses: ReadonlyMap<string, string>;
  readonly options: ReadonlyMap<LinkOption, string>;
};

/** `NODE=ADDRESS …`, then `options OPTION=VALUE …`. */
function readWords(words: readonly string[]): Result<LinkWords, string> {
  const at = words.indexOf('options');
  const addresses = pairs(at < 0 ? words : words.slice(0, at));
  const given = pairs(at < 0 ? [] : words.slice(at + 1));
  if (addresses === undefined || given === undefined) return fail(`usage: ${LINK_USAGE}`);
  const options = new Map<LinkOption, string>();
  for (const [name, value] of given) {
    const known = LINK_OPTIONS.find((each) => each === name);
    if (known === undefined) {
      return fail(`a link has no option ${name}; there are ${LINK_OPTIONS.join(', ')}`);
    }
    options.set(known, value);
  }
  return ok({ addresses, options });
}

function pairs(words: readonly string[]): ReadonlyMap<string, string> | undefined {
  const read = new Map<string, string>();
  for (const word of words) {
    const sign = word.indexOf('=');
    if (sign < 1 || sign === word.length - 1) return undefined;
    read.set(word.slice(0, sign), word.slice(sign + 1));
  }
  return read;
}
