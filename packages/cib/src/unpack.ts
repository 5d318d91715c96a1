/** Several sets of name-value pairs, merged into the values that count. */
import type { NvSet } from './model.ts';
import { matches, type RuleContext } from './rules.ts';

/** Stands before every other set of cluster properties, whatever the scores (A0.13). */
const FIRST_SET = 'cib-bootstrap-options';

/**
 * `sets` in document order. Those with the higher score count first, among equals the later in the
 * document; sets whose rule does not hold are left out; the first value of a name wins; the value
 * `#default` takes back what was said before it (A0.13).
 */
export function unpack(
  sets: readonly NvSet[],
  context: RuleContext = {},
): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const { rule, pairs } of inPrecedence(sets)) {
    if (rule !== undefined && !matches(rule, context)) continue;
    for (const { name, value } of pairs) {
      if (value === '#default') values.delete(name);
      else if (!values.has(name)) values.set(name, value);
    }
  }
  return values;
}

function inPrecedence(sets: readonly NvSet[]): readonly NvSet[] {
  if (sets.length < 2) return sets;
  const isFirst = ({ id }: NvSet): number => (id === FIRST_SET ? 1 : 0);
  return [...sets].reverse().sort((a, b) => isFirst(b) - isFirst(a) || b.score - a.score);
}
