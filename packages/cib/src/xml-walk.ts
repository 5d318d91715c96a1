/** Small questions to a tree, and new trees from old ones; nothing is changed in place. */
import type { XmlElement, XmlNode } from './xml.ts';

export function element(
  name: string,
  attributes: Readonly<Record<string, string>> = {},
  children: readonly XmlNode[] = [],
): XmlElement {
  return { kind: 'element', name, attributes, children };
}

/** The elements directly below, optionally only those called `name`. */
export function childElements(parent: XmlElement, name?: string): readonly XmlElement[] {
  return parent.children.filter(
    (child): child is XmlElement =>
      child.kind === 'element' && (name === undefined || child.name === name),
  );
}

export function firstChild(parent: XmlElement | undefined, name: string): XmlElement | undefined {
  return parent?.children.find(
    (child): child is XmlElement => child.kind === 'element' && child.name === name,
  );
}

export function withAttributes(
  target: XmlElement,
  attributes: Readonly<Record<string, string>>,
): XmlElement {
  return { ...target, attributes: { ...target.attributes, ...attributes } };
}

export function withChildren(target: XmlElement, children: readonly XmlNode[]): XmlElement {
  return { ...target, children };
}

/** `parent` with the child called `name` changed; one is made, at the end, where there is none. */
export function changeChild(
  parent: XmlElement,
  name: string,
  change: (child: XmlElement) => XmlElement,
): XmlElement {
  const found = firstChild(parent, name);
  if (found === undefined) return withChildren(parent, [...parent.children, change(element(name))]);
  return replaceChild(parent, found, change(found));
}

export function replaceChild(parent: XmlElement, old: XmlNode, next: XmlNode): XmlElement {
  if (old === next) return parent;
  return withChildren(
    parent,
    parent.children.map((child) => (child === old ? next : child)),
  );
}

/** Every element of the tree, parents before children; iterative, so depth costs nothing. */
export function* everyElement(root: XmlElement): Generator<XmlElement> {
  const stack: XmlElement[] = [root];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    yield next;
    for (let index = next.children.length - 1; index >= 0; index -= 1) {
      const child = next.children[index];
      if (child?.kind === 'element') stack.push(child);
    }
  }
}

/** Equal in everything that is kept: names, attributes (in any order), children in order. */
export function sameXml(a: XmlNode, b: XmlNode): boolean {
  if (a === b) return true;
  if (a.kind !== 'element' || b.kind !== 'element') {
    return a.kind !== 'element' && b.kind !== 'element' && a.kind === b.kind && a.text === b.text;
  }
  if (a.name !== b.name || a.children.length !== b.children.length) return false;
  const keys = Object.keys(a.attributes);
  if (keys.length !== Object.keys(b.attributes).length) return false;
  if (keys.some((key) => a.attributes[key] !== b.attributes[key])) return false;
  return a.children.every((child, index) => {
    const other = b.children[index];
    return other !== undefined && sameXml(child, other);
  });
}
