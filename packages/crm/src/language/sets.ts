/** Blocks of name-value pairs: `params a=1 b=2`, with id, score, rule and references. */
import { element, type XmlElement, type XmlNode } from '@holdfast/cib';
import {
  type Cursor,
  isAtEnd,
  isNext,
  peek,
  Refused,
  take,
  takeLabel,
  takeOption,
} from './cursor.ts';
import { takeRules } from './rules.ts';
import { storedScore } from './scores.ts';

/** Words that begin a new block, wherever one may stand. */
const BLOCK_WORDS: readonly string[] = [
  'params',
  'meta',
  'utilization',
  'operations',
  'op',
  'op_params',
  'op_meta',
  'attributes',
  'rule',
  'select',
  'to',
  'network',
  'port-mapping',
  'storage',
  'storage-mapping',
  'primitive',
];

/** Which word begins which block, and what the CIB calls it. */
export const RESOURCE_BLOCKS: Readonly<Record<string, string>> = {
  params: 'instance_attributes',
  meta: 'meta_attributes',
  utilization: 'utilization',
};

export const NODE_BLOCKS: Readonly<Record<string, string>> = {
  attributes: 'instance_attributes',
  utilization: 'utilization',
};

/** Is a block of one of these kinds next? Takes its word and all of it. */
export function takeBlock(
  place: Cursor,
  blocks: Readonly<Record<string, string>>,
): XmlElement | undefined {
  const tag = blocks[peek(place)?.toLowerCase() ?? ''];
  if (tag === undefined) return undefined;
  place.at += 1;
  return takeSet(place, tag);
}

/** The inside of a block: `[$id=…] [score:] {rule} {pair}` or `$id-ref=…`. */
export function takeSet(place: Cursor, tag: string, setId?: string): XmlElement {
  const reference = takeOption(place, '$id-ref');
  if (reference !== undefined) return element(tag, { 'id-ref': reference });
  const attributes: Record<string, string> = {};
  const id = takeOption(place, '$id') ?? setId;
  if (id !== undefined) attributes['id'] = id;
  const label = isNext(place, 'rule') ? undefined : takeLabel(place);
  if (label !== undefined) {
    const score = storedScore(label);
    if (score === undefined) throw new Refused(`expected a score, found "${label}:"`);
    attributes['score'] = score;
  }
  const children: XmlNode[] = [...takeRules(place)];
  if (children.length > 1) throw new Refused('a block of values has one rule at most');
  for (let pair = takePair(place); pair !== undefined; pair = takePair(place)) children.push(pair);
  return element(tag, attributes, children);
}

/** The next name-value pair; undefined where something else follows. */
export function takePair(place: Cursor): XmlElement | undefined {
  const word = peek(place);
  if (word === undefined || isNext(place, ...BLOCK_WORDS)) return undefined;
  if (word.startsWith('@')) {
    place.at += 1;
    const [reference = '', name] = word.slice(1).split(':');
    return element(
      'nvpair',
      name === undefined ? { 'id-ref': reference } : { 'id-ref': reference, name },
    );
  }
  const cut = word.indexOf('=');
  if (cut < 0) return takeBareName(place, word);
  const [, id, name = ''] = /^(?:\$([^:]+):)?(.*)$/s.exec(word.slice(0, cut)) ?? [];
  if (!/^[^\s=]+$/.test(name) || name.startsWith('$')) {
    throw new Refused(`expected name=value, found "${word}"`);
  }
  place.at += 1;
  const pair = { name, value: word.slice(cut + 1) };
  return element('nvpair', id === undefined ? pair : { id, ...pair });
}

/** A name without a value (`verbose`): a switch of old agents. */
function takeBareName(place: Cursor, word: string): XmlElement | undefined {
  if (!/^[A-Za-z][\w-]*$/.test(word)) return undefined;
  place.at += 1;
  return element('nvpair', { name: word });
}

/** Pairs up to the next block, as plain attributes of one element. */
export function takeAttributes(place: Cursor): Readonly<Record<string, string>> {
  const attributes: Record<string, string> = {};
  while (!isAtEnd(place) && !isNext(place, ...BLOCK_WORDS)) {
    const word = take(place, 'name=value');
    const cut = word.indexOf('=');
    if (cut <= 0) throw new Refused(`expected name=value, found "${word}"`);
    attributes[word.slice(0, cut)] = word.slice(cut + 1);
  }
  return attributes;
}

/** `description=…` if it is next, as attributes. */
export function takeDescription(place: Cursor): Readonly<Record<string, string>> {
  const description = takeOption(place, 'description');
  return description === undefined ? {} : { description };
}
