/**
 * The difference between two trees, as data: exact, so that every member that applies it to the same
 * tree has the same tree. Children are told by position in the old tree; a patch is only ever applied
 * to the version it was made from.
 */
import { fail, ok, type Result } from '@holdfast/base';
import { sameXml } from './xml-walk.ts';
import type { XmlElement, XmlNode } from './xml.ts';

export type CibPatch = ElementPatch;

export type ElementPatch = {
  readonly set: Readonly<Record<string, string>>;
  readonly remove: readonly string[];
  /** The new children in order; undefined: as they were. */
  readonly children: readonly ChildPatch[] | undefined;
};

export type ChildPatch =
  /** `count` old children from position `from`, untouched. */
  | { readonly kind: 'keep'; readonly from: number; readonly count: number }
  | { readonly kind: 'change'; readonly at: number; readonly patch: ElementPatch }
  | { readonly kind: 'insert'; readonly node: XmlNode };

export type PatchFault = {
  readonly kind: 'no-such-child';
  readonly element: string;
  readonly at: number;
};

export function describePatchFault(fault: PatchFault): string {
  return `the change speaks of child ${fault.at} of <${fault.element}>, which does not exist; read the configuration again and repeat the change`;
}

/** What turns `before` into `after`; both have the same element name. */
export function diff(before: XmlElement, after: XmlElement): ElementPatch {
  const had = new Map(Object.entries(before.attributes));
  const set = Object.fromEntries(
    Object.entries(after.attributes).filter(([name, value]) => had.get(name) !== value),
  );
  const remove = [...had.keys()].filter((name) => !Object.hasOwn(after.attributes, name));
  return { set, remove, children: diffChildren(before.children, after.children) };
}

function diffChildren(
  before: readonly XmlNode[],
  after: readonly XmlNode[],
): readonly ChildPatch[] | undefined {
  if (before === after) return undefined;
  if (before.length === after.length && before.every((child, index) => same(child, after[index]))) {
    return undefined;
  }
  const places = new Map<string, number[]>();
  before.forEach((child, index) => {
    const known = places.get(keyOf(child));
    if (known === undefined) places.set(keyOf(child), [index]);
    else known.push(index);
  });
  const patches: ChildPatch[] = [];
  for (const child of after) patches.push(patchFor(child, before, places));
  return joinRuns(patches);
}

function same(a: XmlNode, b: XmlNode | undefined): boolean {
  return b !== undefined && sameXml(a, b);
}

/** The same key: likely the same thing, changed or not. */
function keyOf(node: XmlNode): string {
  if (node.kind !== 'element') return `${node.kind}:${node.text}`;
  return `${node.name}#${node.attributes['id'] ?? node.attributes['id-ref'] ?? ''}`;
}

function patchFor(
  child: XmlNode,
  before: readonly XmlNode[],
  places: ReadonlyMap<string, number[]>,
): ChildPatch {
  const at = places.get(keyOf(child))?.shift();
  const old = at === undefined ? undefined : before[at];
  if (at === undefined || old === undefined) return { kind: 'insert', node: child };
  if (sameXml(old, child)) return { kind: 'keep', from: at, count: 1 };
  if (old.kind === 'element' && child.kind === 'element') {
    return { kind: 'change', at, patch: diff(old, child) };
  }
  return { kind: 'insert', node: child };
}

function joinRuns(patches: readonly ChildPatch[]): readonly ChildPatch[] {
  const joined: ChildPatch[] = [];
  for (const patch of patches) {
    const last = joined.at(-1);
    if (patch.kind === 'keep' && last?.kind === 'keep' && last.from + last.count === patch.from) {
      joined[joined.length - 1] = { ...last, count: last.count + patch.count };
    } else {
      joined.push(patch);
    }
  }
  return joined;
}

/** True where applying changes nothing. */
export function isEmptyPatch(patch: ElementPatch): boolean {
  return (
    patch.children === undefined && patch.remove.length === 0 && Object.keys(patch.set).length === 0
  );
}

export function applyPatch(
  before: XmlElement,
  patch: ElementPatch,
): Result<XmlElement, PatchFault> {
  const kept = Object.entries(before.attributes).filter(([name]) => !patch.remove.includes(name));
  const attributes = { ...Object.fromEntries(kept), ...patch.set };
  if (patch.children === undefined) return ok({ ...before, attributes });
  const children: XmlNode[] = [];
  for (const each of patch.children) {
    const applied = applyChild(before, each);
    if (!applied.ok) return applied;
    children.push(...applied.value);
  }
  return ok({ ...before, attributes, children });
}

function applyChild(before: XmlElement, patch: ChildPatch): Result<readonly XmlNode[], PatchFault> {
  switch (patch.kind) {
    case 'insert':
      return ok([patch.node]);
    case 'keep': {
      const run = before.children.slice(patch.from, patch.from + patch.count);
      if (run.length === patch.count) return ok(run);
      return fail({ kind: 'no-such-child', element: before.name, at: patch.from + run.length });
    }
    case 'change': {
      const child = before.children[patch.at];
      if (child?.kind !== 'element') {
        return fail({ kind: 'no-such-child', element: before.name, at: patch.at });
      }
      const changed = applyPatch(child, patch.patch);
      return changed.ok ? ok([changed.value]) : changed;
    }
  }
}
