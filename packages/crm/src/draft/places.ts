/** Where everything lies in a CIB, and how to find it and change it there. */
import {
  changeChild,
  childElements,
  everyElement,
  firstChild,
  replaceChild,
  withChildren,
  type XmlElement,
} from '@holdfast/cib';

const RESOURCES = /^(primitive|group|clone|master|bundle)$/;

/** The section of the configuration that elements of a name belong to. */
const SECTIONS: Readonly<Record<string, string>> = {
  primitive: 'resources',
  template: 'resources',
  group: 'resources',
  clone: 'resources',
  master: 'resources',
  bundle: 'resources',
  rsc_location: 'constraints',
  rsc_colocation: 'constraints',
  rsc_order: 'constraints',
  rsc_ticket: 'constraints',
  node: 'nodes',
  cluster_property_set: 'crm_config',
  tag: 'tags',
  alert: 'alerts',
  acl_role: 'acls',
  acl_target: 'acls',
  acl_group: 'acls',
  acl_user: 'acls',
};

/** Undefined: no section we know. */
export function sectionOf(name: string): string | undefined {
  return Object.hasOwn(SECTIONS, name) ? SECTIONS[name] : undefined;
}

export function isResource(element: XmlElement): boolean {
  return RESOURCES.test(element.name);
}

export function configurationOf(cib: XmlElement): XmlElement | undefined {
  return cib.name === 'configuration' ? cib : firstChild(cib, 'configuration');
}

export function section(cib: XmlElement, name: string): readonly XmlElement[] {
  const found = firstChild(configurationOf(cib), name);
  return found === undefined ? [] : childElements(found);
}

/** `cib` with one section changed; made where it was missing. */
export function changeSection(
  cib: XmlElement,
  name: string,
  change: (section: XmlElement) => XmlElement,
): XmlElement {
  if (cib.name === 'configuration') return changeChild(cib, name, change);
  return changeChild(cib, 'configuration', (found) => changeChild(found, name, change));
}

/** Every resource and template, collections before what is inside. */
export function everyResourceElement(cib: XmlElement): readonly XmlElement[] {
  return section(cib, 'resources').flatMap((top) =>
    [...everyElement(top)].filter((each) => isResource(each) || each.name === 'template'),
  );
}

export function findResource(cib: XmlElement, id: string): XmlElement | undefined {
  return everyResourceElement(cib).find(({ attributes }) => attributes['id'] === id);
}

/** The collection that holds this resource; undefined at the top. */
export function parentOf(cib: XmlElement, id: string): XmlElement | undefined {
  return everyResourceElement(cib).find((each) =>
    childElements(each).some((child) => isResource(child) && child.attributes['id'] === id),
  );
}

/** The value of a pair in one of the blocks `tag` directly below; undefined: it is not said here. */
export function pairOf(resource: XmlElement, tag: string, name: string): string | undefined {
  const pairs = childElements(resource, tag).flatMap((set) => childElements(set, 'nvpair'));
  return pairs.find(({ attributes }) => attributes['name'] === name)?.attributes['value'];
}

/** Everything a user can name, as it stands in the CIB. */
export function everyObject(cib: XmlElement): readonly XmlElement[] {
  const topology = firstChild(configurationOf(cib), 'fencing-topology');
  return [
    ...section(cib, 'nodes'),
    ...everyResourceElement(cib),
    ...section(cib, 'tags'),
    ...section(cib, 'constraints'),
    ...(topology === undefined ? [] : [topology]),
    ...section(cib, 'crm_config'),
    ...section(cib, 'rsc_defaults'),
    ...section(cib, 'op_defaults'),
    ...section(cib, 'alerts'),
    ...section(cib, 'acls'),
  ];
}

/** An object by id; a node also by its name. */
export function findObject(cib: XmlElement, id: string): XmlElement | undefined {
  return everyObject(cib).find(
    ({ name, attributes }) =>
      attributes['id'] === id || (name === 'node' && attributes['uname'] === id),
  );
}

/** Every id in use below `cib`, for generated ones to keep clear of. */
export function takenIds(cib: XmlElement): Set<string> {
  const taken = new Set<string>();
  const configuration = configurationOf(cib);
  if (configuration === undefined) return taken;
  for (const { name, attributes } of everyElement(configuration)) {
    const id = attributes['id'];
    if (id !== undefined && !/^(resource_ref|obj_ref|role|role_ref)$/.test(name)) taken.add(id);
  }
  return taken;
}

/** Every id that an `id-ref` points to. */
export function referencedIds(cib: XmlElement): ReadonlySet<string> {
  return new Set(
    [...everyElement(cib)].flatMap(({ attributes }) => {
      const reference = attributes['id-ref'];
      return reference === undefined ? [] : [reference];
    }),
  );
}

/** The tree with `old` replaced wherever it stands; removed where `next` is undefined. */
export function replaceAnywhere(
  tree: XmlElement,
  old: XmlElement,
  next: XmlElement | undefined,
): XmlElement {
  if (tree.children.includes(old)) {
    if (next !== undefined) return replaceChild(tree, old, next);
    return withChildren(
      tree,
      tree.children.filter((child) => child !== old),
    );
  }
  for (const child of childElements(tree)) {
    const changed = replaceAnywhere(child, old, next);
    if (changed !== child) return replaceChild(tree, child, changed);
  }
  return tree;
}

/** The tree with every element rewritten, children first. */
export function mapElements(
  tree: XmlElement,
  change: (element: XmlElement) => XmlElement,
): XmlElement {
  const children = tree.children.map((child) =>
    child.kind === 'element' ? mapElements(child, change) : child,
  );
  return change(withChildren(tree, children));
}
