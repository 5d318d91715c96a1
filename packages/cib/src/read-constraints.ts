/**
 * Constraints: location, colocation, order, ticket, and their sets. One that cannot be read is left
 * out, with a fault that says why; whether the resources exist is asked by `verify` and the scheduler.
 */
import { MINUS_INFINITY, type NodeName, nodeName, ZERO } from '@holdfast/base';
import type {
  ColocationConstraint,
  Constraint,
  Discovery,
  LocationConstraint,
  OrderConstraint,
  ResourceSet,
  TicketConstraint,
} from './model.ts';
import {
  booleanAt,
  dereference,
  faultAt,
  type ReadContext,
  roleAt,
  scoreAt,
} from './read-context.ts';
import { readLocationRules } from './read-location-rules.ts';
import { childElements } from './xml-walk.ts';
import type { XmlElement } from './xml.ts';

export function readConstraints(
  context: ReadContext,
  section: XmlElement | undefined,
): readonly Constraint[] {
  if (section === undefined) return [];
  return childElements(section).flatMap((child) => readConstraint(context, child));
}

function readConstraint(context: ReadContext, element: XmlElement): readonly Constraint[] {
  switch (element.name) {
    case 'rsc_location':
      return readLocation(context, element);
    case 'rsc_colocation':
      return readColocation(context, element);
    case 'rsc_order':
      return readOrder(context, element);
    case 'rsc_ticket':
      return readTicket(context, element);
    default:
      context.faults.push(faultAt(element, '', `<${element.name}> is no kind of constraint`));
      return [];
  }
}

/** The sets inside; undefined where one of them cannot be read. */
function readSets(context: ReadContext, element: XmlElement): readonly ResourceSet[] | undefined {
  const sets: ResourceSet[] = [];
  for (const child of childElements(element, 'resource_set')) {
    const set = dereference(context, child);
    if (set === undefined || roleAt(context, set, 'role') === undefined) return undefined;
    const { attributes } = set;
    sets.push({
      id: attributes['id'] ?? '',
      resources: childElements(set, 'resource_ref').map((each) => each.attributes['id'] ?? ''),
      sequential: booleanAt(context, set, 'sequential') ?? true,
      ...(set.attributes['sequential'] === undefined ? {} : { isSequentialWritten: true }),
      requireAll: booleanAt(context, set, 'require-all') ?? true,
      ordering: attributes['ordering'],
      action: attributes['action'],
      role: attributes['role'],
      score: attributes['score'] === undefined ? undefined : scoreAt(context, set, 'score'),
      kind: attributes['kind'],
    });
  }
  return sets;
}

/** True where every one of `names` is there; else a fault names the first that is not. */
function has(context: ReadContext, element: XmlElement, ...names: readonly string[]): boolean {
  const missing = names.find((name) => (element.attributes[name] ?? '') === '');
  if (missing !== undefined) context.faults.push(faultAt(element, missing, 'is missing'));
  return missing === undefined;
}

function areRoles(context: ReadContext, element: XmlElement, ...names: readonly string[]): boolean {
  return names.every((name) => roleAt(context, element, name) !== undefined);
}

const DISCOVERIES: readonly Discovery[] = ['always', 'never', 'exclusive'];

function readDiscovery(context: ReadContext, element: XmlElement): Discovery {
  const text = element.attributes['resource-discovery'] ?? 'always';
  const found = DISCOVERIES.find((each) => each === text);
  if (found === undefined) {
    const what = 'expected always, never or exclusive';
    context.faults.push(faultAt(element, 'resource-discovery', what));
  }
  return found ?? 'always';
}

/** Several rules at the top, or a score beside a lifetime, were one constraint once (A1.1.3). */
function readLocation(context: ReadContext, element: XmlElement): readonly LocationConstraint[] {
  const { attributes } = element;
  const sets = readSets(context, element);
  if (sets === undefined || !areRoles(context, element, 'role')) return [];
  const pattern = attributes['rsc-pattern'];
  if (sets.length === 0 && pattern === undefined && !has(context, element, 'rsc')) return [];
  const hasScore = attributes['score'] !== undefined;
  const score = hasScore ? scoreAt(context, element, 'score') : undefined;
  if (hasScore && score === undefined) return [];
  const common: LocationConstraint = {
    kind: 'location',
    id: attributes['id'] ?? '',
    what: locationTarget(sets, attributes),
    role: attributes['role'],
    node: nodeAt(attributes['node']),
    score,
    rules: [],
    discovery: readDiscovery(context, element),
  };
  const rules = readLocationRules(context, element);
  if (rules.kind === 'none') return [common];
  const byRule = rules.replacesNode ? { ...common, node: undefined, score: undefined } : common;
  return rules.rules.map((rule) => ({ ...byRule, rules: [rule] }));
}

