/** Resources: primitive, rsc_template, group, clone, ms, bundle; and `monitor`, which adds an op. */
import { element, OP_ATTRIBUTES, type XmlElement } from '@holdfast/cib';
import {
  type Cursor,
  hint,
  isAtEnd,
  isId,
  isNext,
  mustEnd,
  peek,
  Refused,
  take,
  takeId,
  takeIf,
  takeOption,
} from './cursor.ts';
import type { ParsedObject } from './parsed.ts';
import { isRole, ROLES } from './scores.ts';
import {
  RESOURCE_BLOCKS,
  takeAttributes,
  takeBlock,
  takeDescription,
  takePair,
  takeSet,
} from './sets.ts';

const CLASSES: readonly string[] = [
  'ocf',
  'systemd',
  'lsb',
  'service',
  'stonith',
  'upstart',
  'nagios',
];
const OP_NAMES = new Set(OP_ATTRIBUTES.map(({ name }) => name));
const ENGINES: readonly string[] = ['docker', 'podman', 'rkt'];

type PrimitiveParts = {
  readonly attributes: Record<string, string>;
  readonly blocks: XmlElement[];
  /** Operations are one element, where the first of them stood. */
  operations:
    | {
        attributes: Readonly<Record<string, string>>;
        readonly ops: XmlElement[];
        readonly at: number;
      }
    | undefined;
};

export function parsePrimitive(place: Cursor, isTemplate: boolean): ParsedObject {
  const id = takeId(place, 'the id of the resource');
  const type = take(place, 'an agent such as ocf:heartbeat:IPaddr2');
  if (isTemplate && type.startsWith('@')) {
    throw new Refused('a template names an agent, not another template');
  }
  const agent = type.startsWith('@') ? { template: type.slice(1) } : agentAttributes(type);
  const parts: PrimitiveParts = { attributes: { id, ...agent }, blocks: [], operations: undefined };
  while (!isAtEnd(place)) takePrimitivePart(place, parts);
  const { attributes, blocks, operations } = parts;
  if (operations !== undefined) {
    blocks.splice(operations.at, 0, element('operations', operations.attributes, operations.ops));
  }
  const name = isTemplate ? 'template' : 'primitive';
  return { kind: 'resource', element: element(name, attributes, blocks), members: [] };
}

function takePrimitivePart(place: Cursor, parts: PrimitiveParts): void {
  const { attributes, blocks } = parts;
  const text = takeOption(place, 'description');
  if (text !== undefined) {
    attributes['description'] = text;
    return;
  }
  const block = takeBlock(place, RESOURCE_BLOCKS);
  if (block !== undefined) {
    blocks.push(block);
  } else if (isNext(place, 'operations', 'op')) {
    parts.operations ??= { attributes: {}, ops: [], at: blocks.length };
    if (takeIf(place, 'operations')) parts.operations.attributes = takeOperationsId(place);
    else if (takeIf(place, 'op')) parts.operations.ops.push(takeOp(place));
  } else if (blocks.length === 0 && (peek(place) ?? '').includes('=')) {
    blocks.push(takeSet(place, 'instance_attributes'));
  } else {
    mustEnd(place);
  }
}

/** `Dummy`, `systemd:nginx`, `ocf:heartbeat:Dummy`. A lone type is an OCF one of provider heartbeat. */
function agentAttributes(text: string): Readonly<Record<string, string>> {
  const parts = text.split(':');
  const [first = '', second = '', third = ''] = parts;
  if (parts.some((part) => part === '') || parts.length > 3) {
    throw new Refused(`expected an agent such as ocf:heartbeat:IPaddr2, found "${text}"`);
  }
  if (parts.length === 1) {
    if (!/^[\w.@-]+$/.test(first)) throw new Refused(`expected an agent, found "${text}"`);
    return { class: 'ocf', provider: 'heartbeat', type: first };
  }
  if (!CLASSES.includes(first)) {
    throw new Refused(`there is no class of agents "${first}".${hint(first, CLASSES)}`);
  }
  if ((first === 'ocf') !== (parts.length === 3)) {
    throw new Refused(
      first === 'ocf'
        ? `an OCF agent has a provider: ocf:heartbeat:${second}`
        : `an agent of class ${first} has no provider: ${first}:${third}`,
    );
  }
  return first === 'ocf'
    ? { class: first, provider: second, type: third }
    : { class: first, type: second };
}

function takeOperationsId(place: Cursor): Readonly<Record<string, string>> {
  const reference = takeOption(place, '$id-ref');
  if (reference !== undefined) return { 'id-ref': reference };
  const id = takeOption(place, '$id');
  return id === undefined ? {} : { id };
}

