/** Does a rule hold? Attribute, date, operation and resource expressions (A0.9 ff.). */
import { type EpochMs, parseDuration } from '@holdfast/base';
import type { Rule, RuleExpression } from './model.ts';
import { childElements } from './xml-walk.ts';
import type { XmlElement } from './xml.ts';

/** What a rule is asked about; what is absent makes the expressions about it not hold. */
export type RuleContext = {
  readonly nodeAttributes?: ReadonlyMap<string, string>;
  readonly role?: string;
  readonly op?: { readonly name: string; readonly intervalMs: number };
  readonly resource?: { readonly class: string; readonly provider: string; readonly type: string };
  readonly now?: EpochMs;
};

export function matches(rule: Rule, context: RuleContext): boolean {
  if (rule.expressions.length === 0) return true;
  const test = (expression: RuleExpression): boolean => holds(expression, context);
  return rule.booleanOp === 'and' ? rule.expressions.every(test) : rule.expressions.some(test);
}

function holds(expression: RuleExpression, context: RuleContext): boolean {
  switch (expression.kind) {
    case 'rule':
      return matches(expression.rule, context);
    case 'attribute':
      return attributeHolds(expression, context);
    case 'date':
      return context.now !== undefined && dateHolds(expression.element, context.now);
    case 'op':
      return opHolds(expression, context);
    case 'resource':
      return resourceHolds(expression, context);
  }
}

function opHolds(expression: RuleExpression & { kind: 'op' }, { op }: RuleContext): boolean {
  if (op?.name !== expression.name) return false;
  if (expression.interval === undefined) return true;
  const wanted = parseDuration(expression.interval);
  return wanted.ok && wanted.value === op.intervalMs;
}

function resourceHolds(
  expression: RuleExpression & { kind: 'resource' },
  { resource }: RuleContext,
): boolean {
  if (resource === undefined) return false;
  return (
    (expression.class === undefined || expression.class === resource.class) &&
    (expression.provider === undefined || expression.provider === resource.provider) &&
    (expression.type === undefined || expression.type === resource.type)
  );
}

function attributeHolds(
  expression: RuleExpression & { kind: 'attribute' },
  context: RuleContext,
): boolean {
  const actual = context.nodeAttributes?.get(expression.attribute);
  if (expression.operation === 'defined') return actual !== undefined;
  if (expression.operation === 'not_defined') return actual === undefined;
  const order = compareValues(actual, expression.value, expression.type);
  switch (expression.operation) {
    case 'eq':
      return order === 0;
    case 'ne':
      return order !== 0;
    case 'lt':
      return order !== undefined && order < 0;
    case 'lte':
      return order !== undefined && order <= 0;
    case 'gt':
      return order !== undefined && order > 0;
    case 'gte':
      return order !== undefined && order >= 0;
    default:
      return false;
  }
}

/** Undefined where one side is missing or no number. */
function compareValues(
  actual: string | undefined,
  wanted: string | undefined,
  type: string | undefined,
): number | undefined {
  if (actual === undefined || wanted === undefined) return undefined;
  switch (type) {
    case 'integer':
    case 'number': {
      const difference = Number(actual) - Number(wanted);
      return Number.isNaN(difference) ? undefined : difference;
    }
    case 'version':
      return compareDotted(actual, wanted);
    default:
      return actual.toLowerCase() < wanted.toLowerCase()
        ? -1
        : actual.toLowerCase() > wanted.toLowerCase()
          ? 1
          : 0;
  }
}

function compareDotted(a: string, b: string): number {
  const left = a.split('.').map(Number);
  const right = b.split('.').map(Number);
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function dateHolds(element: XmlElement, now: EpochMs): boolean {
  const start = timeOf(element.attributes['start']);
  const end = timeOf(element.attributes['end']);
  switch (element.attributes['operation'] ?? 'in_range') {
    case 'gt':
      return start !== undefined && now > start;
    case 'lt':
      return end !== undefined && now < end;
    case 'in_range':
      return (
        (start === undefined || now >= start) &&
        (end === undefined || now <= end) &&
        (start ?? end) !== undefined
      );
    case 'date_spec':
      return childElements(element, 'date_spec').every((spec) => specHolds(spec, now));
    default:
      return false;
  }
}

function timeOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const parsed = Date.parse(
    text.includes('T') || !text.includes(' ') ? text : text.replace(' ', 'T'),
  );
  return Number.isNaN(parsed) ? undefined : parsed;
}

/** Every given field must contain the moment (UTC). */
function specHolds(spec: XmlElement, now: EpochMs): boolean {
  const at = new Date(now);
  const weekday = at.getUTCDay() === 0 ? 7 : at.getUTCDay();
  const fields: Readonly<Record<string, number>> = {
    seconds: at.getUTCSeconds(),
    minutes: at.getUTCMinutes(),
    hours: at.getUTCHours(),
    monthdays: at.getUTCDate(),
    weekdays: weekday,
    months: at.getUTCMonth() + 1,
    years: at.getUTCFullYear(),
  };
  return Object.entries(spec.attributes).every(([name, range]) => {
    const value = fields[name];
    return value === undefined || inRange(range, value);
  });
}

function inRange(range: string, value: number): boolean {
  const match = /^(\d+)?(-)?(\d+)?$/.exec(range);
  if (match === null) return false;
  const low = match[1] === undefined ? undefined : Number(match[1]);
  if (match[2] === undefined) return low === value;
  const high = match[3] === undefined ? undefined : Number(match[3]);
  return (low === undefined || value >= low) && (high === undefined || value <= high);
}
