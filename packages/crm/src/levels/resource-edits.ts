/** Small edits of one resource: meta-attributes, parameters, and the constraints `move` leaves behind. */
import { fail, nearest, ok, type Result } from '@holdfast/base';
import {
  childElements,
  element,
  setPair,
  withAttributes,
  withChildren,
  type XmlElement,
} from '@holdfast/cib';
import {
  changeSection,
  everyResourceElement,
  findResource,
  isResource,
  parentOf,
  replaceAnywhere,
  section,
} from '../draft/places.ts';

type Edit = Result<XmlElement, string>;

export function known(cib: XmlElement, id: string): Result<XmlElement, string> {
  const found = findResource(cib, id);
  if (found !== undefined) return ok(found);
  const near = nearest(
    id,
    everyResourceElement(cib).map(({ attributes }) => attributes['id'] ?? ''),
  );
  return fail(`there is no resource ${id}.${near === undefined ? '' : ` Did you mean ${near}?`}`);
}

/** The resource itself, or the clone it is cloned by: what is said of an instance is said of all. */
function target(cib: XmlElement, id: string): Result<XmlElement, string> {
  const found = known(cib, id);
  if (!found.ok) return found;
  const parent = parentOf(cib, id);
  return ok(parent !== undefined && /^(clone|master)$/.test(parent.name) ? parent : found.value);
}

/** Sets or removes (null) a meta-attribute; `inside`: what stands against it inside goes. */
export function setMeta(
  cib: XmlElement,
  id: string,
  what: { readonly name: string; readonly value: string | null; readonly managesChildren: boolean },
): Edit {
  const found = target(cib, id);
  if (!found.ok) return found;
  const { name, value, managesChildren } = what;
  const rival = Object.hasOwn(RIVALS, name) ? RIVALS[name] : undefined;
  let next = found.value;
  if (rival !== undefined && value !== null) next = dropPair(next, 'meta_attributes', rival);
  const setId = `${next.attributes['id'] ?? id}-meta_attributes`;
  next = setPair(next, 'meta_attributes', setId, { name, value });
  if (managesChildren) {
    for (const gone of rival === undefined ? [name] : [name, rival]) next = clearInside(next, gone);
  }
  return ok(replaceAnywhere(cib, found.value, next));
}

/** Two words for nearly one thing: whoever says one takes the other back. */
const RIVALS: Readonly<Record<string, string>> = {
  maintenance: 'is-managed',
  'is-managed': 'maintenance',
};

/** The members without what they say of `name`, however deep. */
function clearInside(resource: XmlElement, name: string): XmlElement {
  return withChildren(
    resource,
    resource.children.map((child) =>
      child.kind === 'element' && isResource(child)
        ? clearInside(dropPair(child, 'meta_attributes', name), name)
        : child,
    ),
  );
}

/** Removes a pair, and the block it was alone in. */
function dropPair(resource: XmlElement, tag: string, name: string): XmlElement {
  return withChildren(
    resource,
    resource.children.flatMap((child) => {
      if (child.kind !== 'element' || child.name !== tag) return [child];
      const rest = child.children.filter(
        (pair) => !(pair.kind === 'element' && pair.attributes['name'] === name),
      );
      if (rest.length === child.children.length) return [child];
      return rest.length === 0 ? [] : [withChildren(child, rest)];
    }),
  );
}

/** `param`, `meta`, `utilization`: set or delete one value of exactly this resource. */
export function setResourcePair(
  cib: XmlElement,
  id: string,
  tag: string,
  pair: { readonly name: string; readonly value: string | null },
): Edit {
  const found = known(cib, id);
  if (!found.ok) return found;
  return ok(replaceAnywhere(cib, found.value, setPair(found.value, tag, `${id}-${tag}`, pair)));
}

/** The id constraints name: a member of a clone moves as the clone. */
export function movable(cib: XmlElement, id: string): string {
  const found = target(cib, id);
  return found.ok ? (found.value.attributes['id'] ?? id) : id;
}

/** It prefers `node` above all; what `move` and `ban` said before about it and this node goes. */
export function preferNode(
  cib: XmlElement,
  id: string,
  where: { readonly node: string; readonly until: string | undefined },
): Edit {
  const found = known(cib, id);
  if (!found.ok) return found;
  const cleared = removeConstraints(cib, [`cli-prefer-${id}`, `cli-ban-${id}-on-${where.node}`]);
  return ok(
    addConstraint(cleared, {
      constraint: `cli-prefer-${id}`,
      rule: `cli-prefer-rule-${id}`,
      resource: id,
      score: 'INFINITY',
      ...where,
    }),
  );
}

export function banNode(
  cib: XmlElement,
  id: string,
  where: { readonly node: string; readonly until: string | undefined },
): Edit {
  const found = known(cib, id);
  if (!found.ok) return found;
  const constraint = `cli-ban-${id}-on-${where.node}`;
  const cleared = removeConstraints(cib, [constraint, `cli-prefer-${id}`]);
  return ok(
    addConstraint(cleared, {
      constraint,
      rule: `${constraint}-rule`,
      resource: id,
      score: '-INFINITY',
      ...where,
    }),
  );
}