function nodeAt(text: string | undefined): NodeName | undefined {
  return text === undefined || text === '' ? undefined : nodeName(text);
}

function locationTarget(
  sets: readonly ResourceSet[],
  { 'rsc-pattern': pattern, rsc: id = '' }: XmlElement['attributes'],
): LocationConstraint['what'] {
  if (sets.length > 0) return { kind: 'sets', sets };
  return pattern === undefined ? { kind: 'resource', id } : { kind: 'pattern', pattern };
}

/** A ping node of old times is a member that nothing may run on (A1.1.3). */
export function banFromPingNode(id: string, node: NodeName): LocationConstraint {
  return {
    kind: 'location',
    id: `ping-node-${id}`,
    what: { kind: 'pattern', pattern: '.*' },
    role: undefined,
    node,
    score: MINUS_INFINITY,
    rules: [],
    discovery: 'never',
  };
}

/** A missing score is 0, and a colocation of 0 says nothing (A4.2.11). */
function readColocation(
  context: ReadContext,
  element: XmlElement,
): readonly ColocationConstraint[] {
  const { attributes } = element;
  const sets = readSets(context, element);
  if (sets === undefined || !areRoles(context, element, 'rsc-role', 'with-rsc-role')) return [];
  if (sets.length === 0 && !has(context, element, 'rsc', 'with-rsc')) return [];
  const score = scoreAt(context, element, 'score', ZERO);
  if (score === undefined) return [];
  return [
    {
      kind: 'colocation',
      id: attributes['id'] ?? '',
      score,
      nodeAttribute: attributes['node-attribute'],
      influence: attributes['influence'],
      what:
        sets.length > 0
          ? { kind: 'sets', sets }
          : {
              kind: 'pair',
              dependent: attributes['rsc'] ?? '',
              dependentRole: attributes['rsc-role'],
              primary: attributes['with-rsc'] ?? '',
              primaryRole: attributes['with-rsc-role'],
            },
    },
  ];
}

function readOrder(context: ReadContext, element: XmlElement): readonly OrderConstraint[] {
  const { attributes } = element;
  const sets = readSets(context, element);
  if (sets === undefined) return [];
  if (sets.length === 0 && !has(context, element, 'first', 'then')) return [];
  const firstAction = attributes['first-action'] ?? 'start';
  return [
    {
      kind: 'order',
      id: attributes['id'] ?? '',
      orderKind: readOrderKind(context, element),
      symmetrical: booleanAt(context, element, 'symmetrical'),
      requireAll: booleanAt(context, element, 'require-all') ?? true,
      what:
        sets.length > 0
          ? { kind: 'sets', sets }
          : {
              kind: 'pair',
              first: attributes['first'] ?? '',
              firstAction,
              then: attributes['then'] ?? '',
              thenAction: attributes['then-action'] ?? firstAction,
            },
    },
  ];
}

/** Without a kind, an old score of 0 means Optional (B4.3.1). */
function readOrderKind(context: ReadContext, element: XmlElement): OrderConstraint['orderKind'] {
  const kind = element.attributes['kind'];
  if (kind === 'Mandatory' || kind === 'Optional' || kind === 'Serialize') return kind;
  if (kind !== undefined) {
    context.faults.push(faultAt(element, 'kind', 'expected Mandatory, Optional or Serialize'));
    return 'Mandatory';
  }
  if (element.attributes['score'] === undefined) return 'Mandatory';
  return scoreAt(context, element, 'score') === ZERO ? 'Optional' : 'Mandatory';
}

function readTicket(context: ReadContext, element: XmlElement): readonly TicketConstraint[] {
  const { attributes } = element;
  const sets = readSets(context, element);
  if (sets === undefined || !areRoles(context, element, 'rsc-role')) return [];
  if (!has(context, element, 'ticket')) return [];
  if (sets.length === 0 && !has(context, element, 'rsc')) return [];
  return [
    {
      kind: 'ticket',
      id: attributes['id'] ?? '',
      ticket: attributes['ticket'] ?? '',
      lossPolicy: attributes['loss-policy'],
      what:
        sets.length > 0
          ? { kind: 'sets', sets }
          : { kind: 'resource', id: attributes['rsc'] ?? '', role: attributes['rsc-role'] },
    },
  ];
}
