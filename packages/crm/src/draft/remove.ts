/** Taking objects out, and with them what would point at nothing. */
import { childElements, withAttributes, withChildren, type XmlElement } from '@holdfast/cib';
import {
  changeSection,
  everyObject,
  findObject,
  isResource,
  replaceAnywhere,
  section,
} from './places.ts';

export type Removal = {
  readonly cib: XmlElement;
  /** What went along with it, in words. */
  readonly notes: readonly string[];
};

/** `cib` without the object; members of a collection stay, at the top. */
export function removeObject(cib: XmlElement, id: string): Removal | undefined {
  const object = findObject(cib, id);
  if (object === undefined) return undefined;
  if (!isResource(object)) return { cib: replaceAnywhere(cib, object, undefined), notes: [] };
  const members = childElements(object).filter(isResource);
  let next = replaceAnywhere(cib, object, undefined);
  for (const member of members) {
    next = changeSection(next, 'resources', (found) =>
      withChildren(found, [...found.children, member]),
    );
  }
  const cleaned = removeReferences(next, id);
  return removeEmptied(cleaned.cib, cleaned.notes);
}

/** Collections that lost their last member go too, and what refers to them. */
function removeEmptied(cib: XmlElement, notes: readonly string[]): Removal {
  const emptied = everyObject(cib).find(
    (each) => /^(group|clone|master)$/.test(each.name) && !childElements(each).some(isResource),
  );
  if (emptied === undefined) return { cib, notes };
  const id = emptied.attributes['id'] ?? '';
  const cleaned = removeReferences(replaceAnywhere(cib, emptied, undefined), id);
  return removeEmptied(cleaned.cib, [
    ...notes,
    `${id} is empty now and was deleted`,
    ...cleaned.notes,
  ]);
}

function removeReferences(cib: XmlElement, id: string): Removal {
  const notes: string[] = [];
  let next = cib;
  for (const constraint of section(cib, 'constraints')) {
    const rest = withoutReference(constraint, id);
    if (rest === constraint) continue;
    next = replaceAnywhere(next, constraint, rest);
    const own = constraint.attributes['id'] ?? '';
    notes.push(
      rest === undefined
        ? `the constraint ${own} was deleted with ${id}`
        : `${id} was taken out of the constraint ${own}`,
    );
  }
  for (const tag of section(next, 'tags')) {
    const rest = withChildren(
      tag,
      tag.children.filter((child) => !(child.kind === 'element' && child.attributes['id'] === id)),
    );
    if (rest.children.length === tag.children.length) continue;
    next = replaceAnywhere(next, tag, childElements(rest).length === 0 ? undefined : rest);
  }
  for (const level of section(next, 'fencing-topology')) {
    const devices = (level.attributes['devices'] ?? '').split(',');
    if (!devices.includes(id)) continue;
    const rest = devices.filter((device) => device !== id);
    next = replaceAnywhere(
      next,
      level,
      rest.length === 0 ? undefined : withAttributes(level, { devices: rest.join(',') }),
    );
    notes.push(`${id} was taken out of the fencing topology`);
  }
  return { cib: next, notes };
}

/** The constraint without the resource: undefined where nothing useful is left, itself where it does not name it. */
function withoutReference(constraint: XmlElement, id: string): XmlElement | undefined {
  const { attributes } = constraint;
  if (['rsc', 'with-rsc', 'first', 'then'].some((name) => attributes[name] === id))
    return undefined;
  const sets = childElements(constraint, 'resource_set');
  if (!sets.some((set) => childElements(set).some((each) => each.attributes['id'] === id))) {
    return constraint;
  }
  const rest = sets.flatMap((set) => {
    const kept = childElements(set).filter((each) => each.attributes['id'] !== id);
    return kept.length === 0 ? [] : [withChildren(set, kept)];
  });
  const left = rest.reduce((sum, set) => sum + childElements(set).length, 0);
  const needed = constraint.name === 'rsc_colocation' || constraint.name === 'rsc_order' ? 2 : 1;
  if (left < needed) return undefined;
  const others = constraint.children.filter(
    (child) => !(child.kind === 'element' && child.name === 'resource_set'),
  );
  return withChildren(constraint, [...rest, ...others]);
}

/** Everything goes; nodes only where asked for. */
export function eraseAll(cib: XmlElement, withNodes: boolean): XmlElement {
  let next = cib;
  const names = [
    'resources',
    'constraints',
    'crm_config',
    'rsc_defaults',
    'op_defaults',
    'tags',
    'alerts',
    'acls',
    'fencing-topology',
  ];
  for (const name of withNodes ? [...names, 'nodes'] : names) {
    if (section(next, name).length > 0)
      next = changeSection(next, name, (found) => withChildren(found, []));
  }
  return next;
}
