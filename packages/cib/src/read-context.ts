/** What every reader needs: the document's ids, and where to say what is wrong. */
import { parseScore, type Score, ZERO } from '@holdfast/base';
import type { CibFault } from './fault.ts';
import { parseBoolean, parseRole, readScore, type Role } from './literals.ts';
import { everyElement } from './xml-walk.ts';
import type { XmlElement } from './xml.ts';

export type ReadContext = {
  /** Elements by name and id (see `keyOf`); undefined where two share both: no reference finds it. */
  readonly byKey: ReadonlyMap<string, XmlElement | undefined>;
  readonly faults: CibFault[];
};

/** References that lead to references; deeper is a circle. */
const REFERENCE_DEPTH_MAX = 16;

/** Elements whose `id` is a reference to another element, not a name of their own. */
const REFERRING: ReadonlySet<string> = new Set(['resource_ref', 'obj_ref', 'role']);

function keyOf(name: string, id: string): string {
  return `${name} ${id}`;
}

/** Every id must be used once, whatever the element; a reference finds an element only alone (A1.2). */
export function readContext(configuration: XmlElement): ReadContext {
  const ids = new Set<string>();
  const byKey = new Map<string, XmlElement | undefined>();
  const faults: CibFault[] = [];
  for (const each of everyElement(configuration)) {
    const id = each.attributes['id'];
    if (id === undefined || REFERRING.has(each.name)) continue;
    if (ids.has(id)) faults.push(faultAt(each, 'id', 'is used twice; every id must be its own'));
    ids.add(id);
    const key = keyOf(each.name, id);
    byKey.set(key, byKey.has(key) ? undefined : each);
  }
  return { byKey, faults };
}

/** The one element of this name and id; undefined for none, and for several. */
export function findOne(context: ReadContext, name: string, id: string): XmlElement | undefined {
  return context.byKey.get(keyOf(name, id));
}

export function faultAt(
  element: XmlElement,
  attribute: string,
  what: string,
  severity: CibFault['severity'] = 'error',
): CibFault {
  return {
    severity,
    element: element.attributes['id'] ?? `<${element.name}>`,
    attribute,
    value: element.attributes[attribute] ?? '',
    what,
  };
}

/** The element itself, or the one its `id-ref` leads to; undefined (and a fault) where it leads nowhere. */
export function dereference(context: ReadContext, element: XmlElement): XmlElement | undefined {
  let current = element;
  for (let depth = 0; depth < REFERENCE_DEPTH_MAX; depth += 1) {
    const reference = current.attributes['id-ref'];
    if (reference === undefined) return current;
    const found = findOne(context, element.name, reference);
    if (found === undefined) {
      const what = `there is not exactly one <${element.name}> with this id`;
      context.faults.push(faultAt(element, 'id-ref', what));
      return undefined;
    }
    current = found;
  }
  context.faults.push(faultAt(element, 'id-ref', 'the reference leads in a circle'));
  return undefined;
}

/** The score in `attribute`, `fallback` where there is none; undefined, and a fault, where it is no score. */
export function scoreAt(
  context: ReadContext,
  element: XmlElement,
  attribute: string,
  fallback: Score = ZERO,
): Score | undefined {
  const text = element.attributes[attribute];
  if (text === undefined) return fallback;
  const read = readScore(text);
  if (read === undefined || !parseScore(text).ok) {
    context.faults.push(faultAt(element, attribute, 'expected a number, INFINITY or -INFINITY'));
  }
  return read;
}

/** The role in `attribute`; undefined, and a fault, where it is none. No attribute: `any`. */
export function roleAt(
  context: ReadContext,
  element: XmlElement,
  attribute: string,
): Role | 'any' | undefined {
  const text = element.attributes[attribute];
  if (text === undefined) return 'any';
  const role = parseRole(text);
  if (role === undefined) {
    const what = 'expected Started, Stopped, Promoted or Unpromoted';
    context.faults.push(faultAt(element, attribute, what));
  }
  return role;
}

export function booleanAt(
  context: ReadContext,
  element: XmlElement,
  attribute: string,
): boolean | undefined {
  const text = element.attributes[attribute];
  const read = parseBoolean(text);
  if (text !== undefined && read === undefined) {
    context.faults.push(faultAt(element, attribute, 'expected true or false'));
  }
  return read;
}
