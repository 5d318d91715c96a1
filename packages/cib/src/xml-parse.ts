/** XML text to a tree, strictly: well-formed, no doctype, bounded depth and size. */
import { fail, ok, type Result } from '@holdfast/base';
import { SaxesParser } from 'saxes';
import type { XmlElement, XmlNode } from './xml.ts';
import { parsePlain } from './xml-plain.ts';

/** Characters; a CIB of 20,000 resources is about 20 MB. */
const LENGTH_MAX = 64 * 1024 * 1024;
const DEPTH_MAX = 100;

export type XmlFault = { readonly line: number; readonly column: number; readonly what: string };

/** What a document may be at most; whoever reads from outside may set them lower. */
export type XmlLimits = { readonly lengthMax: number; readonly depthMax: number };

type Open = {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlNode[];
};

class Refused extends Error {}

/**
 * Parses one document. The fault names the line, counted from 1, and the column, counted from 0, at
 * which the parser could not go on.
 */
export function parseXml(
  text: string,
  limits: XmlLimits = { lengthMax: LENGTH_MAX, depthMax: DEPTH_MAX },
): Result<XmlElement, XmlFault> {
  if (text.length > limits.lengthMax) {
    return fail({ line: 1, column: 0, what: `longer than ${limits.lengthMax} characters` });
  }
  const plain = parsePlain(text, limits.depthMax);
  return plain === undefined ? parseStrictly(text, limits) : ok(plain);
}

/** Every kind of document; slower. */
export function parseStrictly(text: string, limits: XmlLimits): Result<XmlElement, XmlFault> {
  const parser = new SaxesParser({ xmlns: false, position: true });
  const open: Open[] = [];
  let root: XmlElement | undefined;

  parser.on('error', (error) => {
    throw new Refused(error.message.replace(/^[^:]*:\d+:\d+: /, ''));
  });
  parser.on('doctype', () => {
    throw new Refused('a document type declaration is not allowed');
  });
  parser.on('xmldecl', ({ version }) => {
    if (version !== '1.0') throw new Refused(`XML ${version ?? 'without a version'} is not read`);
  });
  parser.on('processinginstruction', ({ target }) => {
    throw new Refused(`a processing instruction (${target}) is not allowed`);
  });
  parser.on('opentag', ({ name, attributes }) => {
    if (open.length >= limits.depthMax)
      throw new Refused(`nested deeper than ${limits.depthMax} elements`);
    open.push({ name, attributes: { ...attributes }, children: [] });
  });
  parser.on('closetag', () => {
    const closed = open.pop();
    if (closed === undefined) return;
    const children = closed.children.filter(isContent);
    const element: XmlElement = { kind: 'element', ...closed, children };
    const parent = open.at(-1);
    if (parent === undefined) root = element;
    else parent.children.push(element);
  });
  parser.on('text', (content) => {
    addText(open.at(-1), content);
  });
  parser.on('cdata', (content) => {
    addText(open.at(-1), content);
  });
  parser.on('comment', (content) => {
    open.at(-1)?.children.push({ kind: 'comment', text: content });
  });

  try {
    parser.write(text).close();
  } catch (cause) {
    const what = cause instanceof Error ? cause.message : String(cause);
    return fail({ line: parser.line, column: parser.column, what: what.replace(/^\d+:\d+: /, '') });
  }
  return root === undefined ? fail({ line: 1, column: 0, what: 'no element at all' }) : ok(root);
}

/** Text and CDATA side by side are one text. */
function addText(parent: Open | undefined, text: string): void {
  if (parent === undefined) return;
  const last = parent.children.at(-1);
  const before = last?.kind === 'text' ? last.text : undefined;
  if (before !== undefined) parent.children.pop();
  parent.children.push({ kind: 'text', text: `${before ?? ''}${text}` });
}

/** Blanks between tags only lay the document out. */
function isContent(node: XmlNode): boolean {
  return node.kind !== 'text' || node.text.trim() !== '';
}
