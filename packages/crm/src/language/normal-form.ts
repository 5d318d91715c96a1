/** What an object means, as one text: ids that anybody could generate again are left out. */
import { element, type XmlElement } from '@holdfast/cib';
import type { ParsedObject } from './parsed.ts';

/** Elements whose id is a reference, or their whole meaning. */
const ID_MATTERS = /^(resource_ref|obj_ref|role|role_ref)$/;
const RESOURCES = /^(primitive|group|clone|master|bundle)$/;

/** Two elements of one form mean the same. */
export function normalForm(object: XmlElement): string {
  return write(object, true);
}

/** The form the object would have that these words make. */
export function normalFormOfParsed(parsed: ParsedObject): string | undefined {
  switch (parsed.kind) {
    case 'resource':
      return normalForm({
        ...parsed.element,
        children: [
          ...parsed.element.children,
          ...parsed.members.map((id) => element('primitive', { id })),
        ],
      });
    case 'topology':
      return normalForm(
        element(
          'fencing-topology',
          {},
          parsed.levels.map(({ target, index, devices }) =>
            element('fencing-level', { ...target, index: String(index), devices }),
          ),
        ),
      );
    case 'constraint':
    case 'tag':
    case 'alert':
    case 'acl':
    case 'node':
    case 'set':
    case 'xml':
      return normalForm(parsed.element);
    case 'op':
      return undefined;
  }
}

function write(object: XmlElement, isRoot: boolean): string {
  const attributes = Object.entries(withDefaults(object, isRoot))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => ` ${name}=${JSON.stringify(value)}`)
    .join('');
  const children = object.children.flatMap((child): readonly { name: string; text: string }[] => {
    if (child.kind !== 'element') return [];
    if (isRoot && RESOURCES.test(child.name)) {
      return [{ name: '~member', text: `<member ${child.attributes['id'] ?? ''}>` }];
    }
    return [{ name: child.name, text: write(child, false) }];
  });
  // Blocks of one kind keep their order; kinds among each other have none.
  const sorted = children.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return `<${object.name}${attributes}>${sorted.map(({ text }) => text).join('')}</>`;
}

/** Values that say the same as leaving the attribute out, by element. */
const UNSAID: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  rule: { 'boolean-op': 'and' },
  resource_set: { sequential: 'true', 'require-all': 'true' },
};

function withDefaults(object: XmlElement, isRoot: boolean): Readonly<Record<string, string>> {
  const attributes = { ...object.attributes };
  const isNameless = !isRoot && !ID_MATTERS.test(object.name);
  const isOwnName = isRoot && object.name === 'node' && attributes['id'] === attributes['uname'];
  if (isNameless || isOwnName) delete attributes['id'];
  for (const [name, value] of Object.entries(UNSAID[object.name] ?? {})) {
    if (attributes[name] === value) Reflect.deleteProperty(attributes, name);
  }
  const isOneShot = object.name === 'op' && attributes['name']?.startsWith('monitor') === false;
  return isOneShot ? { interval: '0s', ...attributes } : attributes;
}
