/** Adds, changes and removes links in the text of a corosync.conf. */
import { fail, ok, type Result } from '@holdfast/base';
import { readRoot, removeIn, sectionsAt, setIn } from './edit.ts';
import type { Section } from './syntax.ts';

/** Links a node can have. */
const LINKS_MAX = 8;
/** Options of one link, as its interface section has them. */
export const LINK_OPTIONS = [
  'mcastport',
  'knet_link_priority',
  'knet_ping_interval',
  'knet_ping_timeout',
  'knet_ping_precision',
  'knet_pong_count',
] as const;
export type LinkOption = (typeof LINK_OPTIONS)[number];

/** Every node, by its name, gets one address more: `addresses` must name all of them. */
export function addLink(
  text: string,
  addresses: ReadonlyMap<string, string>,
  options: ReadonlyMap<LinkOption, string>,
): Result<{ readonly text: string; readonly link: number }, string> {
  const nodes = nodesOf(text);
  if (!nodes.ok) return nodes;
  const names = nodes.value.map(({ name }) => name);
  const missing = names.filter((name) => !addresses.has(name));
  if (missing.length > 0)
    return fail(`${missing.join(', ')} has no address on the new link; give one for every node`);
  const strange = [...addresses.keys()].filter((name) => !names.includes(name));
  if (strange.length > 0)
    return fail(`there is no node ${strange.join(', ')}; there are ${names.join(', ')}`);
  const link = linkCount(nodes.value);
  if (link >= LINKS_MAX)
    return fail(`there are ${LINKS_MAX} links already, and no node can have more`);
  let edited = text;
  for (const name of names) {
    const place = placeOf(edited, name);
    if (place !== undefined)
      edited = setIn(edited, place, `ring${link}_addr`, addresses.get(name) ?? '').text;
  }
  const optioned = setOptions(edited, link, options);
  return optioned.ok ? ok({ text: optioned.value, link }) : optioned;
}

/** New addresses (of some nodes) or options for a link that is there. */
export function updateLink(
  text: string,
  link: number,
  addresses: ReadonlyMap<string, string>,
  options: ReadonlyMap<LinkOption, string>,
): Result<string, string> {
  const nodes = nodesOf(text);
  if (!nodes.ok) return nodes;
  if (link >= linkCount(nodes.value)) return fail(noLink(link, nodes.value));
  let edited = text;
  for (const [name, address] of addresses) {
    const place = placeOf(edited, name);
    if (place === undefined) {
      const names = nodes.value.map((node) => node.name);
      return fail(`there is no node ${name}; there are ${names.join(', ')}`);
    }
    edited = setIn(edited, place, `ring${link}_addr`, address).text;
  }
  return setOptions(edited, link, options);
}

/** The last link: those after it would change their numbers, and with them their ports. */
export function removeLink(text: string, link: number): Result<string, string> {
  const nodes = nodesOf(text);
  if (!nodes.ok) return nodes;
  const count = linkCount(nodes.value);
  if (link >= count) return fail(noLink(link, nodes.value));
  if (count === 1)
    return fail('this is the only link; without it the nodes would not hear each other');
  if (link !== count - 1)
    return fail(`links are numbered without a gap: remove link ${count - 1} first`);
  let edited = text;
  for (const { name } of nodes.value) {
    const place = placeOf(edited, name);
    if (place !== undefined) edited = removeIn(edited, place, `ring${link}_addr`);
  }
  const section = interfaceOf(edited, link);
  if (section === undefined) return ok(edited);
  const lines = edited.split('\n');
  return ok(lines.toSpliced(section.line - 1, section.end - section.line + 1).join('\n'));
}

type NodePlace = { readonly name: string; readonly place: Section };

function nodesOf(text: string): Result<readonly NodePlace[], string> {
  const root = readRoot(text);
  if (!root.ok) return root;
  const nodes = sectionsAt(root.value, ['nodelist', 'node']).map((place) => ({
    name: valueIn(place, 'name') ?? valueIn(place, 'ring0_addr') ?? '',
    place,
  }));
  return nodes.length > 0 ? ok(nodes) : fail('nodelist has no node');
}

/** Found anew after every change: lines move. */
function placeOf(text: string, name: string): Section | undefined {
  const nodes = nodesOf(text);
  return nodes.ok ? nodes.value.find((node) => node.name === name)?.place : undefined;
}

function linkCount(nodes: readonly NodePlace[]): number {
  const counts = nodes.map(
    ({ place }) => place.entries.filter(({ key }) => /^ring[0-7]_addr$/.test(key)).length,
  );
  return Math.max(0, ...counts);
}

function noLink(link: number, nodes: readonly NodePlace[]): string {
  const count = linkCount(nodes);
  return `there is no link ${link}; there ${count === 1 ? 'is link 0 alone' : `are 0 to ${count - 1}`}`;
}

function setOptions(
  text: string,
  link: number,
  options: ReadonlyMap<LinkOption, string>,
): Result<string, string> {
  let edited = text;
  for (const [key, value] of options) {
    const section = interfaceOf(edited, link);
    if (section === undefined) {
      const added = addInterface(edited, link);
      if (!added.ok) return added;
      edited = added.value;
    }
    const place = interfaceOf(edited, link);
    if (place !== undefined) edited = setIn(edited, place, key, value).text;
  }
  return ok(edited);
}

function interfaceOf(text: string, link: number): Section | undefined {
  const root = readRoot(text);
  if (!root.ok) return undefined;
  return sectionsAt(root.value, ['totem', 'interface']).findLast(
    (section) => Number(valueIn(section, 'linknumber') ?? '0') === link,
  );
}

function addInterface(text: string, link: number): Result<string, string> {
  const root = readRoot(text);
  if (!root.ok) return root;
  const totem = sectionsAt(root.value, ['totem']).at(-1);
  if (totem === undefined) return fail('there is no section totem');
  const lines = text.split('\n');
  const added = ['  interface {', `    linknumber: ${link}`, '  }'];
  return ok(lines.toSpliced(totem.end - 1, 0, ...added).join('\n'));
}

function valueIn(place: Section, key: string): string | undefined {
  return place.entries.findLast((entry) => entry.key === key)?.value;
}
