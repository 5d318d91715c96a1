/** A CIB made strange: what fast-check draws, done to the tree or to the text of a recorded one. */
import fc from 'fast-check';
import { formatXml, type XmlElement, type XmlNode } from '@holdfast/cib';

/** Places are numbers that are taken modulo whatever there is. */
export type Mutation =
  | { readonly kind: 'value'; readonly at: number; readonly which: number; readonly value: string }
  | { readonly kind: 'borrow'; readonly at: number; readonly which: number; readonly from: number }
  | { readonly kind: 'lose-attribute'; readonly at: number; readonly which: number }
  | { readonly kind: 'rename'; readonly at: number; readonly from: number }
  | { readonly kind: 'drop' | 'double' | 'nest'; readonly at: number; readonly times: number }
  | { readonly kind: 'move'; readonly at: number; readonly to: number }
  | { readonly kind: 'cut' | 'insert'; readonly at: number; readonly text: string };

const STRANGE: readonly string[] = [
  ...['', ' ', '0', '-1', '1', '3', '100', '2147483648', '99999999999999999999', '1e308', 'NaN'],
  ...['INFINITY', '-INFINITY', '+INFINITY', '10abc', '0x10', 'true', 'maybe', '#default', '%1'],
  ...['(a+)+$', '((a*)*)*b', '(.*)*(.*)*x', '[', '\\', '*', '(', '.*', 'a{1,99999}', '^(a|a?)+$'],
  ...['PT1S', 'P99999999999Y', '-P1D', '1s', '99999999h', '2005-020', '9999-99-99T99:99:99Z'],
  ...['9'.repeat(400), 'a'.repeat(5000), '1:2:3', ':::', 'a:0', ':', '__proto__', 'constructor'],
  ...['Promoted', 'Started', 'stop', 'restart', 'fence', 'monitor', 'migrate_to', 'stonith'],
  ...[
    '10s',
    'remote',
    'Mandatory',
    'Serialize',
    'lt',
    'defined',
    'is_running_on',
    '"<&>',
    'é\u0000',
  ],
];

const place = fc.nat({ max: 100_000 });
const which = fc.nat({ max: 30 });

export const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('value'),
      at: place,
      which,
      value: fc.constantFrom(...STRANGE),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('borrow'), at: place, which, from: place }),
  },
  fc.record({ kind: fc.constant('lose-attribute'), at: place, which }),
  fc.record({ kind: fc.constant('rename'), at: place, from: place }),
  fc.record({ kind: fc.constantFrom('drop', 'double'), at: place, times: fc.nat({ max: 3 }) }),
  fc.record({ kind: fc.constant('nest'), at: place, times: fc.nat({ max: 150 }) }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('move'), at: place, to: place }) },
  fc.record({
    kind: fc.constantFrom('cut', 'insert'),
    at: place,
    text: fc.constantFrom('<', '>', '&', '"', '</', '<!DOCTYPE a [<!ENTITY b "c">]>', '&b;', ' '),
  }),
);

type Tree = { name: string; attributes: Map<string, string>; children: (Tree | XmlNode)[] };

/** The text of the document after all of `mutations`, in their order. */
export function mutate(root: XmlElement, mutations: readonly Mutation[]): string {
  const tree = loosen(root);
  for (const each of mutations) change(tree, each);
  let text = formatXml(tighten(tree));
  for (const each of mutations) {
    if (each.kind !== 'cut' && each.kind !== 'insert') continue;
    const at = (each.at * 7919) % text.length;
    const rest = each.kind === 'cut' ? at + each.text.length : at;
    text = `${text.slice(0, at)}${each.kind === 'cut' ? '' : each.text}${text.slice(rest)}`;
  }
  return text;
}

function loosen({ name, attributes, children }: XmlElement): Tree {
  return {
    name,
    attributes: new Map(Object.entries(attributes)),
    children: children.map((child) => (child.kind === 'element' ? loosen(child) : child)),
  };
}

function tighten({ name, attributes, children }: Tree): XmlElement {
  return {
    kind: 'element',
    name,
    attributes: Object.fromEntries(attributes),
    children: children.map((child) => ('kind' in child ? child : tighten(child))),
  };
}

type Found = { readonly tree: Tree; readonly parent: Tree };

function below(parent: Tree): readonly Found[] {
  return parent.children.flatMap((child) =>
    'kind' in child ? [] : [{ tree: child, parent }, ...below(child)],
  );
}

function change(root: Tree, mutation: Mutation): void {
  const all = below(root);
  const found = all[mutation.at % all.length];
  if (found === undefined) return;
  const { tree, parent } = found;
  const other = (at: number): Tree => all[at % all.length]?.tree ?? root;
  const attribute = (of: Tree, number: number): string | undefined =>
    [...of.attributes.keys()][number % Math.max(1, of.attributes.size)];
  switch (mutation.kind) {
    case 'value':
      tree.attributes.set(attribute(tree, mutation.which) ?? 'id', mutation.value);
      return;
    case 'borrow': {
      const from = other(mutation.from);
      const value = from.attributes.get('id') ?? [...from.attributes.values()][0] ?? '';
      tree.attributes.set(attribute(tree, mutation.which) ?? 'id-ref', value);
      return;
    }
    case 'lose-attribute':
      tree.attributes.delete(attribute(tree, mutation.which) ?? '');
      return;
    case 'rename':
      tree.name = other(mutation.from).name;
      return;
    case 'drop':
      parent.children.splice(parent.children.indexOf(tree), 1);
      return;
    case 'double':
      parent.children.push(loosen(tighten(tree)));
      return;
    case 'nest':
      nest(parent, tree, mutation.times);
      return;
    case 'move':
      if (!below(tree).some((each) => each.tree === other(mutation.to))) {
        parent.children.splice(parent.children.indexOf(tree), 1);
        if (other(mutation.to) !== tree) other(mutation.to).children.push(tree);
      }
      return;
    case 'cut':
    case 'insert':
      return;
  }
}

/** The element around itself, many times over. */
function nest(parent: Tree, tree: Tree, times: number): void {
  let inner = tree;
  for (let count = 0; count < times; count += 1) {
    inner = { name: tree.name, attributes: new Map(tree.attributes), children: [inner] };
  }
  parent.children.splice(parent.children.indexOf(tree), 1, inner);
}
