/** Can the tree be written as XML and be read again? What comes as data may hold what no file can. */
import type { CibFault } from './fault.ts';
import { NOT_XML } from './xml-format.ts';
import { everyElement } from './xml-walk.ts';
import type { XmlElement } from './xml.ts';

const NAME = /^[\p{L}_:][\p{L}\p{N}_:.\-\u00b7]*$/u;

export function checkText(root: XmlElement): readonly CibFault[] {
  const faults: CibFault[] = [];
  for (const element of everyElement(root)) {
    const at = element.attributes['id'] ?? `<${element.name}>`;
    const add = (attribute: string, value: string, what: string): void => {
      faults.push({ severity: 'error', element: at, attribute, value, what });
    };
    if (!NAME.test(element.name)) add('', '', `<${element.name}> is no name for an element`);
    for (const [name, value] of Object.entries(element.attributes)) {
      if (!NAME.test(name)) add(name, value, 'is no name for an attribute');
      if (value.search(NOT_XML) >= 0) add(name, value, 'holds characters that XML has not');
    }
    for (const child of element.children) {
      if (child.kind === 'element') continue;
      if (child.text.search(NOT_XML) >= 0) add('', '', 'holds characters that XML has not');
      if (child.kind === 'comment' && /--|-$/.test(child.text)) add('', '', 'a comment holds --');
    }
  }
  return faults;
}
