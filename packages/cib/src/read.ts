/** A whole CIB, read: the document, its version, the typed configuration and status. */
import { fail, type NodeName, nodeName, ok, type Result, ZERO } from '@holdfast/base';
import type { CibFault } from './fault.ts';
import type { Configuration, FencingLevel, NodeEntry, Version } from './model.ts';
import { modernProperties } from './legacy.ts';
import { parseBoolean } from './literals.ts';
import { faultAt, type ReadContext, readContext, scoreAt } from './read-context.ts';
import { banFromPingNode, readConstraints } from './read-constraints.ts';
import { readNvSets } from './read-nvsets.ts';
import { readResources } from './read-resources.ts';
import { readStatus } from './read-status.ts';
import type { Status } from './status-model.ts';
import { readVersion } from './version.ts';
import { parseXml, type XmlFault } from './xml-parse.ts';
import { childElements, firstChild } from './xml-walk.ts';
import type { XmlElement } from './xml.ts';

/** Everything a decision is made from. */
export type Cib = {
  /** The document; its status section may be older than `status`. */
  readonly root: XmlElement;
  readonly version: Version;
  readonly configuration: Configuration;
  readonly status: Status;
  readonly quorate: boolean;
  readonly dc: NodeName | undefined;
};

export type ReadFault =
  | ({ readonly kind: 'not-xml' } & XmlFault)
  | { readonly kind: 'not-a-cib'; readonly found: string };

export function describeReadFault(fault: ReadFault): string {
  switch (fault.kind) {
    case 'not-xml':
      return `line ${fault.line}, column ${fault.column}: ${fault.what}`;
    case 'not-a-cib':
      return `the root element is <${fault.found}>, expected <cib>`;
  }
}

export function readCib(
  text: string,
): Result<{ readonly cib: Cib; readonly faults: readonly CibFault[] }, ReadFault> {
  const parsed = parseXml(text);
  if (!parsed.ok) return fail({ kind: 'not-xml', ...parsed.fault });
  const root = parsed.value;
  if (root.name !== 'cib') return fail({ kind: 'not-a-cib', found: root.name });
  const { configuration, faults } = readConfiguration(root);
  const dc = root.attributes['dc-uuid'];
  const dcName = configuration.nodes.find(({ id }) => id === dc)?.name;
  return ok({
    cib: {
      root,
      version: readVersion(root),
      configuration,
      status: readStatus(root),
      quorate: parseBoolean(root.attributes['have-quorum']) ?? false,
      dc: dcName,
    },
    faults,
  });
}

/** The configuration below `<cib>`; what cannot be read is left out and named. */
export function readConfiguration(cib: XmlElement): {
  readonly configuration: Configuration;
  readonly faults: readonly CibFault[];
} {
  const section = firstChild(cib, 'configuration');
  const context = readContext(section ?? cib);
  const below = (name: string): XmlElement | undefined => firstChild(section, name);
  const modern = modernProperties(readNvSets(context, below('crm_config'), 'cluster_property_set'));
  const nodes = readNodes(context, below('nodes'));
  const configuration: Configuration = {
    properties: bootstrapFirst(modern.properties),
    resourceDefaults: [
      ...modern.resourceDefaults,
      ...readNvSets(context, below('rsc_defaults'), 'meta_attributes'),
    ],
    opDefaults: [
      ...modern.opDefaults,
      ...readNvSets(context, below('op_defaults'), 'meta_attributes'),
    ],
    nodes: nodes.map((node) => (node.kind === 'ping' ? { ...node, kind: 'member' } : node)),
    resources: readResources(context, below('resources')),
    constraints: [
      ...readConstraints(context, below('constraints')),
      ...nodes
        .filter(({ kind }) => kind === 'ping')
        .map(({ id, name }) => banFromPingNode(id, name)),
    ],
    fencingLevels: readLevels(context, below('fencing-topology')),
    tags: readTags(below('tags')),
  };
  return { configuration, faults: context.faults };
}

function bootstrapFirst(sets: Configuration['properties']): Configuration['properties'] {
  const isFirst = ({ id }: { readonly id: string }): boolean => id === 'cib-bootstrap-options';
  return [...sets.filter(isFirst), ...sets.filter((set) => !isFirst(set))];
}

function readNodes(context: ReadContext, section: XmlElement | undefined): readonly NodeEntry[] {
  if (section === undefined) return [];
  const nodes: NodeEntry[] = [];
  for (const child of childElements(section, 'node')) {
    const { id, uname, type } = child.attributes;
    if (id === undefined || uname === undefined || uname === '') {
      context.faults.push(faultAt(child, id === undefined ? 'id' : 'uname', 'is missing'));
      continue;
    }
    nodes.push({
      id,
      name: nodeName(uname),
      kind: type === 'remote' || type === 'ping' ? type : 'member',
      ...(child.attributes['score'] === undefined
        ? {}
        : { score: scoreAt(context, child, 'score') ?? ZERO }),
      attributes: readNvSets(context, child, 'instance_attributes'),
      utilization: readNvSets(context, child, 'utilization'),
    });
  }
  return nodes;
}

/** Levels beyond it were never tried by the reference either. */
const LEVEL_MAX = 9;

function readLevels(
  context: ReadContext,
  section: XmlElement | undefined,
): readonly FencingLevel[] {
  if (section === undefined) return [];
  const levels: FencingLevel[] = [];
  for (const child of childElements(section, 'fencing-level')) {
    const { attributes } = child;
    const target = readTarget(attributes);
    const index = Number(attributes['index'] ?? '');
    if (target === undefined || !Number.isInteger(index) || index < 1 || index > LEVEL_MAX) {
      const what =
        target === undefined ? 'names no target' : `expected a level from 1 to ${LEVEL_MAX}`;
      context.faults.push(faultAt(child, target === undefined ? 'target' : 'index', what));
      continue;
    }
    levels.push({
      id: attributes['id'] ?? '',
      target,
      index,
      devices: (attributes['devices'] ?? '')
        .split(',')
        .map((device) => device.trim())
        .filter((device) => device !== ''),
    });
  }
  return levels;
}

function readTarget(
  attributes: Readonly<Record<string, string>>,
): FencingLevel['target'] | undefined {
  const { target, 'target-pattern': pattern, 'target-attribute': attribute } = attributes;
  if (target !== undefined && target !== '') return { kind: 'name', name: nodeName(target) };
  if (pattern !== undefined) return { kind: 'pattern', pattern };
  if (attribute === undefined) return undefined;
  return { kind: 'attribute', attribute, value: attributes['target-value'] ?? '' };
}

function readTags(section: XmlElement | undefined): ReadonlyMap<string, readonly string[]> {
  const tags = new Map<string, readonly string[]>();
  for (const child of section === undefined ? [] : childElements(section, 'tag')) {
    const ids = childElements(child, 'obj_ref').map((each) => each.attributes['id'] ?? '');
    tags.set(child.attributes['id'] ?? '', ids);
  }
  return tags;
}
