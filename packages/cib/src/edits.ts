/** Small edits of a configuration that the cluster itself makes. Each answers with a new tree. */
import type { NodeName } from '@holdfast/base';
import {
  changeChild,
  childElements,
  element,
  firstChild,
  replaceChild,
  withAttributes,
  withChildren,
} from './xml-walk.ts';
import type { XmlElement } from './xml.ts';

/** The CIB of a cluster that nobody has configured yet. */
export function emptyCib(): XmlElement {
  return element(
    'cib',
    {
      crm_feature_set: '3.19.0',
      'validate-with': 'pacemaker-3.9',
      admin_epoch: '0',
      epoch: '0',
      num_updates: '0',
    },
    [
      element('configuration', {}, [
        element('crm_config'),
        element('nodes'),
        element('resources'),
        element('constraints'),
      ]),
      element('status'),
    ],
  );
}

function changeSection(
  cib: XmlElement,
  section: string,
  change: (section: XmlElement) => XmlElement,
): XmlElement {
  return changeChild(cib, 'configuration', (configuration) =>
    changeChild(configuration, section, change),
  );
}

/** `cib` with a `<node>` entry for this node; the same tree where it has one. */
export function ensureNode(
  cib: XmlElement,
  node: { readonly id: string; readonly name: NodeName },
): XmlElement {
  const nodes = firstChild(firstChild(cib, 'configuration'), 'nodes');
  const found =
    nodes === undefined
      ? undefined
      : childElements(nodes, 'node').find((each) => each.attributes['uname'] === node.name);
  if (found?.attributes['id'] === node.id) return cib;
  return changeSection(cib, 'nodes', (section) =>
    found === undefined
      ? withChildren(section, [
          ...section.children,
          element('node', { id: node.id, uname: node.name }),
        ])
      : replaceChild(section, found, withAttributes(found, { id: node.id })),
  );
}

/** Sets a permanent node attribute, or removes it (null), in `nodes-<id>` as the reference does. */
export function setNodeAttribute(
  cib: XmlElement,
  what: {
    readonly node: NodeName;
    readonly id: string;
    readonly name: string;
    readonly value: string | null;
  },
): XmlElement {
  const withNode = ensureNode(cib, { id: what.id, name: what.node });
  return changeSection(withNode, 'nodes', (section) => {
    const entry = childElements(section, 'node').find(
      (each) => each.attributes['uname'] === what.node,
    );
    if (entry === undefined) return section;
    return replaceChild(
      section,
      entry,
      setPair(entry, 'instance_attributes', `nodes-${what.id}`, what),
    );
  });
}

/** Sets a cluster property in `cib-bootstrap-options`, or removes it (null). */
export function setProperty(cib: XmlElement, name: string, value: string | null): XmlElement {
  return changeSection(cib, 'crm_config', (section) =>
    setPair(section, 'cluster_property_set', 'cib-bootstrap-options', { name, value }),
  );
}

/** One `<nvpair>` in the set `setId` below `parent`: changed where it is, else appended. */
export function setPair(
  parent: XmlElement,
  setTag: string,
  setId: string,
  pair: { readonly name: string; readonly value: string | null },
): XmlElement {
  const sets = childElements(parent, setTag);
  const holder = sets.find((set) =>
    childElements(set, 'nvpair').some((each) => each.attributes['name'] === pair.name),
  );
  const set = holder ?? sets.find((each) => each.attributes['id'] === setId);
  const { value } = pair;
  if (set === undefined) {
    if (value === null) return parent;
    const made = element(setTag, { id: setId }, [nvpair(setId, pair.name, value)]);
    return withChildren(parent, [...parent.children, made]);
  }
  const found = childElements(set, 'nvpair').find((each) => each.attributes['name'] === pair.name);
  if (value === null) {
    return replaceChild(
      parent,
      set,
      withChildren(
        set,
        set.children.filter((child) => child !== found),
      ),
    );
  }
  const changed =
    found === undefined
      ? withChildren(set, [
          ...set.children,
          nvpair(set.attributes['id'] ?? setId, pair.name, value),
        ])
      : replaceChild(set, found, withAttributes(found, { value }));
  return replaceChild(parent, set, changed);
}

function nvpair(setId: string, name: string, value: string): XmlElement {
  return element('nvpair', { id: `${setId}-${name}`, name, value });
}
