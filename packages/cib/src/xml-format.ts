/** A tree to text: one tag a line, two blanks a level, as tools that read CIBs line by line expect. */
import type { XmlElement, XmlNode } from './xml.ts';

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
  return text.replace(/[&<>"\n\r\t]/g, (found) => ESCAPES[found] ?? found);
}

function escapeText(text: string): string {
  return text.replace(/[&<>]/g, (found) => ESCAPES[found] ?? found);
}

export function formatXml(element: XmlElement, indent = 0): string {
  const lines: string[] = [];
  write(element, indent, lines);
  return `${lines.join('\n')}\n`;
}

function write(node: XmlNode, depth: number, lines: string[]): void {
  const pad = '  '.repeat(depth);
  switch (node.kind) {
    case 'comment':
      lines.push(`${pad}<!--${node.text}-->`);
      return;
    case 'text':
      lines.push(`${pad}${escapeText(node.text)}`);
      return;
    case 'element':
      writeElement(node, pad, depth, lines);
      return;
  }
}

function writeElement(element: XmlElement, pad: string, depth: number, lines: string[]): void {
  const attributes = Object.entries(element.attributes)
    .map(([name, value]) => ` ${name}="${escapeAttribute(value)}"`)
    .join('');
  const [only] = element.children;
  if (only === undefined) {
    lines.push(`${pad}<${element.name}${attributes}/>`);
    return;
  }
  if (element.children.length === 1 && only.kind === 'text') {
    lines.push(`${pad}<${element.name}${attributes}>${escapeText(only.text)}</${element.name}>`);
    return;
  }
  lines.push(`${pad}<${element.name}${attributes}>`);
  for (const child of element.children) write(child, depth + 1, lines);
  lines.push(`${pad}</${element.name}>`);
}
