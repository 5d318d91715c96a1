/** The rules of a location constraint, with what older syntax said beside them made part of them (A1.1.3). */
import type { Rule, RuleExpression } from './model.ts';
import type { ReadContext } from './read-context.ts';
import { readRule } from './read-nvsets.ts';
import { childElements, firstChild } from './xml-walk.ts';
import type { XmlElement } from './xml.ts';

export type LocationRules =
  | { readonly kind: 'none' }
  /** `replacesNode`: node and score of the constraint are said by the rules. */
  | { readonly kind: 'rules'; readonly rules: readonly Rule[]; readonly replacesNode: boolean };

export function readLocationRules(context: ReadContext, element: XmlElement): LocationRules {
  const given = childElements(element, 'rule');
  const rules = given.map((child) => readRule(context, child)).filter((rule) => rule !== undefined);
  const lifetime = firstChild(element, 'lifetime');
  if (lifetime === undefined) {
    return given.length === 0 ? { kind: 'none' } : { kind: 'rules', rules, replacesNode: false };
  }
  const times = readLifetime(context, lifetime);
  const { id = '', node, score } = element.attributes;
  if (given.length > 0) {
    const bounded = rules.map((rule) => bound(rule, times, `${id}-lifetime`));
    return { kind: 'rules', rules: bounded, replacesNode: false };
  }
  const here = ruleOf(`${id}-rule`, [
    {
      kind: 'attribute',
      attribute: '#uname',
      operation: 'eq',
      value: node ?? '',
      type: undefined,
      valueSource: undefined,
    },
  ]);
  const inner = bound({ ...here, score }, times, `${id}-lifetime`);
  return { kind: 'rules', rules: [inner], replacesNode: true };
}

/** `rule`, but only in those times; its score and role are the whole rule's. */
function bound(rule: Rule, times: RuleExpression, id: string): Rule {
  const { role, score, scoreAttribute } = rule;
  return { ...ruleOf(id, [{ kind: 'rule', rule }, times]), role, score, scoreAttribute };
}

function readLifetime(context: ReadContext, lifetime: XmlElement): RuleExpression {
  const rules = childElements(lifetime, 'rule').map((child): RuleExpression => {
    const rule = readRule(context, child);
    return rule === undefined ? { kind: 'unreadable' } : { kind: 'rule', rule };
  });
  return { kind: 'rule', rule: { ...ruleOf('', rules), booleanOp: 'or' } };
}

function ruleOf(id: string, expressions: readonly RuleExpression[]): Rule {
  return {
    id,
    booleanOp: 'and',
    role: undefined,
    score: undefined,
    scoreAttribute: undefined,
    expressions,
  };
}
