/**
 * The CIB as a file: plain XML that any CIB tool reads, behind one comment line with what the cluster
 * must know besides (its term) and a checksum of everything that follows.
 */
import { fail, ok, type Result, sha256 } from '@holdfast/base';
import { formatXml } from './xml-format.ts';
import { parseXml } from './xml-parse.ts';
import type { XmlElement } from './xml.ts';

export type DiskFault =
  | { readonly kind: 'checksum'; readonly expected: string; readonly found: string }
  | {
      readonly kind: 'not-xml';
      readonly line: number;
      readonly column: number;
      readonly what: string;
    }
  | { readonly kind: 'not-a-cib'; readonly found: string };

export type OnDisk = { readonly root: XmlElement; readonly term: number };

const HEADER = /^<!-- holdfast term="(\d{1,15})" sha256="([0-9a-f]{64})" -->\n/;

export function encodeDisk({ root, term }: OnDisk): string {
  const body = formatXml(root);
  return `<!-- holdfast term="${term}" sha256="${sha256(body)}" -->\n${body}`;
}

/** Reads what `encodeDisk` wrote, or a plain CIB of another origin (term 0, no checksum to keep). */
export function decodeDisk(text: string): Result<OnDisk, DiskFault> {
  const header = HEADER.exec(text);
  const body = header === null ? text : text.slice(header[0].length);
  if (header !== null) {
    const found = sha256(body);
    const expected = header[2] ?? '';
    if (found !== expected) return fail({ kind: 'checksum', expected, found });
  }
  const parsed = parseXml(body);
  if (!parsed.ok) return fail({ kind: 'not-xml', ...parsed.fault });
  if (parsed.value.name !== 'cib') return fail({ kind: 'not-a-cib', found: parsed.value.name });
  return ok({ root: parsed.value, term: header === null ? 0 : Number(header[1]) });
}

export function describeDiskFault(fault: DiskFault): string {
  switch (fault.kind) {
    case 'checksum':
      return `its checksum is ${fault.found.slice(0, 12)}…, written was ${fault.expected.slice(0, 12)}…`;
    case 'not-xml':
      return `line ${fault.line}, column ${fault.column}: ${fault.what}`;
    case 'not-a-cib':
      return `its root element is <${fault.found}>, not <cib>`;
  }
}
