/** Rules: `rule [$role=…] [score:] attribute op value and …`, and their dates. */
import { element, type XmlElement } from '@holdfast/cib';
import {
  type Cursor,
  isNext,
  peek,
  Refused,
  take,
  takeIf,
  takeLabel,
  takeOption,
} from './cursor.ts';
import { isRole, ROLES, storedScore } from './scores.ts';

const COMPARISONS: readonly string[] = ['lt', 'gt', 'lte', 'gte', 'eq', 'ne'];
const VALUE_TYPES: readonly string[] = ['string', 'number', 'integer', 'version'];
const DATE_UNITS: readonly string[] = [
  'years',
  'months',
  'weeks',
  'days',
  'hours',
  'minutes',
  'seconds',
  'monthdays',
  'weekdays',
  'yeardays',
  'yearsdays',
  'weekyears',
  'moon',
];

/** Every `rule` that follows. */
export function takeRules(place: Cursor): readonly XmlElement[] {
  const rules: XmlElement[] = [];
  while (takeIf(place, 'rule')) rules.push(takeRule(place));
  return rules;
}

/** One rule; the word `rule` is taken already. Generated ids are missing still. */
function takeRule(place: Cursor): XmlElement {
  const reference = takeOption(place, '$id-ref');
  if (reference !== undefined) return element('rule', { 'id-ref': reference });
  const attributes: Record<string, string> = {};
  const id = takeOption(place, '$id');
  if (id !== undefined) attributes['id'] = id;
  const role = takeOption(place, '$role', 'role');
  if (role !== undefined) {
    if (!isRole(role)) throw new Refused(`expected a role (${ROLES.join(', ')}), found "${role}"`);
    attributes['role'] = role;
  }
  const label = takeLabel(place);
  const score = label === undefined ? 'INFINITY' : storedScore(label);
  if (score === undefined) attributes['score-attribute'] = label ?? '';
  else attributes['score'] = score;

  const terms = [takeTerm(place)];
  let joint: string | undefined;
  while (isNext(place, 'and', 'or')) {
    const word = take(place, 'and or or').toLowerCase();
    if (joint !== undefined && joint !== word) {
      throw new Refused('a rule joins its terms with "and" or with "or", not with both');
    }
    joint = word;
    terms.push(takeTerm(place));
  }
  if (joint === 'or') attributes['boolean-op'] = 'or';
  return element('rule', attributes, terms);
}

function takeTerm(place: Cursor): XmlElement {
  if (isNext(place, 'defined', 'not_defined')) {
    const operation = take(place, 'defined').toLowerCase();
    return element('expression', { operation, attribute: take(place, 'an attribute') });
  }
  if (takeIf(place, 'date')) return takeDate(place);
  const attribute = take(place, 'an attribute, defined, not_defined or date');
  const word = take(place, `a comparison (${COMPARISONS.join(', ')})`);
  const [comparison = '', type] = word.toLowerCase().split(':').reverse();
  if (!COMPARISONS.includes(comparison)) {
    throw new Refused(`expected a comparison (${COMPARISONS.join(', ')}), found "${word}"`);
  }
  if (type !== undefined && !VALUE_TYPES.includes(type)) {
    throw new Refused(`expected a type of value (${VALUE_TYPES.join(', ')}), found "${type}"`);
  }
  const typed: Record<string, string> = type === undefined ? {} : { type };
  return element('expression', {
    operation: comparison,
    attribute,
    ...typed,
    value: take(place, 'a value'),
  });
}

/** The word `date` is taken already. */
function takeDate(place: Cursor): XmlElement {
  const word = take(place, 'lt, gt, in or spec').toLowerCase();
  switch (word) {
    case 'lt':
      return element('date_expression', { operation: 'lt', end: take(place, 'a date') });
    case 'gt':
      return element('date_expression', { operation: 'gt', start: take(place, 'a date') });
    case 'in':
    case 'in_range':
      return takeRange(place);
    case 'spec':
    case 'date_spec':
      return element('date_expression', { operation: 'date_spec' }, [
        element('date_spec', takeUnits(place)),
      ]);
    default:
      throw new Refused(`expected lt, gt, in or spec after date, found "${word}"`);
  }
}

function takeRange(place: Cursor): XmlElement {
  const start = takeOption(place, 'start');
  const end = takeOption(place, 'end');
  const attributes: Record<string, string> = { operation: 'in_range' };
  if (start !== undefined) attributes['start'] = start;
  if (end !== undefined) attributes['end'] = end;
  if (end !== undefined) return element('date_expression', attributes);
  if (start === undefined) throw new Refused('expected start= or end= after "date in"');
  return element('date_expression', attributes, [element('duration', takeUnits(place))]);
}

function takeUnits(place: Cursor): Readonly<Record<string, string>> {
  const units: Record<string, string> = {};
  for (;;) {
    const word = peek(place);
    const name = word?.slice(0, word.indexOf('=')).toLowerCase() ?? '';
    if (!DATE_UNITS.includes(name)) break;
    units[name] = takeOption(place, name) ?? '';
  }
  if (Object.keys(units).length === 0) {
    throw new Refused(`expected a unit of time (${DATE_UNITS.slice(0, 7).join(', ')}, …)`);
  }
  return units;
}