function addConstraint(
  cib: XmlElement,
  what: {
    readonly constraint: string;
    readonly rule: string;
    readonly resource: string;
    readonly score: string;
    readonly node: string;
    readonly until: string | undefined;
  },
): XmlElement {
  const { constraint, rule, resource, score, node, until } = what;
  const plain = element('rsc_location', {
    id: constraint,
    rsc: resource,
    role: 'Started',
    node,
    score,
  });
  const dated = element('rsc_location', { id: constraint, rsc: resource, role: 'Started' }, [
    element('rule', { id: rule, score, 'boolean-op': 'and' }, [
      element('expression', {
        id: `${rule}-expr`,
        attribute: '#uname',
        operation: 'eq',
        value: node,
      }),
      element('date_expression', { id: `${rule}-lifetime`, operation: 'lt', end: until ?? '' }),
    ]),
  ]);
  return changeSection(cib, 'constraints', (found) =>
    withChildren(found, [...found.children, until === undefined ? plain : dated]),
  );
}

/** Undoes every `move` and `ban` of this resource (on one node only, where it is given). */
export function clearMoves(cib: XmlElement, id: string, node: string | undefined): Edit {
  const found = known(cib, id);
  if (!found.ok) return found;
  const ids = section(cib, 'constraints')
    .map(({ attributes }) => attributes['id'] ?? '')
    .filter((each) => each === `cli-prefer-${id}` || each.startsWith(`cli-ban-${id}-on-`))
    .filter(
      (each) =>
        node === undefined || each.endsWith(`-on-${node}`) || isPreferenceFor(cib, each, node),
    );
  return ok(removeConstraints(cib, ids));
}

function isPreferenceFor(cib: XmlElement, id: string, node: string): boolean {
  return section(cib, 'constraints').some(
    ({ attributes }) => attributes['id'] === id && attributes['node'] === node,
  );
}

function removeConstraints(cib: XmlElement, ids: readonly string[]): XmlElement {
  let next = cib;
  for (const each of section(cib, 'constraints')) {
    if (ids.includes(each.attributes['id'] ?? '')) next = replaceAnywhere(next, each, undefined);
  }
  return next;
}

/** An op with more for the agent: `trace` writes what it does. */
export function setTrace(
  cib: XmlElement,
  id: string,
  what: {
    readonly op: string;
    readonly interval: string;
    readonly isOn: boolean;
    readonly directory: string;
  },
): Edit {
  const found = known(cib, id);
  if (!found.ok) return found;
  if (found.value.name !== 'primitive')
    return fail(`${id} is a ${found.value.name}; name the primitive in it`);
  const { op, interval, isOn, directory } = what;
  const old = childElements(found.value, 'operations').flatMap((each) => childElements(each, 'op'));
  const current = old.find(
    ({ attributes }) =>
      attributes['name'] === op &&
      Number.parseInt(attributes['interval'] ?? '0', 10) === Number.parseInt(interval, 10),
  );
  if (!isOn) return ok(untrace(cib, current));
  const opId = current?.attributes['id'] ?? `${id}-${op}-${interval}`;
  const block = element('instance_attributes', { id: `${opId}-instance_attributes` }, [
    element('nvpair', { id: `${opId}-instance_attributes-trace_ra`, name: 'trace_ra', value: '1' }),
    element('nvpair', {
      id: `${opId}-instance_attributes-trace_dir`,
      name: 'trace_dir',
      value: directory,
    }),
  ]);
  if (current !== undefined)
    return ok(replaceAnywhere(cib, current, withChildren(current, [...current.children, block])));
  const made = element('op', { id: opId, name: op, interval }, [block]);
  const operations = childElements(found.value, 'operations')[0];
  if (operations === undefined) {
    const whole = withChildren(found.value, [
      ...found.value.children,
      element('operations', {}, [made]),
    ]);
    return ok(replaceAnywhere(cib, found.value, whole));
  }
  return ok(
    replaceAnywhere(cib, operations, withChildren(operations, [...operations.children, made])),
  );
}

function untrace(cib: XmlElement, op: XmlElement | undefined): XmlElement {
  if (op === undefined) return cib;
  const bare = dropPair(
    dropPair(op, 'instance_attributes', 'trace_ra'),
    'instance_attributes',
    'trace_dir',
  );
  const isOnlyTrace =
    bare.children.length === 0 &&
    Object.keys(bare.attributes).every((name) => ['id', 'name', 'interval'].includes(name)) &&
    bare !== op &&
    op.attributes['interval'] === '0';
  return replaceAnywhere(cib, op, isOnlyTrace ? undefined : withAttributes(bare, {}));
}
