/** `alert`: a program to call when something happens, what it is told, and for whom. */
import { element, type XmlElement } from '@holdfast/cib';
import { type Cursor, isAtEnd, mustEnd, Refused, take, takeId, takeIf } from './cursor.ts';
import type { ParsedObject } from './parsed.ts';
import { takeBlock, takeDescription } from './sets.ts';

const BLOCKS = { attributes: 'instance_attributes', meta: 'meta_attributes' } as const;
const SELECTIONS: readonly string[] = ['nodes', 'fencing', 'resources'];

export function parseAlert(place: Cursor): ParsedObject {
  const id = takeId(place, 'the id of the alert');
  const path = take(place, 'the path of the program');
  const attributes = { id, path, ...takeDescription(place) };
  const children: XmlElement[] = [];
  while (!isAtEnd(place)) {
    const block = takeBlock(place, BLOCKS);
    if (block !== undefined) children.push(block);
    else if (takeIf(place, 'select')) children.push(takeSelect(place));
    else if (takeIf(place, 'to')) children.push(takeRecipient(place));
    else mustEnd(place);
  }
  return { kind: 'alert', element: element('alert', attributes, children) };
}

function takeSelect(place: Cursor): XmlElement {
  const chosen: XmlElement[] = [];
  for (;;) {
    const word = SELECTIONS.find((each) => takeIf(place, each));
    if (word !== undefined) chosen.push(element(`select_${word}`));
    else if (isAttributeSelection(place)) {
      place.at += 2;
      chosen.push(element('select_attributes', {}, takeAttributeNames(place)));
    } else return element('select', {}, chosen);
  }
}

/** `attributes {` selects; `attributes name=value` begins a block of values. */
function isAttributeSelection({ words, at }: Cursor): boolean {
  return words[at]?.toLowerCase() === 'attributes' && words[at + 1] === '{';
}

function takeAttributeNames(place: Cursor): readonly XmlElement[] {
  const names: XmlElement[] = [];
  while (!takeIf(place, '}'))
    names.push(element('attribute', { name: take(place, 'an attribute or }') }));
  if (names.length === 0) throw new Refused('expected attributes between { and }');
  return names;
}

/** Inside braces, blocks belong to the recipient; behind them, to the alert. */
function takeRecipient(place: Cursor): XmlElement {
  const isBraced = takeIf(place, '{');
  const value = take(place, 'a recipient');
  const children: XmlElement[] = [];
  while (isBraced && !takeIf(place, '}')) {
    const block = takeBlock(place, BLOCKS);
    if (block === undefined) throw new Refused('expected attributes, meta or }');
    children.push(block);
  }
  return element('recipient', { value }, children);
}
