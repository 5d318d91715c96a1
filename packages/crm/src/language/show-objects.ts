/** Resources, nodes, properties, tags and the fencing topology, as commands. */
import { childElements, firstChild, type XmlElement } from '@holdfast/cib';
import { NODE_BLOCKS, RESOURCE_BLOCKS } from './sets.ts';
import { blocks, description, pair, setWords, type ShowOptions } from './show-parts.ts';

const RESOURCES = /^(primitive|group|clone|master|bundle)$/;

export function showPrimitive(object: XmlElement, options: ShowOptions): readonly string[] {
  const command = object.name === 'template' ? 'rsc_template' : 'primitive';
  const operations = firstChild(object, 'operations');
  return [
    [command, object.attributes['id'] ?? '', agentOf(object), ...description(object)].join(' '),
    ...blocks(object, { params: 'instance_attributes' }, options),
    ...(operations === undefined ? [] : showOperations(operations, options)),
    ...blocks(object, { meta: 'meta_attributes' }, options),
    ...blocks(object, { utilization: 'utilization' }, options),
  ];
}

function agentOf(object: XmlElement): string {
  const { class: standard = '', provider, type = '', template } = object.attributes;
  if (template !== undefined) return `@${template}`;
  if (standard === 'ocf' && provider === 'heartbeat') return type;
  return [standard, ...(provider === undefined ? [] : [provider]), type].join(':');
}

function showOperations(operations: XmlElement, options: ShowOptions): readonly string[] {
  const { id, 'id-ref': reference } = operations.attributes;
  const ops = childElements(operations, 'op').flatMap((op) => showOp(op, options));
  if (reference !== undefined) return [`operations $id-ref=${reference}`, ...ops];
  return id === undefined ? ops : [`operations $id=${id}`, ...ops];
}

function showOp(op: XmlElement, options: ShowOptions): readonly string[] {
  const attributes = Object.entries(op.attributes)
    .filter(([name]) => name !== 'name' && name !== 'id')
    .map(([name, value]) => pair(name, value));
  return [
    ['op', op.attributes['name'] ?? '', ...attributes].join(' '),
    ...blocks(op, { op_params: 'instance_attributes', op_meta: 'meta_attributes' }, options),
  ];
}

export function showCollection(object: XmlElement, options: ShowOptions): readonly string[] {
  const command = object.name === 'master' ? 'ms' : object.name;
  const members = childElements(object)
    .filter(({ name }) => RESOURCES.test(name))
    .map(({ attributes }) => attributes['id'] ?? '');
  return [
    [command, object.attributes['id'] ?? '', ...members, ...description(object)].join(' '),
    ...blocks(object, RESOURCE_BLOCKS, options),
  ];
}

export function showNode(object: XmlElement, options: ShowOptions): readonly string[] {
  const { id = '', uname = '', type } = object.attributes;
  const name = type === undefined ? uname : `${uname}:${type}`;
  return [
    ['node', ...(id === uname ? [] : [`${id}:`]), name, ...description(object)].join(' '),
    ...blocks(object, NODE_BLOCKS, options),
  ];
}

export function showSet(
  command: string,
  object: XmlElement,
  options: ShowOptions,
): readonly string[] {
  const { id = '', 'id-ref': reference } = object.attributes;
  if (reference !== undefined) return [`${command} $id-ref=${reference}`];
  const rest = setWords(object, { ...options, referenced: new Set() });
  return [`${command} ${id}:`, ...rest];
}

export function showTag(object: XmlElement): readonly string[] {
  const objects = childElements(object, 'obj_ref').map(({ attributes }) => attributes['id'] ?? '');
  return [['tag', object.attributes['id'] ?? '', ...objects].join(' ')];
}

/** Levels of one target on one line, in order of their index. */
export function showTopology(levels: readonly XmlElement[]): readonly string[] {
  const targets = new Map<string, XmlElement[]>();
  for (const level of levels) {
    const target = targetOf(level);
    targets.set(target, [...(targets.get(target) ?? []), level]);
  }
  const lines = [...targets].map(([target, its]) =>
    [target, ...its.sort((a, b) => indexOf(a) - indexOf(b)).map(devicesOf)].join(' '),
  );
  return ['fencing_topology', ...lines];
}

function targetOf({ attributes }: XmlElement): string {
  const pattern = attributes['target-pattern'];
  if (pattern !== undefined) return `pattern:${pattern}`;
  const attribute = attributes['target-attribute'];
  if (attribute !== undefined) return `attr:${attribute}=${attributes['target-value'] ?? ''}`;
  return `${attributes['target'] ?? ''}:`;
}

function indexOf(level: XmlElement): number {
  return Number(level.attributes['index'] ?? '0');
}

function devicesOf(level: XmlElement): string {
  return level.attributes['devices'] ?? '';
}
