/** Blocks of name-value pairs and the rules on them. */
import { ZERO } from '@holdfast/base';
import type { NameValue, NvSet, Rule, RuleExpression } from './model.ts';
import { dereference, faultAt, type ReadContext, scoreAt } from './read-context.ts';
import { childElements } from './xml-walk.ts';
import type { XmlElement } from './xml.ts';

/** All sets of one tag below `parent`, references resolved, in document order. */
export function readNvSets(
  context: ReadContext,
  parent: XmlElement | undefined,
  tag: string,
): readonly NvSet[] {
  if (parent === undefined) return [];
  const sets: NvSet[] = [];
  for (const child of childElements(parent, tag)) {
    const target = dereference(context, child);
    if (target !== undefined) sets.push(readNvSet(context, target));
  }
  return sets;
}

function readNvSet(context: ReadContext, set: XmlElement): NvSet {
  const rules = childElements(set, 'rule');
  const [rule] = rules;
  if (rules.length > 1) {
    context.faults.push(faultAt(set, '', 'has several rules at its top; only the first counts'));
  }
  return {
    id: set.attributes['id'] ?? '',
    score: scoreAt(context, set, 'score') ?? ZERO,
    rule: rule === undefined ? undefined : (readRule(context, rule) ?? NEVER),
    pairs: readPairs(context, set),
  };
}

/** A rule that cannot be read holds for nothing: better than holding for everything. */
const NEVER: Rule = {
  id: '',
  booleanOp: 'and',
  role: undefined,
  score: undefined,
  scoreAttribute: undefined,
  expressions: [{ kind: 'unreadable' }],
};

function readPairs(context: ReadContext, set: XmlElement): readonly NameValue[] {
  const holder = childElements(set, 'attributes')[0] ?? set;
  const pairs: NameValue[] = [];
  for (const child of childElements(holder, 'nvpair')) {
    const target = dereference(context, child);
    if (target === undefined) continue;
    const name = child.attributes['name'] ?? target.attributes['name'];
    const { id = '', value } = target.attributes;
    if (name === undefined) context.faults.push(faultAt(child, 'name', 'is missing'));
    // A pair without a value is as good as none (A0.13).
    if (name !== undefined && value !== undefined) pairs.push({ id, name, value });
  }
  return pairs;
}

/** Conditions of one rule, those of rules referred to included: they may refer to each other in circles. */
const CONDITIONS_MAX = 1000;

type Budget = { conditionsLeft: number };

/** The rule, references resolved; undefined, and a fault, where it cannot be read. */
export function readRule(
  context: ReadContext,
  element: XmlElement,
  budget: Budget = { conditionsLeft: CONDITIONS_MAX },
): Rule | undefined {
  const rule = dereference(context, element);
  if (rule === undefined) return undefined;
  const booleanOp = rule.attributes['boolean-op'] ?? 'and';
  const isKnown = booleanOp === 'and' || booleanOp === 'or';
  if (!isKnown) context.faults.push(faultAt(rule, 'boolean-op', 'expected and, or'));
  return {
    id: rule.attributes['id'] ?? '',
    booleanOp: booleanOp === 'or' ? 'or' : 'and',
    role: rule.attributes['role'],
    score: rule.attributes['score'],
    scoreAttribute: rule.attributes['score-attribute'],
    expressions: isKnown
      ? childElements(rule).map((child) => readExpression(context, child, budget))
      : [{ kind: 'unreadable' }],
  };
}

function readExpression(context: ReadContext, element: XmlElement, budget: Budget): RuleExpression {
  const { attributes } = element;
  budget.conditionsLeft -= 1;
  if (budget.conditionsLeft <= 0) {
    if (budget.conditionsLeft === 0) {
      context.faults.push(faultAt(element, '', 'the rule leads in a circle, or is too long'));
    }
    return { kind: 'unreadable' };
  }
  switch (element.name) {
    case 'rule': {
      const rule = readRule(context, element, budget);
      return rule === undefined ? { kind: 'unreadable' } : { kind: 'rule', rule };
    }
    case 'expression':
      return {
        kind: 'attribute',
        attribute: attributes['attribute'] ?? '',
        operation: attributes['operation'] ?? '',
        value: attributes['value'],
        type: attributes['type'],
        valueSource: attributes['value-source'],
      };
    case 'date_expression':
      return { kind: 'date', element };
    case 'op_expression':
      return { kind: 'op', name: attributes['name'] ?? '', interval: attributes['interval'] };
    case 'rsc_expression':
      return {
        kind: 'resource',
        class: attributes['class'],
        provider: attributes['provider'],
        type: attributes['type'],
      };
    default:
      context.faults.push(faultAt(element, '', `<${element.name}> is no part of a rule`));
      return { kind: 'unreadable' };
  }
}
