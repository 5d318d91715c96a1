/** Parsed objects into the draft: nothing is changed where anything is wrong. */
import { fail, nearest, ok, type Result } from '@holdfast/base';
import {
  changeChild,
  childElements,
  element,
  firstChild,
  setPair,
  withAttributes,
  withChildren,
  type XmlElement,
} from '@holdfast/cib';
import { assignIds } from '../language/assign-ids.ts';
import type { ParsedObject, TopologyLevel } from '../language/parsed.ts';
import {
  changeSection,
  everyResourceElement,
  findObject,
  findResource,
  parentOf,
  replaceAnywhere,
  section,
  sectionOf,
  takenIds,
} from './places.ts';

export type PutOptions = {
  /** Lines of comment that belong to the object. */
  readonly comments?: readonly string[];
  /** Replace what has the same id (load update); otherwise that is refused. */
  readonly isUpdate?: boolean;
};

/** `cib` with the object in it; the fault is one sentence. */
export function putObject(
  cib: XmlElement,
  parsed: ParsedObject,
  options: PutOptions = {},
): Result<XmlElement, string> {
  switch (parsed.kind) {
    case 'resource':
      return putResource(cib, commented(parsed.element, options), parsed.members, options);
    case 'constraint':
    case 'tag':
    case 'alert':
    case 'acl':
      return putPlain(cib, commented(parsed.element, options), options);
    case 'xml':
      return putXml(cib, commented(parsed.element, options), options);
    case 'node':
      return ok(putNode(cib, commented(parsed.element, options)));
    case 'set':
      return putSet(cib, parsed.section, parsed.element);
    case 'topology':
      return putTopology(cib, parsed.levels);
    case 'op':
      return putOp(cib, parsed.resource, parsed.element);
  }
}

function commented(object: XmlElement, { comments = [] }: PutOptions): XmlElement {
  if (comments.length === 0) return object;
  const children = comments.map((text) => ({ kind: 'comment', text }) as const);
  return withChildren(object, [...children, ...object.children]);
}

function idOf(object: XmlElement): string {
  return object.attributes['id'] ?? '';
}

/** Refused where the id is taken by something else, or by the same thing and this is no update. */
function clash(cib: XmlElement, object: XmlElement, { isUpdate }: PutOptions): string | undefined {
  const id = idOf(object);
  const existing = findObject(cib, id);
  if (existing === undefined) {
    return takenIds(cib).has(id) ? `the id ${id} is taken by a part of another object` : undefined;
  }
  if (existing.name !== object.name && sectionOf(existing.name) !== sectionOf(object.name)) {
    return `${id} exists already, as ${existing.name}`;
  }
  return isUpdate === true
    ? undefined
    : `${id} exists already; change it with "set", or delete it first`;
}

function putPlain(
  cib: XmlElement,
  object: XmlElement,
  options: PutOptions,
): Result<XmlElement, string> {
  const refusal = clash(cib, object, options);
  if (refusal !== undefined) return fail(refusal);
  const existing = findObject(cib, idOf(object));
  const bare =
    existing === undefined
      ? cib
      : replaceAnywhere(
          cib,
          existing,
          existing.children.length === 0 ? existing : withChildren(existing, []),
        );
  const made = assignIds(object, takenIds(bare));
  const old = findObject(bare, idOf(object));
  if (old !== undefined) return ok(replaceAnywhere(bare, old, made));
  return ok(append(cib, sectionOf(object.name) ?? '', made));
}

function append(cib: XmlElement, name: string, object: XmlElement): XmlElement {
  return changeSection(cib, name, (found) => withChildren(found, [...found.children, object]));
}

function putXml(
  cib: XmlElement,
  object: XmlElement,
  options: PutOptions,
): Result<XmlElement, string> {
  if (sectionOf(object.name) === undefined)
    return fail(`xml: there is no place for <${object.name}>`);
  if (idOf(object) === '') return fail(`xml: <${object.name}> needs an id`);
  return putPlain(cib, object, options);
}

/** Members leave the place where they are and stand inside from now on. */
function putResource(
  cib: XmlElement,
  object: XmlElement,
  members: readonly string[],
  options: PutOptions,
): Result<XmlElement, string> {
  const id = idOf(object);
  const refusal = clash(cib, object, options);
  if (refusal !== undefined) return fail(refusal);
  const children: XmlElement[] = [];
  let next = cib;
  for (const member of members) {
    const taken = takeMember(cib, object, member);
    if (!taken.ok) return taken;
    if (children.some((child) => idOf(child) === member))
      return fail(`${id} names ${member} twice`);
    const current = findResource(next, member) ?? taken.value;
    next = replaceAnywhere(next, current, undefined);
    children.push(taken.value);
  }
  const existing = findResource(next, id);
  if (existing !== undefined && members.length > 0) next = freeMembers(next, existing, members);
  const bare = findResource(next, id);
  const emptied = bare === undefined ? next : replaceAnywhere(next, bare, withChildren(bare, []));
  const taken = takenIds(emptied);
  for (const child of children) for (const each of takenIds(wrap(child))) taken.add(each);
  const made = assignIds(object, taken);
  const whole = withChildren(made, [...made.children, ...children]);
  const old = findResource(emptied, id);
  if (old !== undefined) return ok(replaceAnywhere(emptied, old, whole));
  return ok(append(emptied, 'resources', whole));
}

function wrap(child: XmlElement): XmlElement {
  return element('configuration', {}, [child]);
}

