/** Blocks of name-value pairs and the rules on them. */
import type { NameValue, NvSet, Rule, RuleExpression } from './model.ts';
import {
  dereference,
  faultAt,
  type ReadContext,
  REFERENCE_DEPTH_MAX,
  scoreAt,
} from './read-context.ts';
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
    score: scoreAt(context, set, 'score'),
    rule: rule === undefined ? undefined : readRule(context, rule, 0),
    pairs: readPairs(context, set),
  };
}

function readPairs(context: ReadContext, set: XmlElement): readonly NameValue[] {
  const holder = childElements(set, 'attributes')[0] ?? set;
  const pairs: NameValue[] = [];
  for (const child of childElements(holder, 'nvpair')) {
    const target = dereference(context, child);
    if (target === undefined) continue;
    const name = child.attributes['name'] ?? target.attributes['name'];
    if (name === undefined) {
      context.faults.push(faultAt(child, 'name', 'is missing'));
      continue;
    }
    pairs.push({
      id: target.attributes['id'] ?? '',
      name,
      value: target.attributes['value'] ?? '',
    });
  }
  return pairs;
}

export function readRule(
  context: ReadContext,
  element: XmlElement,
  depth: number,
): Rule | undefined {
  const rule = dereference(context, element);
  if (rule === undefined) return undefined;
  if (depth > REFERENCE_DEPTH_MAX) {
    context.faults.push(faultAt(rule, '', 'rules are nested too deeply'));
    return undefined;
  }
  const expressions: RuleExpression[] = [];
  for (const child of childElements(rule)) {
    const read = readExpression(context, child, depth);
    if (read !== undefined) expressions.push(read);
  }
  return {
    id: rule.attributes['id'] ?? '',
    booleanOp: rule.attributes['boolean-op'] === 'or' ? 'or' : 'and',
    role: rule.attributes['role'],
    score: rule.attributes['score'],
    scoreAttribute: rule.attributes['score-attribute'],
    expressions,
  };
}

function readExpression(
  context: ReadContext,
  element: XmlElement,
  depth: number,
): RuleExpression | undefined {
  const { attributes } = element;
  switch (element.name) {
    case 'rule': {
      const rule = readRule(context, element, depth + 1);
      return rule === undefined ? undefined : { kind: 'rule', rule };
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
      return undefined;
  }
}
