/** Changes to objects that stay: rename, modgroup, set. */
import { fail, nearest, ok, type Result } from '@holdfast/base';
import {
  childElements,
  firstChild,
  replaceChild,
  withAttributes,
  withChildren,
  type XmlElement,
} from '@holdfast/cib';
import {
  changeSection,
  everyObject,
  findObject,
  findResource,
  isResource,
  mapElements,
  parentOf,
  replaceAnywhere,
  takenIds,
} from './places.ts';

/** Attributes that hold the id of another object. */
const REFERENCES: readonly string[] = ['rsc', 'with-rsc', 'first', 'then', 'template'];

/** The object under a new id, and everything that refers to it with it. */
export function renameObject(
  cib: XmlElement,
  from: string,
  to: string,
): Result<XmlElement, string> {
  const object = findObject(cib, from);
  if (object === undefined) return fail(`there is no ${from}.${suggestion(cib, from)}`);
  if (object.name === 'node') return fail('a node is renamed in corosync.conf, not here');
  if (takenIds(cib).has(to)) return fail(`the id ${to} is taken`);
  return ok(
    mapElements(cib, (each) => {
      const isReference = /^(resource_ref|obj_ref)$/.test(each.name);
      const attributes: Record<string, string> = {};
      if (each.attributes['id'] === from && (isReference || each.name === object.name)) {
        attributes['id'] = to;
      }
      for (const name of REFERENCES) if (each.attributes[name] === from) attributes[name] = to;
      const devices = each.attributes['devices']?.split(',');
      if (devices?.includes(from) === true) {
        attributes['devices'] = devices.map((device) => (device === from ? to : device)).join(',');
      }
      return Object.keys(attributes).length === 0 ? each : withAttributes(each, attributes);
    }),
  );
}

export function suggestion(cib: XmlElement, id: string): string {
  const near = nearest(
    id,
    everyObject(cib).flatMap(({ attributes }) => [
      attributes['id'] ?? '',
      attributes['uname'] ?? '',
    ]),
  );
  return near === undefined || near === '' ? '' : ` Did you mean ${near}?`;
}

/** `modgroup g add r [after|before x]`, `modgroup g remove r`. */
export function modifyGroup(cib: XmlElement, words: readonly string[]): Result<XmlElement, string> {
  const [id = '', action = '', member = '', where, anchor = ''] = words;
  const group = findResource(cib, id);
  if (group?.name !== 'group') return fail(`there is no group ${id}.${suggestion(cib, id)}`);
  const isInside = childElements(group).some((each) => each.attributes['id'] === member);
  switch (action) {
    case 'add':
      if (isInside && where === undefined) return fail(`${member} is in ${id} already`);
      return addToGroup(cib, group, { member, where, anchor });
    case 'remove':
      return isInside ? removeFromGroup(cib, group, member) : fail(`${member} is not in ${id}`);
    default:
      return fail(
        'expected modgroup GROUP add RESOURCE [after|before RESOURCE] or remove RESOURCE',
      );
  }
}

function addToGroup(
  cib: XmlElement,
  group: XmlElement,
  what: { readonly member: string; readonly where: string | undefined; readonly anchor: string },
): Result<XmlElement, string> {
  const { member, where, anchor } = what;
  const id = group.attributes['id'] ?? '';
  const found = findResource(cib, member);
  if (found === undefined) return fail(`there is no resource ${member}.${suggestion(cib, member)}`);
  if (found.name !== 'primitive')
    return fail(`a group cannot hold ${member}, which is a ${found.name}`);
  const parent = parentOf(cib, member);
  if (parent !== undefined && parent !== group)
    return fail(`${member} is in ${parent.attributes['id'] ?? ''} already`);
  const rest = replaceAnywhere(cib, found, undefined);
  const current = findResource(rest, id) ?? group;
  const children = [...current.children];
  if (where === undefined) children.push(found);
  else {
    const at = children.findIndex(
      (child) => child.kind === 'element' && child.attributes['id'] === anchor,
    );
    if (!/^(after|before)$/.test(where) || at < 0) return fail(`${anchor} is not in ${id}`);
    children.splice(where === 'after' ? at + 1 : at, 0, found);
  }
  return ok(replaceAnywhere(rest, current, withChildren(current, children)));
}

function removeFromGroup(
  cib: XmlElement,
  group: XmlElement,
  member: string,
): Result<XmlElement, string> {
  const members = childElements(group).filter(isResource);
  const found = members.find((each) => each.attributes['id'] === member);
  if (found === undefined || members.length === 1) {
    return fail(
      `${member} is the only member of ${group.attributes['id'] ?? ''}; delete the group instead`,
    );
  }
  const rest = replaceAnywhere(cib, found, undefined);
  return ok(changeSection(rest, 'resources', (top) => withChildren(top, [...top.children, found])));
}

/** `set id.attr value`, `set id.op.attr value`, `set id.op.interval.attr value`: what is there, changed. */
export function setValue(cib: XmlElement, path: string, value: string): Result<XmlElement, string> {
  const [id = '', ...rest] = path.split('.');
  const name = rest.at(-1);
  const object = findObject(cib, id);
  if (object === undefined) return fail(`there is no ${id}.${suggestion(cib, id)}`);
  if (name === undefined) return fail('expected set ID.[OP.[INTERVAL.]]ATTRIBUTE VALUE');
  const changed =
    rest.length === 1 ? setPairBelow(object, name, value) : setOpValue(object, rest, value);
  if (changed === undefined) return fail(`${id} has no ${rest.join('.')}`);
  return ok(replaceAnywhere(cib, object, changed));
}

function setPairBelow(object: XmlElement, name: string, value: string): XmlElement | undefined {
  const own = childElements(object, 'nvpair').find((each) => each.attributes['name'] === name);
  if (own !== undefined) return replaceChild(object, own, withAttributes(own, { value }));
  for (const block of childElements(object)) {
    if (!/^(instance_attributes|meta_attributes|utilization)$/.test(block.name)) continue;
    const changed = setPairBelow(block, name, value);
    if (changed !== undefined) return replaceChild(object, block, changed);
  }
  return undefined;
}

function setOpValue(
  object: XmlElement,
  path: readonly string[],
  value: string,
): XmlElement | undefined {
  const [opName = '', second = '', third] = path;
  const name = third ?? second;
  const interval = third === undefined ? undefined : second;
  const operations = firstChild(object, 'operations');
  if (operations === undefined) return undefined;
  const op = childElements(operations, 'op').find(
    ({ attributes }) =>
      attributes['name'] === opName &&
      (interval === undefined || attributes['interval'] === interval),
  );
  if (op === undefined) return undefined;
  return replaceChild(
    object,
    operations,
    replaceChild(operations, op, withAttributes(op, { [name]: value })),
  );
}
