/**
 * The same CIB with its parts in another order, wherever order says nothing.
 *
 * Order says nothing: of attributes; of the sections of `<cib>`, `<configuration>` and a node's state;
 * of `<node>` (the list is kept in the order of names); of pairs in a set, operations of a resource, tags,
 * unless two have the same name: there the first counts; of histories on a node, unless a clone, a bundle
 * or a removed resource is there: instances get their numbers, removed resources their place in the
 * order they are met.
 *
 * Order says something, and is kept: of resources (assigned in that order) and members of a group;
 * of constraints (read, and applied, in it); of sets of pairs (among equal scores the later wins); of members
 * of sets and tags; of conditions of a rule (tried one after the other); of node states (histories are read in
 * that order: instances are numbered by it, places of a resource listed by it); of entries of one history
 * (it decides where nothing else says which is older).
 */
import type { Prng } from '@holdfast/base';
import type { XmlElement, XmlNode } from '@holdfast/cib';

const UNORDERED: ReadonlySet<string> = new Set(['cib', 'configuration', 'node_state', 'tags']);
/** By element: what must differ between its children. */
const UNLESS_TWICE: ReadonlyMap<string, (child: XmlElement) => string> = new Map([
  ['nodes', ({ attributes }) => (attributes['uname'] ?? '').toLowerCase()],
  ['instance_attributes', nameOf],
  ['meta_attributes', nameOf],
  ['utilization', nameOf],
  ['cluster_property_set', nameOf],
  ['operations', nameOf],
]);

function nameOf({ attributes }: XmlElement): string {
  return attributes['name'] ?? attributes['id-ref'] ?? '';
}

/** The same tree in another order, drawn from `chance`. */
export function shuffle(root: XmlElement, chance: Prng): XmlElement {
  const isCounted = mayNumber(root);
  const within = (element: XmlElement): XmlElement => {
    const children = element.children.map((child) =>
      child.kind === 'element' ? within(child) : child,
    );
    const attributes = Object.fromEntries(mixed(Object.entries(element.attributes), chance));
    const isFree = isUnordered(element, isCounted);
    return { ...element, attributes, children: isFree ? mixed(children, chance) : children };
  };
  return within(root);
}

function isUnordered({ name, children }: XmlElement, isCounted: boolean): boolean {
  if (UNORDERED.has(name)) return true;
  if (name === 'lrm_resources') return !isCounted;
  const nameIn = UNLESS_TWICE.get(name);
  if (nameIn === undefined) return false;
  const names = elementsOf(children).map(nameIn);
  return new Set(names).size === names.length;
}

/** Are there instances, or resources that only a history knows? */
function mayNumber(root: XmlElement): boolean {
  const all = everyBelow(root);
  const known = new Set(
    all.filter(({ name }) => name === 'primitive').map(({ attributes }) => attributes['id']),
  );
  return all.some(
    ({ name, attributes }) =>
      ['clone', 'master', 'bundle'].includes(name) ||
      (name === 'lrm_resource' && !known.has(attributes['id'])),
  );
}

function elementsOf(children: readonly XmlNode[]): readonly XmlElement[] {
  return children.filter((child) => child.kind === 'element');
}

function everyBelow(element: XmlElement): readonly XmlElement[] {
  return [element, ...elementsOf(element.children).flatMap(everyBelow)];
}

function mixed<T>(items: readonly T[], chance: Prng): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = chance.below(last + 1);
    const [a, b] = [result[last], result[other]];
    if (a !== undefined && b !== undefined) [result[last], result[other]] = [b, a];
  }
  return result;
}
