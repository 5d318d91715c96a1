/**
 * Ids for everything below an object that needs one, spelt as scripts expect them
 * (`web-monitor-10s`, `web-instance_attributes-ip`); where one is taken, `-0`, `-1`, … follows.
 */
import { withAttributes, withChildren, type XmlElement, type XmlNode } from '@holdfast/cib';

/** Suffixes tried for one id; more clashes than that are a mistake elsewhere. */
const SUFFIX_MAX = 100_000;

/** Elements without an id of their own in the schema. */
const WITHOUT_ID = new Set([
  'docker',
  'podman',
  'rkt',
  'network',
  'storage',
  'select',
  'select_nodes',
  'select_fencing',
  'select_resources',
  'select_attributes',
  'operations',
  'resource_ref',
  'obj_ref',
  'role_ref',
]);

/** Elements that are counted from the first on: `order-0`, `order-1`. */
const COUNTED = new Set([
  'resource_set',
  'acl_permission',
  'attribute',
  'port-mapping',
  'storage-mapping',
]);

/** `object` with every missing id below it; `taken` grows by what is given out. */
export function assignIds(object: XmlElement, taken: Set<string>): XmlElement {
  reserve(object, taken);
  return withChildren(object, assignBelow(object.children, baseOf(object), taken));
}

function baseOf({ name, attributes }: XmlElement): string {
  if (name === 'node') return attributes['uname'] ?? '';
  return name === 'fencing-topology' ? 'fencing' : (attributes['id'] ?? name);
}

/** Ids given by hand come first: no generated one may take them. */
function reserve(object: XmlElement, taken: Set<string>): void {
  const id = object.attributes['id'];
  if (id !== undefined && !/_ref$/.test(object.name)) taken.add(id);
  for (const child of object.children) if (child.kind === 'element') reserve(child, taken);
}

function assignBelow(
  children: readonly XmlNode[],
  base: string,
  taken: Set<string>,
): readonly XmlNode[] {
  return children.map((child) => (child.kind === 'element' ? assignTo(child, base, taken) : child));
}

function assignTo(child: XmlElement, base: string, taken: Set<string>): XmlElement {
  const { attributes } = child;
  if (attributes['id-ref'] !== undefined) return child;
  if (WITHOUT_ID.has(child.name) || attributes['id'] !== undefined) {
    const own = attributes['id'] ?? base;
    return withChildren(child, assignBelow(child.children, own, taken));
  }
  const id = freeId(child, base, taken);
  taken.add(id);
  return withChildren(withAttributes(child, { id }), assignBelow(child.children, id, taken));
}

function freeId(child: XmlElement, base: string, taken: ReadonlySet<string>): string {
  const stem = child.name === 'recipient' ? `${base}-recipient` : stemOf(child, base);
  const isCounted = COUNTED.has(child.name) || child.name === 'recipient';
  if (!isCounted && !taken.has(stem)) return stem;
  const first = child.name === 'recipient' ? 1 : 0;
  for (let suffix = first; suffix < SUFFIX_MAX; suffix += 1) {
    const id = `${stem}-${suffix}`;
    if (!taken.has(id)) return id;
  }
  return stem;
}

function stemOf(child: XmlElement, base: string): string {
  const { attributes, name } = child;
  if (COUNTED.has(name)) return base;
  switch (name) {
    case 'nvpair':
      return `${base}-${attributes['name'] ?? ''}`;
    case 'op': {
      const interval = attributes['interval'];
      const stem = `${base}-${attributes['name'] ?? ''}`;
      return interval === undefined ? stem : `${stem}-${interval}`;
    }
    case 'fencing-level':
      return base;
    case 'expression':
    case 'date_expression':
      return `${base}-expression`;
    default:
      return `${base}-${name}`;
  }
}
