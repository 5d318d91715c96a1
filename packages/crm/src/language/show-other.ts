/** Bundles, alerts and access lists as commands. */
import { childElements, type XmlElement } from '@holdfast/cib';
import { shortcutXpath } from './access.ts';
import { blocks, description, pair, quote, type ShowOptions } from './show-parts.ts';

const RESOURCES = /^(primitive|group|clone|master)$/;
const ALERT_BLOCKS = { attributes: 'instance_attributes', meta: 'meta_attributes' } as const;

export function showBundle(object: XmlElement, options: ShowOptions): readonly string[] {
  const parts = childElements(object).flatMap((child): readonly string[] => {
    switch (child.name) {
      case 'meta_attributes':
        return [];
      case 'network':
        return [mapped(child, 'port-mapping')];
      case 'storage':
        return [mapped(child, 'storage-mapping')];
      default:
        return RESOURCES.test(child.name) ? [] : [[child.name, ...attributePairs(child)].join(' ')];
    }
  });
  const members = childElements(object)
    .filter(({ name }) => RESOURCES.test(name))
    .map(({ attributes }) => `primitive ${attributes['id'] ?? ''}`);
  return [
    `bundle ${object.attributes['id'] ?? ''}`,
    ...parts,
    ...blocks(object, { meta: 'meta_attributes' }, options),
    ...members,
  ];
}

function mapped(object: XmlElement, mapping: string): string {
  const mappings = childElements(object, mapping).map((each) =>
    [mapping, ...attributePairs(each)].join(' '),
  );
  return [object.name, ...attributePairs(object), ...mappings].join(' ');
}

function attributePairs(object: XmlElement): readonly string[] {
  return Object.entries(object.attributes).map(([name, value]) => pair(name, value));
}

export function showAlert(object: XmlElement, options: ShowOptions): readonly string[] {
  const { id = '', path = '' } = object.attributes;
  const recipients = childElements(object, 'recipient').map((recipient) => {
    const inside = blocks(recipient, ALERT_BLOCKS, options);
    const value = quote(recipient.attributes['value'] ?? '');
    return inside.length === 0 ? `to ${value}` : `to { ${[value, ...inside].join(' ')} }`;
  });
  return [
    ['alert', id, quote(path), ...description(object)].join(' '),
    ...blocks(object, ALERT_BLOCKS, options),
    ...childElements(object, 'select').map(showSelect),
    ...recipients,
  ];
}

function showSelect(select: XmlElement): string {
  const chosen = childElements(select).map((child) => {
    if (child.name !== 'select_attributes') return child.name.replace('select_', '');
    const names = childElements(child, 'attribute').map(
      ({ attributes }) => attributes['name'] ?? '',
    );
    return `attributes { ${names.join(' ')} }`;
  });
  return ['select', ...chosen].join(' ');
}

export function showAccess(object: XmlElement): readonly string[] {
  const { id = '' } = object.attributes;
  switch (object.name) {
    case 'acl_role':
      return [
        ['role', id, ...description(object)].join(' '),
        ...childElements(object, 'acl_permission').map(showPermission),
      ];
    case 'acl_user':
      return [
        `user ${id}`,
        ...childElements(object).map((each) => `role:${each.attributes['id'] ?? ''}`),
      ];
    default:
      return [
        `${object.name} ${id}`,
        ...childElements(object, 'role').map(({ attributes }) => attributes['id'] ?? ''),
      ];
  }
}

function showPermission(permission: XmlElement): string {
  const { kind = '', xpath, reference, attribute } = permission.attributes;
  const type = permission.attributes['object-type'];
  return [
    kind,
    ...description(permission),
    ...(xpath === undefined ? [] : [shortcutOf(xpath) ?? `xpath:${quote(xpath)}`]),
    ...(reference === undefined ? [] : [`ref:${reference}`]),
    ...(attribute === undefined ? [] : [`attr:${attribute}`]),
    ...(type === undefined ? [] : [`type:${type}`]),
  ].join(' ');
}

/** The short word for an XPath, where there is one. */
function shortcutOf(xpath: string): string | undefined {
  const names = [...xpath.matchAll(/'([^']*)'/g)].map((found) => found[1] ?? '');
  const [a = '', b = ''] = names;
  const candidates = [
    'cib',
    'status',
    'node',
    `node:${a}`,
    'nodeattr',
    `nodeattr:${a}`,
    'nodeutil',
    `nodeutil:${a}`,
    'property',
    `property:${a}`,
    `meta:${a}`,
    `meta:${a}:${b}`,
    `params:${a}`,
    `params:${a}:${b}`,
    `utilization:${a}`,
    `location:${b}`,
  ];
  return candidates.find((each) => shortcutXpath(each) === xpath);
}
