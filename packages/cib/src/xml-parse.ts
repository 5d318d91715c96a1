/** XML text to a tree, strictly: well-formed, no doctype, bounded depth and size. */
import { fail, ok, type Result } from '@holdfast/base';
import { SaxesParser } from 'saxes';
import type { XmlElement, XmlNode } from './xml.ts';

/** Bytes of text; a CIB of 20,000 resources is about 20 MB. */
const LENGTH_MAX = 64 * 1024 * 1024;
const DEPTH_MAX = 100;

export type XmlFault = { readonly line: number; readonly column: number; readonly what: string };

type Open = {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlNode[];
};

class Refused extends Error {}

/** Parses one document; the fault names line and column, counted from 1 and 0. */
export function parseXml(text: string): Result<XmlElement, XmlFault> {
  if (text.length > LENGTH_MAX) {
    return fail({ line: 1, column: 0, what: `longer than ${LENGTH_MAX} characters` });
  }
  const parser = new SaxesParser({ xmlns: false, position: true });
  const open: Open[] = [];
  let root: XmlElement | undefined;

  parser.on('error', (error) => {
    throw new Refused(error.message.replace(/^[^:]*:\d+:\d+: /, ''));
  });
  parser.on('doctype', () => {
    throw new Refused('a document type declaration is not allowed');
  });
  parser.on('opentag', ({ name, attributes }) => {
    if (open.length >= DEPTH_MAX) throw new Refused(`nested deeper than ${DEPTH_MAX} elements`);
    open.push({ name, attributes: { ...attributes }, children: [] });
  });
  parser.on('closetag', () => {
    const closed = open.pop();
    if (closed === undefined) return;
    const element: XmlElement = { kind: 'element', ...closed };
    const parent = open.at(-1);
    if (parent === undefined) root = element;
    else parent.children.push(element);
  });
  parser.on('text', (content) => {
    if (content.trim() !== '') open.at(-1)?.children.push({ kind: 'text', text: content });
  });
  parser.on('cdata', (content) => {
    open.at(-1)?.children.push({ kind: 'text', text: content });
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
