/** What `show` shows: which objects, in which order, as commands or as XML. */
import {
  childElements,
  element,
  everyElement,
  formatXml,
  sameXml,
  withChildren,
  type XmlElement,
} from '@holdfast/cib';
import { fail, ok, type Result } from '@holdfast/base';
import { showObject } from '../language/show.ts';
import {
  configurationOf,
  everyObject,
  findObject,
  isResource,
  referencedIds,
  section,
} from './places.ts';
import { suggestion } from './rework.ts';

/** Kinds in the order they are shown; what is needed stands before what needs it. */
const ORDER: readonly string[] = [
  'node',
  'template',
  'primitive',
  'bundle',
  'group',
  'master',
  'clone',
  'tag',
  'rsc_location',
  'rsc_order',
  'rsc_colocation',
  'rsc_ticket',
  'fencing-topology',
  'cluster_property_set',
  'meta_attributes',
  'alert',
  'acl_role',
  'acl_target',
  'acl_group',
  'acl_user',
];

/** What `type:` accepts beside the element's own name. */
const TYPE_NAMES: Readonly<Record<string, readonly string[]>> = {
  rsc_template: ['template'],
  location: ['rsc_location'],
  order: ['rsc_order'],
  colocation: ['rsc_colocation'],
  ms: ['master'],
  property: ['cluster_property_set'],
  fencing_topology: ['fencing-topology'],
  role: ['acl_role'],
  user: ['acl_user'],
};

export type ShowRequest = {
  readonly before: XmlElement;
  readonly cib: XmlElement;
  readonly isMasked: (name: string) => boolean;
};

/** All objects, in the order they are shown. */
function sorted(cib: XmlElement): readonly XmlElement[] {
  const rank = (each: XmlElement): number => {
    const at = ORDER.indexOf(each.name);
    return at < 0 ? ORDER.length : at;
  };
  const isNamed = (each: XmlElement): boolean =>
    !/^(cluster_property_set|meta_attributes)$/.test(each.name);
  return [...everyObject(cib)].sort((a, b) => {
    if (rank(a) !== rank(b)) return rank(a) - rank(b);
    if (!isNamed(a)) return 0;
    return labelOf(a) < labelOf(b) ? -1 : labelOf(a) > labelOf(b) ? 1 : 0;
  });
}

function labelOf(object: XmlElement): string {
  return object.attributes['uname'] ?? object.attributes['id'] ?? '';
}

/** The chosen objects; all where nothing is said. The fault names what does not exist. */
export function selectObjects(
  { before, cib }: ShowRequest,
  words: readonly string[],
): Result<readonly XmlElement[], string> {
  const all = sorted(cib);
  if (words.length === 0)
    return ok(
      all.filter(({ name, children }) => name !== 'fencing-topology' || children.length > 0),
    );
  const chosen = new Set<XmlElement>();
  for (const word of words) {
    const found = selected(all, { before, cib }, word);
    if (found === undefined) return fail(`there is no ${word}.${suggestion(cib, word)}`);
    for (const each of found) chosen.add(each);
  }
  return ok(all.filter((each) => chosen.has(each)));
}

function selected(
  all: readonly XmlElement[],
  request: Pick<ShowRequest, 'before' | 'cib'>,
  word: string,
): readonly XmlElement[] | undefined {
  const { before, cib } = request;
  const [, kind = '', rest = ''] = /^(type|tag|related):(.+)$/.exec(word) ?? [];
  switch (kind === '' ? word : kind) {
    case 'changed':
      return all.filter((each) => {
        const old = findObject(before, each.attributes['id'] ?? '');
        return old === undefined || !sameXml(old, each);
      });
    case 'type':
      return all.filter(({ name }) => (TYPE_NAMES[rest] ?? [rest]).includes(name));
    case 'tag':
      return tagged(all, cib, rest);
    case 'related':
      if (findObject(cib, rest) === undefined) return undefined;
      return all.filter((each) => isRelated(each, rest));
    case 'fencing_topology':
      return all.filter(({ name }) => name === 'fencing-topology');
    default: {
      const object = findObject(cib, word);
      return object === undefined ? undefined : [object];
    }
  }
}

function tagged(
  all: readonly XmlElement[],
  cib: XmlElement,
  id: string,
): readonly XmlElement[] | undefined {
  const tag = section(cib, 'tags').find(({ attributes }) => attributes['id'] === id);
  if (tag === undefined) return undefined;
  const ids = childElements(tag).map(({ attributes }) => attributes['id']);
  return all.filter(({ attributes }) => ids.includes(attributes['id']));
}

/** The object itself, what holds it, and everything that names it. */
function isRelated(object: XmlElement, id: string): boolean {
  if (object.name === 'primitive')
    return object.attributes['id'] === id || object.attributes['template'] === id;
  return [...everyElement(object)].some(
    ({ attributes }) =>
      ['id', 'rsc', 'with-rsc', 'first', 'then'].some((name) => attributes[name] === id) ||
      (attributes['devices'] ?? '').split(',').includes(id),
  );
}

/** Objects as commands, one after another, each ending in a newline. */
export function showObjects(request: ShowRequest, objects: readonly XmlElement[]): string {
  const referenced = referencedIds(request.cib);
  const opDefaults = new Set(section(request.cib, 'op_defaults'));
  return objects
    .map((object) => {
      const where = opDefaults.has(object) ? 'op_defaults' : 'rsc_defaults';
      return `${showObject(object, { isMasked: request.isMasked, referenced, section: where })}\n`;
    })
    .join('');
}

/** The configuration as XML; with a choice, only the chosen objects (and what holds them). */
export function showXml(
  { cib, isMasked }: ShowRequest,
  objects: readonly XmlElement[] | undefined,
): string {
  const configuration = configurationOf(cib) ?? cib;
  const kept = objects === undefined ? configuration : keepOnly(configuration, new Set(objects));
  const root = element('cib', {}, [maskBelow(kept, isMasked)]);
  return `<?xml version="1.0" ?>\n${formatXml(root)}`;
}

/** Sections that stand in every configuration, empty or not. */
const CORE = /^(crm_config|nodes|resources|constraints)$/;

/** The configuration with nothing in it but these objects, and what holds them. */
function keepOnly(configuration: XmlElement, chosen: ReadonlySet<XmlElement>): XmlElement {
  const holds = (each: XmlElement): boolean =>
    chosen.has(each) || childElements(each).filter(isResource).some(holds);
  const parts = childElements(configuration).map((part) =>
    chosen.has(part) ? part : withChildren(part, childElements(part).filter(holds)),
  );
  return withChildren(
    configuration,
    parts.filter(({ name, children }) => CORE.test(name) || children.length > 0),
  );
}

function maskBelow(object: XmlElement, isMasked: (name: string) => boolean): XmlElement {
  const { name, value } = object.attributes;
  const isSecret =
    object.name === 'nvpair' && name !== undefined && value !== undefined && isMasked(name);
  return {
    ...object,
    attributes: isSecret ? { ...object.attributes, value: '******' } : object.attributes,
    children: object.children.map((child) =>
      child.kind === 'element' ? maskBelow(child, isMasked) : child,
    ),
  };
}
