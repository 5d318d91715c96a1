/** Our changes on top of somebody else's, object by object; where both touched one, nothing is guessed. */
import { fail, ok, type Result } from '@holdfast/base';
import {
  childElements,
  changeChild,
  firstChild,
  sameXml,
  withChildren,
  type XmlElement,
} from '@holdfast/cib';

/** `theirs` with what changed from `before` to `ours`; the fault names what both changed. */
export function mergeConfigurations(
  before: XmlElement,
  ours: XmlElement,
  theirs: XmlElement,
): Result<XmlElement, string> {
  const sections = new Set(
    [...childElements(before), ...childElements(ours)].map(({ name }) => name),
  );
  let merged = theirs;
  for (const name of sections) {
    const mine = childrenByKey(firstChild(ours, name));
    const old = childrenByKey(firstChild(before, name));
    const other = childrenByKey(firstChild(theirs, name));
    for (const key of new Set([...mine.keys(), ...old.keys()])) {
      const was = old.get(key);
      const next = mine.get(key);
      if (isSame(was, next)) continue;
      const now = other.get(key);
      if (!isSame(was, now) && !isSame(next, now)) return fail(`somebody else changed ${key}, too`);
      merged = changeChild(merged, name, (section) => replaceByKey(section, key, next));
    }
  }
  return ok(merged);
}

function keyOf(child: XmlElement): string {
  return child.attributes['id'] ?? child.name;
}

function childrenByKey(section: XmlElement | undefined): ReadonlyMap<string, XmlElement> {
  if (section === undefined) return new Map();
  return new Map(childElements(section).map((child) => [keyOf(child), child]));
}

function isSame(a: XmlElement | undefined, b: XmlElement | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return sameXml(a, b);
}

function replaceByKey(section: XmlElement, key: string, next: XmlElement | undefined): XmlElement {
  const old = childElements(section).find((child) => keyOf(child) === key);
  if (old === undefined)
    return next === undefined ? section : withChildren(section, [...section.children, next]);
  return withChildren(
    section,
    section.children.flatMap((child) =>
      child !== old ? [child] : next === undefined ? [] : [next],
    ),
  );
}
