/**
 * The plain kind of XML, read at several times the speed of the strict parser: ASCII, tags, attributes,
 * text and comments. Whatever else there is, and whatever is wrong, is left to the strict parser,
 * which also says what is wrong: both read the same document as the same tree.
 */
import type { XmlElement, XmlNode } from './xml.ts';

const OTHER_CHARACTER = /[^\t\n\x20-\x7e]/;
const DECLARATION =
  /^<\?xml version="1\.0"(?: encoding="(?:UTF|utf)-8")?(?: standalone="(?:yes|no)")? ?\?>/;
const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&amp;': '&',
  '&quot;': '"',
  '&apos;': "'",
};

type Open = { name: string; attributes: Record<string, string>; children: XmlNode[] };

type Reading = {
  readonly text: string;
  readonly depthMax: number;
  readonly open: Open[];
  at: number;
  root: XmlElement | undefined;
};

/** The tree; undefined where the document is not plain, or not well-formed, or too deep. */
export function parsePlain(text: string, depthMax: number): XmlElement | undefined {
  if (OTHER_CHARACTER.test(text)) return undefined;
  const at = DECLARATION.exec(text)?.[0].length ?? 0;
  const reading: Reading = { text, depthMax, open: [], at, root: undefined };
  while (reading.at < text.length) if (!readPiece(reading)) return undefined;
  return reading.open.length === 0 ? reading.root : undefined;
}

/** Text up to the next tag, and the tag; false where the strict parser must look. */
function readPiece(reading: Reading): boolean {
  const { text, open, at } = reading;
  const tag = text.indexOf('<', at);
  const end = tag < 0 ? text.length : tag;
  if (end > at && !readText(open.at(-1), text.slice(at, end))) return false;
  reading.at = end + 1;
  if (tag < 0) return true;
  switch (text.charCodeAt(tag + 1)) {
    case 0x2f: // a slash
      return readEnd(reading);
    case 0x21: // an exclamation mark
      return readComment(reading);
    default:
      return readStart(reading);
  }
}

function readText(parent: Open | undefined, text: string): boolean {
  if (text.trim() === '') return true;
  const last = parent?.children.at(-1);
  // Text on both sides of a comment is kept to the blank by the strict parser alone.
  if (parent === undefined || last?.kind === 'text' || text.includes(']]>')) return false;
  const content = decoded(text);
  if (content === undefined) return false;
  parent.children.push({ kind: 'text', text: content });
  return true;
}

/** The five entities that XML itself has; undefined where there is any other. */
function decoded(text: string): string | undefined {
  if (!text.includes('&')) return text;
  const entities = text.match(/&[^;&]*;?/g) ?? [];
  if (!entities.every((entity) => Object.hasOwn(ENTITIES, entity))) return undefined;
  return text.replace(/&[^;&]*;/g, (entity) => ENTITIES[entity] ?? '');
}

function readComment(reading: Reading): boolean {
  const { text, open, at } = reading;
  if (!text.startsWith('!--', at)) return false;
  const end = text.indexOf('--', at + 3);
  if (end < 0 || text.charCodeAt(end + 2) !== 0x3e) return false;
  open.at(-1)?.children.push({ kind: 'comment', text: text.slice(at + 3, end) });
  reading.at = end + 3;
  return true;
}

function readEnd(reading: Reading): boolean {
  const { text, open } = reading;
  const closed = open.pop();
  if (closed === undefined || !text.startsWith(closed.name, reading.at + 1)) return false;
  const end = skipBlanks(text, reading.at + 1 + closed.name.length);
  if (text.charCodeAt(end) !== 0x3e) return false;
  reading.at = end + 1;
  close(reading, closed);
  return true;
}

function readStart(reading: Reading): boolean {
  const { text, open } = reading;
  if (open.length >= reading.depthMax || (open.length === 0 && reading.root !== undefined)) {
    return false;
  }
  const nameEnd = skipName(text, reading.at);
  if (nameEnd === reading.at) return false;
  const name = text.slice(reading.at, nameEnd);
  const attributes: Record<string, string> = {};
  const end = readAttributes(text, nameEnd, attributes);
  if (end < 0) return false;
  const element: Open = { name, attributes, children: [] };
  if (text.charCodeAt(end) === 0x3e) {
    open.push(element);
    reading.at = end + 1;
    return true;
  }
  if (text.charCodeAt(end + 1) !== 0x3e) return false;
  reading.at = end + 2;
  close(reading, element);
  return true;
}

function close(reading: Reading, { name, attributes, children }: Open): void {
  const element: XmlElement = { kind: 'element', name, attributes, children };
  const parent = reading.open.at(-1);
  if (parent === undefined) reading.root = element;
  else parent.children.push(element);
}

/** Fills `attributes`; the place of the `>` or `/` that ends the tag, -1 where it is not plain. */
function readAttributes(text: string, from: number, attributes: Record<string, string>): number {
  let at = from;
  for (;;) {
    const start = skipBlanks(text, at);
    const code = text.charCodeAt(start);
    if (code === 0x3e || code === 0x2f) return start;
    const nameEnd = skipName(text, start);
    if (start === at || nameEnd === start || text.charCodeAt(nameEnd) !== 0x3d) return -1;
    const end = valueEnd(text, nameEnd + 1);
    if (end < 0) return -1;
    const value = plainValue(text.slice(nameEnd + 2, end));
    const name = text.slice(start, nameEnd);
    if (value === undefined || name === '__proto__' || Object.hasOwn(attributes, name)) return -1;
    attributes[name] = value;
    at = end + 1;
  }
}

/** The place of the quote that ends what begins with the one at `from`; -1 where there is none. */
function valueEnd(text: string, from: number): number {
  const quote = text.charAt(from);
  return quote === '"' || quote === "'" ? text.indexOf(quote, from + 1) : -1;
}

const NOT_PLAIN = /[<&\t\n]/;

/** Blanks other than the space are normalized by the strict parser. */
function plainValue(value: string): string | undefined {
  if (!NOT_PLAIN.test(value)) return value;
  return /[<\t\n]/.test(value) ? undefined : decoded(value);
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  for (let code = text.charCodeAt(at); code === 0x20 || code === 0x0a || code === 0x09;) {
    at += 1;
    code = text.charCodeAt(at);
  }
  return at;
}

/** Letters, digits, `_`, `-` and `.`; no digit, `-` or `.` in front. */
function skipName(text: string, from: number): number {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    const isLetter = (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a;
    const isInner = (code >= 0x30 && code <= 0x39) || code === 0x2d || code === 0x2e;
    if (!isLetter && code !== 0x5f && !(isInner && at > from)) return at;
    at += 1;
  }
}
