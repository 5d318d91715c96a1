/** What every reader needs: the document's ids, and where to say what is wrong. */
import { parseScore, type Score, ZERO } from '@holdfast/base';
import type { CibFault } from './fault.ts';
import { everyElement } from './xml-walk.ts';
import type { XmlElement } from './xml.ts';

export type ReadContext = {
  /** Elements by id, the first of each; templates, sets and rules are referred to by it. */
  readonly byId: ReadonlyMap<string, XmlElement>;
  readonly faults: CibFault[];
};

/** References that lead to references; deeper is a circle. */
export const REFERENCE_DEPTH_MAX = 16;

/** Ids that stand twice are faults; in the status section they are not ids of ours. */
export function readContext(configuration: XmlElement): ReadContext {
  const byId = new Map<string, XmlElement>();
  const faults: CibFault[] = [];
  for (const each of everyElement(configuration)) {
    const id = each.attributes['id'];
    if (id === undefined || each.name === 'resource_ref' || each.name === 'obj_ref') continue;
    if (each.name === 'role' && each.attributes['id-ref'] === undefined) continue;
    if (byId.has(id)) {
      faults.push(faultAt(each, 'id', 'is used twice; every id must be its own'));
    } else {
      byId.set(id, each);
    }
  }
  return { byId, faults };
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
    const found = context.byId.get(reference);
    if (found?.name !== current.name) {
      context.faults.push(faultAt(element, 'id-ref', `there is no <${element.name}> with this id`));
      return undefined;
    }
    current = found;
  }
  context.faults.push(faultAt(element, 'id-ref', 'the reference leads in a circle'));
  return undefined;
}

/** The score in `attribute`; a fault and `fallback` where it is no score. */
export function scoreAt(
  context: ReadContext,
  element: XmlElement,
  attribute: string,
  fallback: Score = ZERO,
): Score {
  const text = element.attributes[attribute];
  if (text === undefined) return fallback;
  const read = parseScore(text);
  if (read.ok) return read.value;
  context.faults.push(faultAt(element, attribute, 'expected a number, INFINITY or -INFINITY'));
  return fallback;
}

/** `true yes on y 1` and `false no off n 0`, in any case; undefined for anything else (A0.4). */
export function parseBoolean(text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  if (/^(true|yes|on|y|1)$/i.test(text)) return true;
  if (/^(false|no|off|n|0)$/i.test(text)) return false;
  return undefined;
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
