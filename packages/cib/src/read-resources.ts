/** Resources: primitives with their templates, groups, clones, bundles. */
import type { Bundle, Clone, Group, NvSet, OpEntry, Primitive, Resource } from './model.ts';
import {
  impliedPromotable,
  implied,
  modernFencing,
  modernMeta,
  modernOperation,
} from './legacy.ts';
import { parseBoolean, parseRole } from './literals.ts';
import { dereference, faultAt, findOne, type ReadContext } from './read-context.ts';
import { readNvSets } from './read-nvsets.ts';
import { unpack } from './unpack.ts';
import { childElements, firstChild } from './xml-walk.ts';
import type { XmlElement } from './xml.ts';

export function readResources(
  context: ReadContext,
  section: XmlElement | undefined,
): readonly Resource[] {
  if (section === undefined) return [];
  const resources: Resource[] = [];
  for (const child of childElements(section)) {
    if (child.name === 'template') continue;
    const resource = readResource(context, child);
    if (resource !== undefined) resources.push(resource);
  }
  return resources;
}

function readResource(context: ReadContext, element: XmlElement): Resource | undefined {
  if ((element.attributes['id'] ?? '') === '') {
    context.faults.push(faultAt(element, 'id', 'is missing'));
    return undefined;
  }
  switch (element.name) {
    case 'primitive':
      return readPrimitive(context, element);
    case 'group':
      return readGroup(context, element);
    case 'clone':
    case 'master':
      return readClone(context, element);
    case 'bundle':
      return readBundle(context, element);
    default:
      context.faults.push(faultAt(element, '', `<${element.name}> is no kind of resource`));
      return undefined;
  }
}

function base(
  context: ReadContext,
  element: XmlElement,
): Pick<Primitive, 'id' | 'description' | 'meta' | 'instance'> {
  return {
    id: element.attributes['id'] ?? '',
    description: element.attributes['description'],
    meta: modernMeta(readNvSets(context, element, 'meta_attributes')),
    instance: readNvSets(context, element, 'instance_attributes'),
  };
}

/** Classes that were given up with schema 4.0 (A1.1.3). */
const GONE_CLASSES: readonly string[] = ['nagios', 'upstart'];

/** A primitive over its template: the template's sets stand first, so that its own win (A1.5.2). */
export function readPrimitive(context: ReadContext, element: XmlElement): Primitive | undefined {
  const templateId = element.attributes['template'];
  const template = templateId === undefined ? undefined : findOne(context, 'template', templateId);
  if (templateId !== undefined && template === undefined) {
    context.faults.push(faultAt(element, 'template', 'there is no template with this id'));
    return undefined;
  }
  const agent = readAgent(context, element, template ?? element);
  if (agent === undefined) return undefined;
  const layers = template === undefined ? [element] : [template, element];
  const setsOf = (tag: string): readonly NvSet[] =>
    layers.flatMap((layer) => readNvSets(context, layer, tag));
  const instance = setsOf('instance_attributes');
  const operations = mergeOperations(
    readOperations(context, element),
    template === undefined ? [] : readOperations(context, template),
  );
  const { id = '', description } = element.attributes;
  return {
    kind: 'primitive',
    id,
    description,
    meta: [...impliedRequires(id, operations), ...modernMeta(setsOf('meta_attributes'))],
    instance: agent.class === 'stonith' ? modernFencing(instance) : instance,
    agent,
    template: templateId,
    operations,
    utilization: setsOf('utilization'),
  };
}

/** `source` is the template where there is one: it alone says which agent. */
function readAgent(
  context: ReadContext,
  element: XmlElement,
  source: XmlElement,
): Primitive['agent'] | undefined {
  const { class: standard, provider = '', type } = source.attributes;
  if (standard === undefined || type === undefined) {
    context.faults.push(faultAt(element, standard === undefined ? 'class' : 'type', 'is missing'));
    return undefined;
  }
  if (GONE_CLASSES.includes(standard)) {
    context.faults.push(faultAt(element, 'class', 'there are no agents of this class any more'));
    return undefined;
  }
  if (standard === 'ocf' && provider === '') {
    context.faults.push(faultAt(element, 'provider', 'is missing; class ocf needs one'));
  }
  return { class: standard, provider, type };
}

