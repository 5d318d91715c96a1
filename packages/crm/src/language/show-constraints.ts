/** Constraints as commands. */
import { childElements, type XmlElement } from '@holdfast/cib';
import { shownScore } from './scores.ts';
import { showRule, type ShowOptions, word } from './show-parts.ts';

/** Undefined where the element is no constraint the language knows. */
export function showConstraint(
  object: XmlElement,
  options: ShowOptions,
): readonly string[] | undefined {
  switch (object.name) {
    case 'rsc_location':
      return showLocation(object, options);
    case 'rsc_colocation':
      return [showColocation(object)];
    case 'rsc_order':
      return [showOrder(object)];
    case 'rsc_ticket':
      return [showTicket(object)];
    default:
      return undefined;
  }
}

function showLocation(object: XmlElement, options: ShowOptions): readonly string[] {
  const { id = '', rsc, 'rsc-pattern': pattern, role, score, node } = object.attributes;
  const discovery = object.attributes['resource-discovery'];
  const sets = childElements(object, 'resource_set').map((set) => showSet(set, 'none'));
  const what = pattern !== undefined ? `/${pattern}/` : (rsc ?? `{ ${sets.join(' ')} }`);
  const head = [
    'location',
    id,
    what,
    ...(role === undefined ? [] : [`role=${role}`]),
    ...(discovery === undefined ? [] : [`resource-discovery=${discovery}`]),
    ...(node === undefined ? [] : [`${shownScore(score ?? '0')}:`, word(node)]),
  ];
  return [head.join(' '), ...childElements(object, 'rule').map((rule) => showRule(rule, options))];
}

function showColocation(object: XmlElement): string {
  const { id = '', score, rsc, 'with-rsc': withRsc } = object.attributes;
  const nodeAttribute = object.attributes['node-attribute'];
  const what =
    rsc === undefined
      ? showSets(object, 'role')
      : [
          qualified(rsc, object.attributes['rsc-role']),
          qualified(withRsc ?? '', object.attributes['with-rsc-role']),
        ];
  return [
    'colocation',
    id,
    `${shownScore(score ?? 'INFINITY')}:`,
    ...what,
    ...(nodeAttribute === undefined ? [] : [`node-attribute=${nodeAttribute}`]),
  ].join(' ');
}

function showOrder(object: XmlElement): string {
  const { id = '', kind, score, first, then, symmetrical } = object.attributes;
  const what =
    first === undefined
      ? showSets(object, 'action')
      : [
          qualified(first, object.attributes['first-action']),
          qualified(then ?? '', object.attributes['then-action']),
        ];
  const label = kind ?? (score === undefined ? undefined : shownScore(score));
  return [
    'order',
    id,
    ...(label === undefined ? [] : [`${label}:`]),
    ...what,
    ...(symmetrical === undefined ? [] : [`symmetrical=${symmetrical}`]),
  ].join(' ');
}

function showTicket(object: XmlElement): string {
  const { id = '', ticket = '', rsc, 'loss-policy': policy } = object.attributes;
  const what =
    rsc === undefined ? showSets(object, 'role') : [qualified(rsc, object.attributes['rsc-role'])];
  return [
    'rsc_ticket',
    id,
    `${ticket}:`,
    ...what,
    ...(policy === undefined ? [] : [`loss-policy=${policy}`]),
  ].join(' ');
}

function qualified(id: string, behind: string | undefined): string {
  return behind === undefined ? id : `${id}:${behind}`;
}

function showSets(object: XmlElement, qualifier: string): readonly string[] {
  return childElements(object, 'resource_set').map((set) => showSet(set, qualifier));
}

function showSet(set: XmlElement, qualifier: string): string {
  const behind = set.attributes[qualifier];
  const ids = childElements(set, 'resource_ref').map(({ attributes }) =>
    qualified(attributes['id'] ?? '', behind),
  );
  const isSequential = set.attributes['sequential'] !== 'false';
  const requiresAll = set.attributes['require-all'] !== 'false';
  if (!requiresAll) return `[ ${ids.join(' ')}${isSequential ? ' sequential=true' : ''} ]`;
  return isSequential ? ids.join(' ') : `( ${ids.join(' ')} )`;
}
