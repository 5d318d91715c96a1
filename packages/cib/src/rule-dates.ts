/** Does a date expression hold now (A1.11.3)? */
import {
  addParts,
  type CalendarFields,
  type DurationParts,
  fieldsOf,
  parseDate,
} from './calendar.ts';
import { integerPrefix } from './literals.ts';
import { firstChild } from './xml-walk.ts';
import type { XmlElement } from './xml.ts';

/** `now` and the zone that dates without one are meant in; both in seconds. */
export type DateContext = { readonly nowSeconds: number; readonly offsetSeconds: number };

export function dateHolds(expression: XmlElement, context: DateContext): boolean {
  const now = Math.floor(context.nowSeconds);
  switch (expression.attributes['operation'] ?? 'in_range') {
    case 'gt': {
      const start = dateAt(expression, 'start', context);
      return start !== undefined && now > start;
    }
    case 'lt': {
      const end = dateAt(expression, 'end', context);
      return end !== undefined && now < end;
    }
    case 'in_range':
    case 'in-range':
      return rangeHolds(expression, context, now);
    case 'date_spec':
    case 'date-spec': {
      const spec = firstChild(expression, 'date_spec');
      return spec !== undefined && specHolds(spec, fieldsOf(now + context.offsetSeconds));
    }
    default:
      return false;
  }
}

/**
 * The earliest moment after now, in seconds, at which the expression may come to hold or cease to:
 * whoever decided by it must look again then. Undefined where that never happens, and for `date_spec`,
 * which the regular recheck looks after.
 */
export function nextChange(expression: XmlElement, context: DateContext): number | undefined {
  const start = dateAt(expression, 'start', context);
  const end = endOf(expression, start, context);
  const ahead = edgesOf(expression.attributes['operation'] ?? 'in_range', start, end).filter(
    (edge) => edge > context.nowSeconds,
  );
  return ahead.length === 0 ? undefined : Math.min(...ahead);
}

/** `gt` begins behind its start, `lt` ends at its end, a range holds at both of its ends. */
function edgesOf(
  operation: string,
  start: number | undefined,
  end: number | undefined,
): readonly number[] {
  switch (operation) {
    case 'gt':
      return start === undefined ? [] : [start + 1];
    case 'lt':
      return end === undefined ? [] : [end];
    case 'in_range':
    case 'in-range':
      return [...(start === undefined ? [] : [start]), ...(end === undefined ? [] : [end + 1])];
    default:
      return [];
  }
}

function dateAt(
  element: XmlElement,
  attribute: string,
  { offsetSeconds }: DateContext,
): number | undefined {
  const text = element.attributes[attribute];
  return text === undefined ? undefined : parseDate(text, offsetSeconds);
}

/** A bound that is given but is no date makes the range hold never: better than for ever. */
function rangeHolds(expression: XmlElement, context: DateContext, now: number): boolean {
  const start = dateAt(expression, 'start', context);
  const end = endOf(expression, start, context);
  if (start === undefined && expression.attributes['start'] !== undefined) return false;
  if (end === undefined && expression.attributes['end'] !== undefined) return false;
  if (start === undefined && end === undefined) return false;
  return (start === undefined || now >= start) && (end === undefined || now <= end);
}

function endOf(
  expression: XmlElement,
  start: number | undefined,
  context: DateContext,
): number | undefined {
  if (expression.attributes['end'] !== undefined) return dateAt(expression, 'end', context);
  const duration = firstChild(expression, 'duration');
  if (duration === undefined || start === undefined) return undefined;
  const local = start + context.offsetSeconds;
  return addParts(local, partsOf(duration)) - context.offsetSeconds;
}

const PARTS = ['years', 'months', 'weeks', 'days', 'hours', 'minutes', 'seconds'] as const;

function partsOf(duration: XmlElement): DurationParts {
  return Object.fromEntries(
    PARTS.map((part) => [part, integerPrefix(duration.attributes[part] ?? '0') ?? 0]),
  );
}

const FIELDS = [
  'years',
  'months',
  'monthdays',
  'hours',
  'minutes',
  'seconds',
  'yeardays',
  'weekyears',
  'weeks',
  'weekdays',
] as const satisfies readonly (keyof CalendarFields)[];

/** Every given field must contain the moment. */
function specHolds(spec: XmlElement, now: CalendarFields): boolean {
  return FIELDS.every((field) => {
    const range = spec.attributes[field];
    return range === undefined || inRange(range.trim(), now[field]);
  });
}

/** `N`, `N-M`, `N-`, `-M`; anything else contains nothing. */
function inRange(range: string, value: number): boolean {
  const match = /^(\d{1,9})?(-)?(\d{1,9})?$/.exec(range);
  if (match === null) return false;
  const [, low, dash, high] = match;
  if (low === undefined && high === undefined) return false;
  if (dash === undefined) return Number(low) === value;
  return (
    (low === undefined || value >= Number(low)) && (high === undefined || value <= Number(high))
  );
}
