/** What is neither resource nor constraint: properties, defaults, nodes, tags, topology, raw XML. */
import { element, parseXml } from '@holdfast/cib';
import {
  type Cursor,
  isAtEnd,
  isId,
  mustEnd,
  peek,
  Refused,
  take,
  takeId,
  takeLabel,
  takeOption,
} from './cursor.ts';
import type { ParsedObject, TopologyLevel } from './parsed.ts';
import { NODE_BLOCKS, takeBlock, takeDescription, takeSet } from './sets.ts';

const NODE_TYPES: readonly string[] = ['member', 'remote', 'ping', 'normal'];

export const DEFAULT_SET_IDS = {
  crm_config: 'cib-bootstrap-options',
  rsc_defaults: 'rsc-options',
  op_defaults: 'op-options',
} as const;

/** `property`, `rsc_defaults`, `op_defaults`: all of one shape. */
export function parseProperties(
  place: Cursor,
  section: 'crm_config' | 'rsc_defaults' | 'op_defaults',
): ParsedObject {
  const given = takeOption(place, '$id') ?? takeLabel(place);
  if (given !== undefined && !isId(given)) throw new Refused(`expected an id, found "${given}"`);
  const tag = section === 'crm_config' ? 'cluster_property_set' : 'meta_attributes';
  const set = takeSet(place, tag, given ?? DEFAULT_SET_IDS[section]);
  mustEnd(place);
  const nameless = set.children.find(
    (child) =>
      child.kind === 'element' &&
      child.name === 'nvpair' &&
      child.attributes['value'] === undefined,
  );
  if (nameless?.kind === 'element' && nameless.attributes['id-ref'] === undefined) {
    throw new Refused(`expected name=value, found "${nameless.attributes['name'] ?? ''}"`);
  }
  if (set.children.length === 0 && set.attributes['id-ref'] === undefined) {
    throw new Refused('expected name=value');
  }
  return { kind: 'set', section, element: set };
}

export function parseNode(place: Cursor): ParsedObject {
  const id = takeOption(place, '$id') ?? takeLabel(place);
  const word = take(place, 'the name of the node');
  const [uname = '', type, ...more] = word.split(':');
  if (uname === '' || more.length > 0 || (type !== undefined && !NODE_TYPES.includes(type))) {
    throw new Refused(`expected name[:${NODE_TYPES.slice(0, 2).join('|')}], found "${word}"`);
  }
  const attributes: Record<string, string> = { uname, ...takeDescription(place) };
  if (id !== undefined) attributes['id'] = id;
  if (type !== undefined) attributes['type'] = type;
  const blocks = [];
  while (!isAtEnd(place)) {
    const block = takeBlock(place, NODE_BLOCKS);
    if (block !== undefined) blocks.push(block);
    else mustEnd(place);
  }
  return { kind: 'node', element: element('node', attributes, blocks) };
}

export function parseTag(place: Cursor): ParsedObject {
  const label = takeLabel(place);
  const id = label ?? takeId(place, 'the tag');
  if (!isId(id)) throw new Refused(`expected the tag, found "${id}"`);
  if (peek(place) === ':') place.at += 1;
  const objects = [];
  while (!isAtEnd(place)) objects.push(element('obj_ref', { id: takeId(place, 'an id') }));
  if (objects.length === 0) throw new Refused('a tag needs something to stand for');
  return { kind: 'tag', element: element('tag', { id }, objects) };
}

/** `node: dev1,dev2 dev3 node2: …`: levels in order; devices of one level joined by commas. */
export function parseTopology(place: Cursor): ParsedObject {
  const levels: TopologyLevel[] = [];
  let target: TopologyLevel['target'];
  let index = 0;
  while (!isAtEnd(place)) {
    const named = takeTarget(place);
    if (named !== undefined) {
      target = named;
      index = 0;
      continue;
    }
    index += 1;
    const devices = take(place, 'a fence device');
    if (!devices.split(',').every(isId))
      throw new Refused(`expected fence devices, found "${devices}"`);
    levels.push({ target, index, devices });
  }
  if (target !== undefined && index === 0)
    throw new Refused('expected fence devices for the last target');
  return { kind: 'topology', levels };
}

function takeTarget(place: Cursor): TopologyLevel['target'] {
  const word = peek(place) ?? '';
  const [, attribute, value] = /^attr:([^=]+)=(.+)$/.exec(word) ?? [];
  if (attribute !== undefined && value !== undefined) {
    place.at += 1;
    return { 'target-attribute': attribute, 'target-value': value };
  }
  const [, pattern] = /^pattern:(.+)$/.exec(word) ?? [];
  if (pattern !== undefined) {
    place.at += 1;
    return { 'target-pattern': pattern };
  }
  const node = takeLabel(place);
  return node === undefined ? undefined : { target: node };
}

/** `xml <element …/>`: filed by its name, ids as given. */
export function parseRawXml(place: Cursor): ParsedObject {
  const text = place.words.slice(place.at).join(' ');
  place.at = place.words.length;
  const parsed = parseXml(text);
  if (!parsed.ok) throw new Refused(`this is not XML: ${parsed.fault.what}`);
  return { kind: 'xml', element: parsed.value };
}
