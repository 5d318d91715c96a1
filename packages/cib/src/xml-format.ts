/** A tree to text: one tag a line, two blanks a level, as tools that read CIBs line by line expect. */
import type { XmlElement, XmlNode } from './xml.ts';

/** Control characters, halves of surrogate pairs, and the two that are no characters. */
export const NOT_XML =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\r': '&#13;',
  '\t': '&#9;',
};

function escapeAttribute(text: string): string {
  return legible(text).replace(/[&<>"\n\r\t]/g, (found) => ESCAPES[found] ?? found);
}

/** A carriage return would be read as a line feed; everything else in text is kept as it is. */
function escapeText(text: string): string {
  return legible(text).replace(/[&<>\r]/g, (found) => ESCAPES[found] ?? found);
}

/** What XML cannot say at all (an agent's message may hold anything) becomes a replacement character. */
function legible(text: string): string {
  return text.replace(NOT_XML, '\ufffd');
}

/** `indent` is in levels, not blanks. Ends with a line feed. */
export function formatXml(element: XmlElement, indent = 0): string {
  const lines: string[] = [];
  write(element, indent, lines);
  return `${lines.join('\n')}\n`;
}

function write(node: XmlNode, depth: number, lines: string[]): void {
  const pad = '  '.repeat(depth);
  if (node.kind !== 'element' || isInline(node)) {
    lines.push(pad + inline(node));
    return;
  }
  lines.push(`${pad}<${node.name}${formatAttributes(node)}>`);
  for (const child of node.children) write(child, depth + 1, lines);
  lines.push(`${pad}</${node.name}>`);
}

/** Where there is text, blanks and line ends are content: nothing may be added. */
function isInline(element: XmlElement): boolean {
  return element.children.length === 0 || element.children.some(({ kind }) => kind === 'text');
}

function inline(node: XmlNode): string {
  switch (node.kind) {
    case 'comment':
      return `<!--${node.text}-->`;
    case 'text':
      return escapeText(node.text);
    case 'element': {
      const start = `<${node.name}${formatAttributes(node)}`;
      if (node.children.length === 0) return `${start}/>`;
      return `${start}>${node.children.map(inline).join('')}</${node.name}>`;
    }
  }
}

function formatAttributes(element: XmlElement): string {
  return Object.entries(element.attributes)
    .map(([name, value]) => ` ${name}="${escapeAttribute(value)}"`)
    .join('');
}