/** `requires` on a start or promote operation was the resource's once. */
function impliedRequires(id: string, operations: readonly OpEntry[]): readonly NvSet[] {
  for (const { name, options, meta } of operations) {
    if (name !== 'start' && name !== 'promote') continue;
    const inMeta = meta.flatMap(({ pairs }) => pairs).find((pair) => pair.name === 'requires');
    const requires = options['requires'] ?? inMeta?.value;
    if (requires !== undefined) return [implied(`${id}-requires`, { requires })];
  }
  return [];
}

/** Which op of the template a primitive's op replaces: that of the same name and role (A1.5.2). */
function mergeOperations(
  own: readonly OpEntry[],
  inherited: readonly OpEntry[],
): readonly OpEntry[] {
  const keyOf = ({ name, role }: OpEntry): string => {
    const parsed = parseRole(role);
    return parsed === 'Promoted' || parsed === 'Stopped' ? `${name} ${parsed}` : name;
  };
  const keys = new Set(own.map(keyOf));
  return [...own, ...inherited.filter((op) => !keys.has(keyOf(op)))];
}

function readOperations(context: ReadContext, element: XmlElement): readonly OpEntry[] {
  const holder = firstChild(element, 'operations');
  const target = holder === undefined ? undefined : dereference(context, holder);
  if (target === undefined) return [];
  return childElements(target, 'op').map((op) => {
    const { id = '', name = '', interval = '0', role, ...options } = op.attributes;
    return {
      id,
      name,
      interval,
      role,
      options,
      ...modernOperation(
        readNvSets(context, op, 'instance_attributes'),
        readNvSets(context, op, 'meta_attributes'),
      ),
    };
  });
}

function readGroup(context: ReadContext, element: XmlElement): Group | undefined {
  const members: Primitive[] = [];
  for (const child of childElements(element, 'primitive')) {
    const member = readPrimitive(context, child);
    if (member !== undefined) members.push(member);
  }
  if (members.length === 0) {
    context.faults.push(faultAt(element, '', 'a group needs at least one primitive'));
    return undefined;
  }
  return { kind: 'group', ...base(context, element), members };
}

function readClone(context: ReadContext, element: XmlElement): Clone | undefined {
  const inner = childElements(element).find(
    (child) => child.name === 'primitive' || child.name === 'group',
  );
  const child =
    inner === undefined
      ? undefined
      : inner.name === 'group'
        ? readGroup(context, inner)
        : readPrimitive(context, inner);
  if (child === undefined) {
    context.faults.push(faultAt(element, '', 'a clone needs a primitive or a group inside'));
    return undefined;
  }
  const own = base(context, element);
  const isMaster = element.name === 'master';
  const meta = isMaster ? [impliedPromotable(own.id), ...own.meta] : own.meta;
  const promotable = unpack(meta).get('promotable');
  return { kind: 'clone', ...own, meta, promotable: parseBoolean(promotable) === true, child };
}

const ENGINES = ['docker', 'podman'];

function readBundle(context: ReadContext, element: XmlElement): Bundle | undefined {
  const container = childElements(element).find((child) => ENGINES.includes(child.name));
  if (container === undefined) {
    context.faults.push(faultAt(element, '', 'a bundle needs a docker or podman element'));
    return undefined;
  }
  const inner = firstChild(element, 'primitive');
  return {
    kind: 'bundle',
    ...base(context, element),
    engine: container.name,
    container: modernContainer(container.attributes),
    network: firstChild(element, 'network'),
    storage: firstChild(element, 'storage'),
    child: inner === undefined ? undefined : readPrimitive(context, inner),
  };
}

function modernContainer({
  masters,
  ...container
}: Readonly<Record<string, string>>): Bundle['container'] {
  return masters === undefined ? container : { 'promoted-max': masters, ...container };
}
