import fc from 'fast-check';
import t from 'tap';
import {
  applyPatch,
  type CibPatch,
  describePatchFault,
  diff,
  firstChild,
  isEmptyPatch,
  sameXml,
  type XmlElement,
  type XmlNode,
} from '@holdfast/cib';
import { cibCases, cibWith, parsed, WHY_SKIPPED } from './support/cases.js';

/** What a patch becomes on its way to the other members. */
function sent(patch: CibPatch): CibPatch {
  return JSON.parse(JSON.stringify(patch)) as CibPatch;
}

function leadsTo(before: XmlElement, after: XmlElement): boolean {
  const applied = applyPatch(before, sent(diff(before, after)));
  return applied.ok && sameXml(applied.value, after);
}

void t.test('a patch leads from each recorded configuration to the next', (t) => {
  const cases = cibCases();
  if (cases.length === 0) {
    t.comment(WHY_SKIPPED);
    t.end();
    return;
  }
  const every = cases.filter((_, at) => at % 4 === 0).map(({ text }) => parsed(text));
  const wrong = every.filter((cib, at) => !leadsTo(cib, every[at + 1] ?? cib));
  t.equal(wrong.length, 0);
  t.ok(every.length > 100);
  t.end();
});

const NAMES = ['a', 'b', 'nvpair', 'constructor', '__proto__'];
const id = fc.constantFrom('1', '2', '3', undefined);
const value = fc.constantFrom('x', 'y', '');
const { tree } = fc.letrec<{ tree: XmlElement; node: XmlNode }>((tie) => ({
  tree: fc
    .tuple(
      fc.constantFrom(...NAMES),
      id,
      fc.array(fc.tuple(fc.constantFrom(...NAMES), value), { maxLength: 3 }),
      fc.array(tie('node'), { maxLength: 5 }),
    )
    .map(([name, ownId, pairs, children]) => ({
      kind: 'element' as const,
      name,
      attributes: Object.fromEntries(ownId === undefined ? pairs : [['id', ownId], ...pairs]),
      children,
    })),
  node: fc.oneof(
    { depthSize: 'small' },
    value.map((text) => ({ kind: 'text' as const, text })),
    value.map((text) => ({ kind: 'comment' as const, text })),
    tie('tree'),
  ),
}));

void t.test('a patch leads from any tree to any other of the same name', (t) => {
  fc.assert(
    fc.property(tree, tree, (before, other) => leadsTo(before, { ...other, name: before.name })),
    { numRuns: 1000 },
  );
  t.end();
});

/** One random edit: a child removed, doubled, moved to the front, or changed inside. */
function edit(element: XmlElement, choices: readonly number[]): XmlElement {
  const [what = 0, at = 0, ...rest] = choices;
  const { children } = element;
  const chosen = children[at % Math.max(1, children.length)];
  if (chosen === undefined) return { ...element, attributes: { ...element.attributes, new: '1' } };
  const others = children.filter((child) => child !== chosen);
  switch (what % 4) {
    case 0:
      return { ...element, children: others };
    case 1:
      return { ...element, children: [...children, chosen] };
    case 2:
      return { ...element, children: [chosen, ...others] };
    default: {
      const changed = chosen.kind === 'element' ? edit(chosen, rest) : chosen;
      return {
        ...element,
        children: children.map((child) => (child === chosen ? changed : child)),
      };
    }
  }
}

void t.test('small edits of a real configuration are small patches', (t) => {
  const [, large] = cibCases()
    .filter(({ text }) => text.length > 30_000 && text.length < 80_000)
    .map(({ text }) => firstChild(parsed(text), 'configuration'));
  if (large === undefined) {
    t.comment(WHY_SKIPPED);
    t.end();
    return;
  }
  const whole = JSON.stringify(large).length;
  fc.assert(
    fc.property(fc.array(fc.nat(20), { minLength: 6, maxLength: 12 }), (choices) => {
      const after = edit(large, [3, ...choices]);
      return leadsTo(large, after) && JSON.stringify(diff(large, after)).length < whole;
    }),
    { numRuns: 100 },
  );
  const one = edit(large, [3, 0, 3, 0, 3, 0]);
  t.ok(JSON.stringify(diff(large, one)).length < whole / 10, 'one change costs little');
  t.end();
});

void t.test('a patch says what it does, in the fewest words', (t) => {
  const before = cibWith(
    '<resources><primitive id="a"/><primitive id="b"/><primitive id="c"/></resources>',
  );
  const after = cibWith(
    '<resources><primitive id="c"/><primitive id="a" x="1"/><primitive id="d"/></resources>',
  );
  const inner = (cib: XmlElement): XmlElement => {
    const resources = firstChild(firstChild(cib, 'configuration'), 'resources');
    if (resources === undefined) throw new Error('no resources');
    return resources;
  };
  t.strictSame(sent(diff(inner(before), inner(after))), {
    set: {},
    remove: [],
    children: [
      { kind: 'keep', from: 2, count: 1 },
      { kind: 'change', at: 0, patch: { set: { x: '1' }, remove: [] } },
      {
        kind: 'insert',
        node: { kind: 'element', name: 'primitive', attributes: { id: 'd' }, children: [] },
      },
    ],
  });
  t.equal(isEmptyPatch(diff(before, before)), true);
  t.equal(isEmptyPatch(diff(before, parsed(`<cib/>`))), false);
  t.end();
});

void t.test('a patch for another tree is refused, and nothing is changed', (t) => {
  const tree = parsed('<a><b/>text</a>');
  const table: readonly [patch: CibPatch, at: number][] = [
    [{ set: {}, remove: [], children: [{ kind: 'keep', from: 1, count: 2 }] }, 2],
    [{ set: {}, remove: [], children: [{ kind: 'keep', from: -1, count: 1 }] }, -1],
    [
      {
        set: {},
        remove: [],
        children: [{ kind: 'change', at: 1, patch: { set: {}, remove: [], children: undefined } }],
      },
      1,
    ],
  ];
  for (const [patch, at] of table) {
    const applied = applyPatch(tree, patch);
    t.match(applied, { ok: false, fault: { kind: 'no-such-child', element: 'a', at } });
    if (!applied.ok) t.match(describePatchFault(applied.fault), /read the configuration again/);
  }
  t.end();
});
