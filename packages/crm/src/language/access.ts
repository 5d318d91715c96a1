/** Access lists: role, acl_target, acl_group, and the older user. */
import { element, type XmlElement } from '@holdfast/cib';
import {
  type Cursor,
  isAtEnd,
  isNext,
  Refused,
  take,
  takeId,
  takeLabel,
  takeOption,
} from './cursor.ts';
import type { ParsedObject } from './parsed.ts';

const RIGHTS: readonly string[] = ['read', 'write', 'deny'];

export function parseRole(place: Cursor): ParsedObject {
  const id = takeId(place, 'the id of the role');
  const attributes: Record<string, string> = { id };
  const description = takeOption(place, 'description');
  if (description !== undefined) attributes['description'] = description;
  const permissions: XmlElement[] = [];
  while (!isAtEnd(place)) permissions.push(takePermission(place));
  if (permissions.length === 0) throw new Refused('expected read, write or deny');
  return { kind: 'acl', element: element('acl_role', attributes, permissions) };
}

function takePermission(place: Cursor): XmlElement {
  const kind = take(place, RIGHTS.join(', ')).toLowerCase();
  if (!RIGHTS.includes(kind)) throw new Refused(`expected ${RIGHTS.join(', ')}, found "${kind}"`);
  const attributes: Record<string, string> = { kind };
  const id = takeLabel(place);
  if (id !== undefined) attributes['id'] = id;
  const description = takeOption(place, 'description');
  if (description !== undefined) attributes['description'] = description;
  while (!isAtEnd(place) && !isNext(place, ...RIGHTS)) {
    Object.assign(attributes, permissionTarget(take(place, 'what the permission is for')));
  }
  return element('acl_permission', attributes);
}

function permissionTarget(word: string): Readonly<Record<string, string>> {
  const [, prefix = '', rest = ''] = /^([a-z]+):(.+)$/s.exec(word) ?? [];
  switch (prefix) {
    case 'xpath':
      return { xpath: rest };
    case 'ref':
      return { reference: rest };
    case 'type':
    case 'tag':
      return { 'object-type': rest };
    case 'attr':
    case 'attribute':
      return { attribute: rest };
    default: {
      const xpath = shortcutXpath(word);
      if (xpath === undefined) throw new Refused(`"${word}" names nothing a permission can be for`);
      return { xpath };
    }
  }
}

/** `meta:web:target-role` and the like, as the XPath they stand for. */
export function shortcutXpath(word: string): string | undefined {
  const [name = '', a, b] = word.split(':');
  const pair = (attribute: string | undefined): string =>
    attribute === undefined ? '' : `/nvpair[@name='${attribute}']`;
  switch (name) {
    case 'cib':
      return '/cib';
    case 'status':
      return '/cib/status';
    case 'node':
      return a === undefined ? '//nodes/node' : `//nodes/node[@uname='${a}']`;
    case 'nodeattr':
      return `//nodes/node/instance_attributes${pair(a)}`;
    case 'nodeutil':
      return a === undefined
        ? '//nodes/node/utilization'
        : `//nodes/node/utilization[@uname='${a}']`;
    case 'property':
      return `//crm_config/cluster_property_set${pair(a)}`;
    default:
      return a === undefined ? undefined : resourceXpath(name, a, pair(b));
  }
}

function resourceXpath(name: string, resource: string, pair: string): string | undefined {
  switch (name) {
    case 'meta':
      return `//primitive[@id='${resource}']/meta_attributes${pair}`;
    case 'params':
      return `//primitive[@id='${resource}']/instance_attributes${pair}`;
    case 'utilization':
      return `//primitive[@id='${resource}']/utilization`;
    case 'location':
      return `//rsc_location[@id='cli-prefer-${resource}' and @rsc='${resource}']`;
    default:
      return undefined;
  }
}

export function parseAclTarget(place: Cursor, name: 'acl_target' | 'acl_group'): ParsedObject {
  const id = takeId(place, 'a user or group');
  const roles: XmlElement[] = [];
  while (!isAtEnd(place)) roles.push(element('role', { id: takeId(place, 'a role') }));
  if (roles.length === 0) throw new Refused('expected at least one role');
  return { kind: 'acl', element: element(name, { id }, roles) };
}

/** The old form: roles by `role:`, or permissions of his own. */
export function parseUser(place: Cursor): ParsedObject {
  const id = takeId(place, 'a user');
  const children: XmlElement[] = [];
  while (!isAtEnd(place)) {
    const word = take(place, 'role:NAME');
    const [, role] = /^role:(.+)$/.exec(word) ?? [];
    if (role === undefined) throw new Refused(`expected role:NAME, found "${word}"`);
    children.push(element('role_ref', { id: role }));
  }
  if (children.length === 0) throw new Refused('expected role:NAME');
  return { kind: 'acl', element: element('acl_user', { id }, children) };
}
