/** Resources: primitives with their templates, groups, clones, bundles. */
import type { Bundle, Clone, Group, OpEntry, Primitive, Resource } from './model.ts';
import { dereference, faultAt, parseBoolean, type ReadContext } from './read-context.ts';
import { readNvSets } from './read-nvsets.ts';
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
    meta: readNvSets(context, element, 'meta_attributes'),
    instance: readNvSets(context, element, 'instance_attributes'),
  };
}

/** A primitive over its template: its own sets stand first, so that they win. */
export function readPrimitive(context: ReadContext, element: XmlElement): Primitive | undefined {
  const { attributes } = element;
  const templateId = attributes['template'];
  const template = templateId === undefined ? undefined : context.byId.get(templateId);
  if (templateId !== undefined && template?.name !== 'template') {
    context.faults.push(faultAt(element, 'template', 'there is no template with this id'));
    return undefined;
  }
  const source = template ?? element;
  const standard = source.attributes['class'];
  const type = source.attributes['type'];
  if (standard === undefined || type === undefined) {
    context.faults.push(faultAt(element, standard === undefined ? 'class' : 'type', 'is missing'));
    return undefined;
  }
  const own = base(context, element);
  const inherited = template === undefined ? undefined : base(context, template);
  return {
    kind: 'primitive',
    ...own,
    meta: [...own.meta, ...(inherited?.meta ?? [])],
    instance: [...own.instance, ...(inherited?.instance ?? [])],
    agent: { class: standard, provider: source.attributes['provider'] ?? '', type },
    template: templateId,
    operations: mergeOperations(
      readOperations(context, element),
      template === undefined ? [] : readOperations(context, template),
    ),
    utilization: [
      ...readNvSets(context, element, 'utilization'),
      ...readNvSets(context, template, 'utilization'),
    ],
  };
}

/** An op of the primitive replaces the template's op of the same name and interval. */
function mergeOperations(
  own: readonly OpEntry[],
  inherited: readonly OpEntry[],
): readonly OpEntry[] {
  const isOwn = (op: OpEntry): boolean =>
    own.some(
      (each) => each.name === op.name && each.interval === op.interval && each.role === op.role,
    );
  return [...own, ...inherited.filter((op) => !isOwn(op))];
}

function readOperations(context: ReadContext, element: XmlElement): readonly OpEntry[] {
  const holder = firstChild(element, 'operations');
  const target = holder === undefined ? undefined : dereference(context, holder);
  if (target === undefined) return [];
  return childElements(target, 'op').map((op) => {
    const { id = '', name = '', interval = '0', role, description, ...options } = op.attributes;
    void description;
    return {
      id,
      name,
      interval,
      role,
      options,
      instance: readNvSets(context, op, 'instance_attributes'),
      meta: readNvSets(context, op, 'meta_attributes'),
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
  const pairs = [...own.meta].flatMap((set) => set.pairs);
  const promotable = pairs.find(({ name }) => name === 'promotable')?.value;
  return {
    kind: 'clone',
    ...own,
    promotable: element.name === 'master' || parseBoolean(promotable) === true,
    child,
  };
}

const ENGINES = ['docker', 'podman', 'rkt'];

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
    container: container.attributes,
    network: firstChild(element, 'network'),
    storage: firstChild(element, 'storage'),
    child: inner === undefined ? undefined : readPrimitive(context, inner),
  };
}
