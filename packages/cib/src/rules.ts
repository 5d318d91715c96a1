/** Does a rule hold? Attribute, date, operation and resource expressions (A1.11). */
import { type EpochMs, epochMs } from '@holdfast/base';
import { readDuration } from './literals.ts';
import type { Rule, RuleExpression } from './model.ts';
import { type DateContext, dateHolds, nextChange } from './rule-dates.ts';

/** What a rule is asked about; what is absent makes the expressions about it not hold. */
export type RuleContext = {
  /** Of the node in question; absent: no attribute is defined. */
  readonly nodeAttributes?: ReadonlyMap<string, string>;
  readonly op?: { readonly name: string; readonly intervalMs: number };
  readonly resource?: { readonly class: string; readonly provider: string; readonly type: string };
  /** Instance parameters and meta-attributes, for `value-source`. */
  readonly parameters?: ReadonlyMap<string, string>;
  readonly meta?: ReadonlyMap<string, string>;
  /** What the pattern of the location constraint matched: `%0` is the whole, `%1` its first group. */
  readonly submatches?: readonly (string | undefined)[];
  /** Wall-clock time; the same on every member that decides. */
  readonly now?: EpochMs;
  /** East of Greenwich, in seconds: for dates without a zone, and `date_spec`. Absent: UTC. */
  readonly utcOffsetSeconds?: number;
};

export function matches(rule: Rule, context: RuleContext): boolean {
  if (rule.expressions.length === 0) return true;
  const test = (expression: RuleExpression): boolean => holds(expression, context);
  return rule.booleanOp === 'and' ? rule.expressions.every(test) : rule.expressions.some(test);
}

/** The next moment at which a date in the rule changes what it says; undefined: none. */
export function nextRuleChange(rule: Rule, context: RuleContext): EpochMs | undefined {
  const dates = dateContext(context);
  if (dates === undefined) return undefined;
  const moments = dateElements(rule)
    .map((element) => nextChange(element, dates))
    .filter((moment) => moment !== undefined);
  return moments.length === 0 ? undefined : epochMs(Math.min(...moments) * 1000);
}

function dateElements(rule: Rule): readonly (RuleExpression & { kind: 'date' })['element'][] {
  return rule.expressions.flatMap((each) => {
    if (each.kind === 'rule') return dateElements(each.rule);
    return each.kind === 'date' ? [each.element] : [];
  });
}

function holds(expression: RuleExpression, context: RuleContext): boolean {
  switch (expression.kind) {
    case 'rule':
      return matches(expression.rule, context);
    case 'attribute':
      return attributeHolds(expression, context);
    case 'date': {
      const dates = dateContext(context);
      return dates !== undefined && dateHolds(expression.element, dates);
    }
    case 'op':
      return opHolds(expression, context);
    case 'resource':
      return resourceHolds(expression, context);
    case 'unreadable':
      return false;
  }
}

function dateContext({ now, utcOffsetSeconds = 0 }: RuleContext): DateContext | undefined {
  if (now === undefined) return undefined;
  return { nowSeconds: now / 1000, offsetSeconds: utcOffsetSeconds };
}

function opHolds(expression: RuleExpression & { kind: 'op' }, { op }: RuleContext): boolean {
  if (op?.name !== expression.name) return false;
  return expression.interval === undefined || readDuration(expression.interval) === op.intervalMs;
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
  const { operation, value } = expression;
  const actual = context.nodeAttributes?.get(expandSubmatches(expression.attribute, context));
  if (operation === 'defined' || operation === 'not_defined') {
    return value === undefined && (actual !== undefined) === (operation === 'defined');
  }
  if (value === undefined) return false;
  const wanted = wantedValue(value, expression.valueSource, context);
  const type = expression.type ?? defaultType(operation, actual, wanted);
  return orderHolds(operation, actual, wanted, type);
}

function orderHolds(
  operation: string,
  actual: string | undefined,
  wanted: string | undefined,
  type: string,
): boolean {
  const isMissing = actual === undefined || wanted === undefined;
  const order = compareValues(actual, wanted, type);
  switch (operation) {
    case 'eq':
      return order === 0;
    case 'ne':
      return order !== 0;
    case 'lt':
      return !isMissing && order < 0;
    case 'lte':
      return !isMissing && order <= 0;
    case 'gt':
      return !isMissing && order > 0;
    case 'gte':
      return !isMissing && order >= 0;
    default:
      return false;
  }
}

/** `%0` to `%9`, where the constraint names its resources by a pattern; what did not match is empty. */
export function expandSubmatches(text: string, { submatches }: RuleContext): string {
  if (submatches === undefined) return text;
  return text.replace(/%(\d)/g, (_, digit: string) => submatches[Number(digit)] ?? '');
}

function wantedValue(
  value: string,
  source: string | undefined,
  { parameters, meta }: RuleContext,
): string | undefined {
  if (source === 'param') return parameters?.get(value);
  return source === 'meta' ? meta?.get(value) : value;
}

function defaultType(
  operation: string,
  actual: string | undefined,
  wanted: string | undefined,
): string {
  if (operation === 'eq' || operation === 'ne') return 'string';
  return `${actual ?? ''}${wanted ?? ''}`.includes('.') ? 'number' : 'integer';
}

/** A missing side is less than any other; two missing ones are equal (A1.11.2). */
function compareValues(
  actual: string | undefined,
  wanted: string | undefined,
  type: string,
): number {
  if (actual === undefined || wanted === undefined) {
    return Number(actual !== undefined) - Number(wanted !== undefined);
  }
  switch (type) {
    case 'integer':
      return compareNumbers(actual, wanted, /^\s*[+-]?\d+/);
    case 'number':
      return compareNumbers(actual, wanted, /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/i);
    case 'version':
      return compareDotted(actual, wanted);
    default:
      return compareText(actual, wanted);
  }
}

/** By the number each begins with; as text where one begins with none. */
function compareNumbers(a: string, b: string, prefix: RegExp): number {
  const [left] = prefix.exec(a) ?? [];
  const [right] = prefix.exec(b) ?? [];
  return left === undefined || right === undefined
    ? compareText(a, b)
    : Number(left) - Number(right);
}

function compareText(a: string, b: string): number {
  const [left, right] = [a.toLowerCase(), b.toLowerCase()];
  return left < right ? -1 : Number(left > right);
}

function compareDotted(a: string, b: string): number {
  const parts = (text: string): readonly number[] =>
    (/^\s*(\d+(?:\.\d+)*)/.exec(text)?.[1] ?? '').split('.').map(Number);
  const [left, right] = [parts(a), parts(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