/** The word `op` is taken already: name, attributes, and what goes to the agent only for this op. */
function takeOp(place: Cursor): XmlElement {
  const name = take(place, 'the name of the operation');
  if (!isId(name)) throw new Refused(`expected the name of an operation, found "${name}"`);
  const attributes: Record<string, string> = { name };
  const instance: XmlElement[] = [];
  const blocks: XmlElement[] = [];
  while (!isAtEnd(place)) {
    const block = takeBlock(place, {
      op_params: 'instance_attributes',
      op_meta: 'meta_attributes',
    });
    if (block !== undefined) {
      blocks.push(block);
      continue;
    }
    const pair = (peek(place) ?? '').includes('=') ? takePair(place) : undefined;
    if (pair === undefined) break;
    takeOpAttribute(attributes, instance, pair);
  }
  if (attributes['interval'] === undefined && !name.startsWith('monitor'))
    attributes['interval'] = '0s';
  const implied = instance.length === 0 ? [] : [element('instance_attributes', {}, instance)];
  return element('op', attributes, [...implied, ...blocks]);
}

function takeOpAttribute(
  attributes: Record<string, string>,
  instance: XmlElement[],
  pair: XmlElement,
): void {
  const name = pair.attributes['name'] ?? '';
  if (OP_NAMES.has(name) && name !== 'depth') {
    if (instance.length > 0) {
      throw new Refused(`${name} must stand before what goes to the agent (OCF_CHECK_LEVEL)`);
    }
    attributes[name] = pair.attributes['value'] ?? '';
    return;
  }
  if (!/^OCF_/.test(name)) {
    throw new Refused(
      `an operation has no attribute "${name}".${hint(name, OP_NAMES)} For the agent's own parameters write op_params ${name}=…`,
    );
  }
  instance.push(pair);
}

export function parseGroup(place: Cursor): ParsedObject {
  const id = takeId(place, 'the id of the group');
  const members: string[] = [];
  while (!isAtEnd(place) && !isBlockNext(place)) members.push(takeId(place, 'a resource'));
  if (members.length === 0) throw new Refused('a group needs at least one resource');
  const { attributes, blocks } = takeCollectionRest(place);
  return { kind: 'resource', element: element('group', { id, ...attributes }, blocks), members };
}

export function parseClone(place: Cursor, name: 'clone' | 'master'): ParsedObject {
  const id = takeId(place, 'the id of the clone');
  const member = takeId(place, 'the resource to clone');
  const { attributes, blocks } = takeCollectionRest(place);
  return {
    kind: 'resource',
    element: element(name, { id, ...attributes }, blocks),
    members: [member],
  };
}

function isBlockNext(place: Cursor): boolean {
  return isNext(place, ...Object.keys(RESOURCE_BLOCKS)) || (peek(place) ?? '').includes('=');
}

function takeCollectionRest(place: Cursor): {
  readonly attributes: Readonly<Record<string, string>>;
  readonly blocks: readonly XmlElement[];
} {
  let attributes = takeDescription(place);
  const blocks: XmlElement[] = [];
  while (!isAtEnd(place)) {
    const block = takeBlock(place, RESOURCE_BLOCKS);
    if (block !== undefined) blocks.push(block);
    else if (isBlockNext(place) && blocks.length === 0) {
      blocks.push(takeSet(place, 'instance_attributes'));
    } else mustEnd(place);
    attributes = { ...attributes, ...takeDescription(place) };
  }
  return { attributes, blocks };
}

export function parseBundle(place: Cursor): ParsedObject {
  const id = takeId(place, 'the id of the bundle');
  const engine = take(place, `the container engine (${ENGINES.join(', ')})`);
  if (!ENGINES.includes(engine))
    throw new Refused(`expected ${ENGINES.join(' or ')}, found "${engine}"`);
  const blocks: XmlElement[] = [element(engine, takeAttributes(place))];
  const members: string[] = [];
  while (!isAtEnd(place)) {
    const block = takeBlock(place, { meta: 'meta_attributes' });
    if (block !== undefined) blocks.push(block);
    else if (takeIf(place, 'network')) blocks.push(takeMapped(place, 'network', 'port-mapping'));
    else if (takeIf(place, 'storage')) blocks.push(takeMapped(place, 'storage', 'storage-mapping'));
    else if (takeIf(place, 'primitive')) members.push(takeId(place, 'a resource'));
    else mustEnd(place);
  }
  return { kind: 'resource', element: element('bundle', { id }, blocks), members };
}

function takeMapped(place: Cursor, name: string, mapping: string): XmlElement {
  const attributes = takeAttributes(place);
  const mappings: XmlElement[] = [];
  while (takeIf(place, mapping)) mappings.push(element(mapping, takeAttributes(place)));
  return element(name, attributes, mappings);
}

/** `monitor web:Started 60s:30s`: one more recurring op of a resource that exists. */
export function parseMonitor(place: Cursor): ParsedObject {
  const [resource = '', role, ...more] = take(place, 'a resource').split(':');
  const [interval = '', timeout] = take(place, 'interval[:timeout]').split(':');
  mustEnd(place);
  if (!isId(resource) || more.length > 0 || interval === '') {
    throw new Refused('expected monitor RESOURCE[:ROLE] INTERVAL[:TIMEOUT]');
  }
  if (role !== undefined && !isRole(role)) {
    throw new Refused(`expected a role (${ROLES.join(', ')}), found "${role}"`);
  }
  const attributes: Record<string, string> = { name: 'monitor', interval };
  if (role !== undefined) attributes['role'] = role;
  if (timeout !== undefined) attributes['timeout'] = timeout;
  return { kind: 'op', resource, element: element('op', attributes) };
}
