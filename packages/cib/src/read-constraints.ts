/** Constraints: location, colocation, order, ticket, and their sets. */
import { INFINITY, nodeName } from '@holdfast/base';
import type {
  ColocationConstraint,
  Constraint,
  Discovery,
  LocationConstraint,
  OrderConstraint,
  ResourceSet,
  Rule,
  TicketConstraint,
} from './model.ts';
import { booleanAt, faultAt, type ReadContext, scoreAt } from './read-context.ts';
import { readRule } from './read-nvsets.ts';
import { childElements } from './xml-walk.ts';
import type { XmlElement } from './xml.ts';

export function readConstraints(
  context: ReadContext,
  section: XmlElement | undefined,
): readonly Constraint[] {
  if (section === undefined) return [];
  const constraints: Constraint[] = [];
  for (const child of childElements(section)) {
    const read = readConstraint(context, child);
    if (read !== undefined) constraints.push(read);
  }
  return constraints;
}

function readConstraint(context: ReadContext, element: XmlElement): Constraint | undefined {
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
      return undefined;
  }
}

function readSets(context: ReadContext, element: XmlElement): readonly ResourceSet[] {
  return childElements(element, 'resource_set').map((child) => {
    const set = context.byId.get(child.attributes['id-ref'] ?? '') ?? child;
    const { attributes } = set;
    return {
      id: attributes['id'] ?? '',
      resources: childElements(set, 'resource_ref').map((each) => each.attributes['id'] ?? ''),
      sequential: booleanAt(context, set, 'sequential') ?? true,
      requireAll: booleanAt(context, set, 'require-all') ?? true,
      ordering: attributes['ordering'],
      action: attributes['action'],
      role: attributes['role'],
      score: attributes['score'] === undefined ? undefined : scoreAt(context, set, 'score'),
      kind: attributes['kind'],
    };
  });
}

function readDiscovery(context: ReadContext, element: XmlElement): Discovery {
  const text = element.attributes['resource-discovery'] ?? 'always';
  if (text === 'always' || text === 'never' || text === 'exclusive') return text;
  context.faults.push(
    faultAt(element, 'resource-discovery', 'expected always, never or exclusive'),
  );
  return 'always';
}

function readLocation(context: ReadContext, element: XmlElement): LocationConstraint | undefined {
  const { attributes } = element;
  const sets = readSets(context, element);
  const pattern = attributes['rsc-pattern'];
  const resource = attributes['rsc'];
  if (sets.length === 0 && pattern === undefined && resource === undefined) {
    context.faults.push(faultAt(element, 'rsc', 'names no resource'));
    return undefined;
  }
  const rules: Rule[] = [];
  for (const child of childElements(element, 'rule')) {
    const rule = readRule(context, child, 0);
    if (rule !== undefined) rules.push(rule);
  }
  const node = attributes['node'];
  return {
    kind: 'location',
    id: attributes['id'] ?? '',
    what:
      sets.length > 0
        ? { kind: 'sets', sets }
        : pattern !== undefined
          ? { kind: 'pattern', pattern }
          : { kind: 'resource', id: resource ?? '' },
    role: attributes['role'],
    node: node === undefined || node === '' ? undefined : nodeName(node),
    score: attributes['score'] === undefined ? undefined : scoreAt(context, element, 'score'),
    rules,
    discovery: readDiscovery(context, element),
  };
}

function readColocation(
  context: ReadContext,
  element: XmlElement,
): ColocationConstraint | undefined {
  const { attributes } = element;
  const sets = readSets(context, element);
  const dependent = attributes['rsc'];
  const primary = attributes['with-rsc'];
  if (sets.length === 0 && (dependent === undefined || primary === undefined)) {
    context.faults.push(
      faultAt(element, dependent === undefined ? 'rsc' : 'with-rsc', 'is missing'),
    );
    return undefined;
  }
  return {
    kind: 'colocation',
    id: attributes['id'] ?? '',
    score: scoreAt(context, element, 'score', INFINITY),
    nodeAttribute: attributes['node-attribute'],
    influence: attributes['influence'],
    what:
      sets.length > 0
        ? { kind: 'sets', sets }
        : {
            kind: 'pair',
            dependent: dependent ?? '',
            dependentRole: attributes['rsc-role'],
            primary: primary ?? '',
            primaryRole: attributes['with-rsc-role'],
          },
  };
}

function readOrder(context: ReadContext, element: XmlElement): OrderConstraint | undefined {
  const { attributes } = element;
  const sets = readSets(context, element);
  const first = attributes['first'];
  const then = attributes['then'];
  if (sets.length === 0 && (first === undefined || then === undefined)) {
    context.faults.push(faultAt(element, first === undefined ? 'first' : 'then', 'is missing'));
    return undefined;
  }
  const firstAction = attributes['first-action'] ?? 'start';
  return {
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
            first: first ?? '',
            firstAction,
            then: then ?? '',
            thenAction: attributes['then-action'] ?? firstAction,
          },
  };
}

function readOrderKind(context: ReadContext, element: XmlElement): OrderConstraint['orderKind'] {
  const kind = element.attributes['kind'];
  switch (kind?.toLowerCase()) {
    case undefined:
      break;
    case 'mandatory':
      return 'Mandatory';
    case 'optional':
      return 'Optional';
    case 'serialize':
      return 'Serialize';
    default:
      context.faults.push(faultAt(element, 'kind', 'expected Mandatory, Optional or Serialize'));
      return 'Mandatory';
  }
  if (element.attributes['score'] === undefined) return 'Mandatory';
  return scoreAt(context, element, 'score') > 0 ? 'Mandatory' : 'Optional';
}

function readTicket(context: ReadContext, element: XmlElement): TicketConstraint | undefined {
  const { attributes } = element;
  const ticket = attributes['ticket'];
  const sets = readSets(context, element);
  const resource = attributes['rsc'];
  if (ticket === undefined || (sets.length === 0 && resource === undefined)) {
    context.faults.push(faultAt(element, ticket === undefined ? 'ticket' : 'rsc', 'is missing'));
    return undefined;
  }
  return {
    kind: 'ticket',
    id: attributes['id'] ?? '',
    ticket,
    lossPolicy: attributes['loss-policy'],
    what:
      sets.length > 0
        ? { kind: 'sets', sets }
        : { kind: 'resource', id: resource ?? '', role: attributes['rsc-role'] },
  };
}