function takeMember(
  cib: XmlElement,
  collection: XmlElement,
  member: string,
): Result<XmlElement, string> {
  const found = findResource(cib, member);
  if (found === undefined || found.name === 'template') {
    const ids = everyResourceElement(cib).map(idOf);
    const near = nearest(member, ids);
    return fail(
      `there is no resource ${member}.${near === undefined ? '' : ` Did you mean ${near}?`}`,
    );
  }
  const isFit =
    collection.name === 'clone' || collection.name === 'master'
      ? found.name === 'primitive' || found.name === 'group'
      : found.name === 'primitive';
  if (!isFit) return fail(`a ${collection.name} cannot hold ${member}, which is a ${found.name}`);
  const parent = parentOf(cib, member);
  if (parent !== undefined && idOf(parent) !== idOf(collection)) {
    return fail(`${member} is in ${idOf(parent)} already`);
  }
  return ok(found);
}

/** Former members that the new definition leaves out go back to the top. */
function freeMembers(cib: XmlElement, collection: XmlElement, kept: readonly string[]): XmlElement {
  const freed = childElements(collection).filter(
    (child) => sectionOf(child.name) === 'resources' && !kept.includes(idOf(child)),
  );
  let next = cib;
  for (const child of freed) {
    next = append(replaceAnywhere(next, child, undefined), 'resources', child);
  }
  return next;
}

/** A node that is there already keeps what it has; what is named is set. */
function putNode(cib: XmlElement, object: XmlElement): XmlElement {
  const { uname = '', id, ...rest } = object.attributes;
  const existing = section(cib, 'nodes').find(
    ({ attributes }) =>
      attributes['uname'] === uname || (id !== undefined && attributes['id'] === id),
  );
  if (existing === undefined) {
    const made = assignIds(withAttributes(object, { id: id ?? uname }), takenIds(cib));
    return append(cib, 'nodes', made);
  }
  let next = withAttributes(existing, { uname, ...rest, ...(id === undefined ? {} : { id }) });
  for (const block of childElements(object)) {
    if (childElements(block).some(({ name }) => name !== 'nvpair')) continue;
    const setId = `${uname}-${block.name}`;
    for (const { attributes } of childElements(block)) {
      next = setPair(next, block.name, setId, {
        name: attributes['name'] ?? '',
        value: attributes['value'] ?? '',
      });
    }
  }
  return replaceAnywhere(cib, existing, next);
}

/** Properties join the set of the same id; a set with a rule is one of its own. */
function putSet(
  cib: XmlElement,
  where: 'crm_config' | 'rsc_defaults' | 'op_defaults',
  set: XmlElement,
): Result<XmlElement, string> {
  const id = idOf(set);
  const existing = section(cib, where).find(({ attributes }) => attributes['id'] === id);
  const hasRule = firstChild(set, 'rule') !== undefined;
  if (existing === undefined || set.attributes['id-ref'] !== undefined) {
    return ok(append(cib, where, assignIds(set, takenIds(cib))));
  }
  if (hasRule || firstChild(existing, 'rule') !== undefined) {
    const free = withAttributes(set, { id: freeSetId(cib, id) });
    return ok(append(cib, where, assignIds(free, takenIds(cib))));
  }
  let holder = element('holder', {}, [existing]);
  for (const { attributes } of childElements(set, 'nvpair')) {
    const { name = '', value = '' } = attributes;
    holder = setPair(holder, existing.name, id, { name, value });
  }
  const next = firstChild(holder, existing.name) ?? existing;
  const score = set.attributes['score'];
  return ok(
    replaceAnywhere(cib, existing, score === undefined ? next : withAttributes(next, { score })),
  );
}

function freeSetId(cib: XmlElement, id: string): string {
  const taken = takenIds(cib);
  let suffix = 0;
  while (taken.has(`${id}-${suffix}`)) suffix += 1;
  return `${id}-${suffix}`;
}

/** The topology is one object: it is written anew. */
function putTopology(
  cib: XmlElement,
  levels: readonly TopologyLevel[],
): Result<XmlElement, string> {
  const nodes = section(cib, 'nodes').map(({ attributes }) => attributes['uname'] ?? '');
  const targeted = levels.flatMap((level) =>
    level.target === undefined
      ? nodes.map((target) => ({ ...level, target: { target } }))
      : [{ ...level, target: level.target }],
  );
  if (levels.length > 0 && targeted.length === 0) {
    return fail('fencing_topology: there are no nodes yet; name the targets (haone: device …)');
  }
  const empty = changeSection(cib, 'fencing-topology', (found) => withChildren(found, []));
  const taken = takenIds(empty);
  const made = assignIds(
    element(
      'fencing-topology',
      {},
      targeted.map(({ target, index, devices }) =>
        element('fencing-level', { ...target, index: String(index), devices }),
      ),
    ),
    taken,
  );
  return ok(
    changeSection(empty, 'fencing-topology', (found) => withChildren(found, made.children)),
  );
}

function putOp(cib: XmlElement, resource: string, op: XmlElement): Result<XmlElement, string> {
  const primitive = findResource(cib, resource);
  if (primitive === undefined) {
    const near = nearest(resource, everyResourceElement(cib).map(idOf));
    return fail(
      `there is no resource ${resource}.${near === undefined ? '' : ` Did you mean ${near}?`}`,
    );
  }
  if (primitive.name !== 'primitive')
    return fail(`${resource} is a ${primitive.name}; name the primitive in it`);
  const taken = takenIds(cib);
  const next = changeChild(primitive, 'operations', (operations) =>
    withChildren(operations, [...operations.children, op]),
  );
  const operations = firstChild(next, 'operations');
  if (operations === undefined) return ok(cib);
  return ok(replaceAnywhere(cib, primitive, assignIds(next, taken)));
}
