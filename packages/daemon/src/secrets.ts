/** What is not shown to those who may only read. */
import { withAttributes, withChildren, type XmlElement } from '@holdfast/cib';

/** Names of values that open doors: passwords, communities, the group key of a BMC. */
const SECRET = /passw|community|secret|^(hexadecimal[_-])?kg$/i;

/** The same document with stars for every value that opens a door. */
export function withoutSecrets(element: XmlElement): XmlElement {
  const children = element.children.map((child) =>
    child.kind === 'element' ? withoutSecrets(child) : child,
  );
  const isSecret = element.name === 'nvpair' && SECRET.test(element.attributes['name'] ?? '');
  return withChildren(isSecret ? withAttributes(element, { value: '******' }) : element, children);
}
