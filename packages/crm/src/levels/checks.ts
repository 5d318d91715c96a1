/** What is checked before a line is taken: names and values, against tables and the agents' own words. */
import { fail, ok, type Result } from '@holdfast/base';
import {
  childElements,
  expectation,
  findOption,
  firstChild,
  META_ATTRIBUTES,
  OP_ATTRIBUTES,
  type Option,
  PROPERTIES,
  withAttributes,
  type XmlElement,
} from '@holdfast/cib';
import { findObject } from '../draft/places.ts';
import { DEFAULT_SET_IDS } from '../language/cluster-objects.ts';
import type { ParsedObject } from '../language/parsed.ts';
import { MASK } from '../language/show-parts.ts';
import { agentMetadata, resolveType } from '../shell/agents.ts';
import { nodeNames } from '../shell/change.ts';
import { checkParameters, pairsOf, suggest } from './parameters.ts';
import { isSecret } from '../shell/secrets.ts';
import { type Shell, warn } from '../shell/shell.ts';

/** Properties that the cluster writes itself: they come back when a saved configuration is loaded. */
const CLUSTER_WRITTEN =
  /^(have-watchdog|dc-version|cluster-infrastructure|cluster-name|last-lrm-refresh|dc-uuid)$/;
/** The object, its agent's name made complete; or every reason against it, one sentence each. */
export async function checkObject(
  shell: Shell,
  cib: XmlElement,
  parsed: ParsedObject,
  words: readonly string[],
): Promise<Result<ParsedObject, readonly string[]>> {
  switch (parsed.kind) {
    case 'resource':
      return checkResource(shell, cib, parsed, words);
    case 'set':
      return verdict(parsed, checkProperties(parsed.section, parsed.element, shell));
    case 'constraint':
      return verdict(parsed, checkConstraint(shell, cib, parsed.element));
    case 'op':
      return verdict(parsed, checkOp(parsed.element, parsed.resource));
    case 'tag':
    case 'alert':
    case 'acl':
    case 'node':
    case 'topology':
    case 'xml':
      return verdict(parsed, maskedValues(parsed));
  }
}

function verdict(
  parsed: ParsedObject,
  faults: readonly string[],
): Result<ParsedObject, readonly string[]> {
  return faults.length === 0 ? ok(parsed) : fail(faults);
}

async function checkResource(
  shell: Shell,
  cib: XmlElement,
  parsed: Extract<ParsedObject, { kind: 'resource' }>,
  words: readonly string[],
): Promise<Result<ParsedObject, readonly string[]>> {
  const { element } = parsed;
  const id = element.attributes['id'] ?? '';
  const faults = [
    ...pairsOf(element, 'meta_attributes').flatMap((pair) => checkMeta(shell, id, pair)),
    ...maskedValues(parsed),
    ...opsOf(element).flatMap((op) => checkOp(op, id)),
  ];
  if (element.name !== 'primitive' && element.name !== 'template') return verdict(parsed, faults);
  const isShort = words[2]?.includes(':') === false && !words[2].startsWith('@');
  const type = element.attributes['type'] ?? '';
  const named = isShort ? withAgent(element, await resolveType(shell, type)) : element;
  const ofAgent = await checkAgent(shell, cib, named);
  return verdict({ ...parsed, element: named }, [...faults, ...ofAgent]);
}

/** What the agent itself has against it: that there is no such agent, or about its parameters. */
async function checkAgent(
  shell: Shell,
  cib: XmlElement,
  resource: XmlElement,
): Promise<readonly string[]> {
  const { id = '', template } = resource.attributes;
  const source = template === undefined ? resource : findObject(cib, template);
  if (source === undefined || (template !== undefined && source.name !== 'template')) {
    return [`${id}: there is no template ${template ?? ''}`];
  }
  const metadata = await agentMetadata(shell, fullName(source));
  if (!metadata.ok) return [`${id}: ${metadata.fault.message}`];
  return checkParameters(
    resource,
    metadata.value,
    resource !== source || resource.name === 'template',
  );
}

function fullName({ attributes }: XmlElement): string {
  const { class: standard = '', provider, type = '' } = attributes;
  return provider === undefined ? `${standard}:${type}` : `${standard}:${provider}:${type}`;
}

function withAgent(element: XmlElement, agent: string): XmlElement {
  const [standard = '', provider = '', type = ''] = agent.split(':');
  return withAttributes(element, { class: standard, provider, type });
}

function opsOf(element: XmlElement): readonly XmlElement[] {
  const operations = firstChild(element, 'operations');
  return operations === undefined ? [] : childElements(operations, 'op');
}

/** An unknown meta-attribute is a slip if a known one is near; else somebody's own, and only warned of. */
function checkMeta(shell: Shell, id: string, { attributes }: XmlElement): readonly string[] {
  const { name, value = '' } = attributes;
  if (name === undefined) return [];
  const option = findOption(META_ATTRIBUTES, name);
  if (option !== undefined) return wrongValue(id, name, value, option);
  const hint = suggest(
    name,
    META_ATTRIBUTES.map((each) => each.name),
  );
  if (hint !== '') return [`${id}: there is no meta-attribute ${name}.${hint}`];
  warn(shell, `${id}: the cluster does nothing with the meta-attribute ${name}`);
  return [];
}

function wrongValue(id: string, name: string, value: string, option: Option): readonly string[] {
  const expected = expectation(option, value);
  return expected === undefined ? [] : [`${id}: ${name}="${value}": expected ${expected}`];
}

function checkOp(op: XmlElement, id: string): readonly string[] {
  return Object.entries(op.attributes).flatMap(([name, value]) => {
    const option = name === 'id' ? undefined : findOption(OP_ATTRIBUTES, name);
    return option === undefined
      ? []
      : wrongValue(`${id}: op ${op.attributes['name'] ?? ''}`, name, value, option);
  });
}

/** Sets of other names are for agents and people: what stands in them is theirs. */
function checkProperties(
  section: 'crm_config' | 'rsc_defaults' | 'op_defaults',
  set: XmlElement,
  shell: Shell,
): readonly string[] {
  const id = set.attributes['id'] ?? '';
  const pairs = childElements(set, 'nvpair');
  switch (section) {
    case 'rsc_defaults':
      return pairs.flatMap((pair) => checkMeta(shell, 'rsc_defaults', pair));
    case 'op_defaults':
      return pairs.flatMap(({ attributes }) =>
        checkNamed('op_defaults', attributes, [...OP_ATTRIBUTES, ...META_ATTRIBUTES]),
      );
    case 'crm_config':
      if (id !== DEFAULT_SET_IDS.crm_config) return [];
      return pairs.flatMap(({ attributes }) => checkNamed('property', attributes, PROPERTIES));
  }
}

function checkNamed(
  what: string,
  { name = '', value = '' }: Readonly<Record<string, string>>,
  table: readonly Option[],
): readonly string[] {
  const option = findOption(table, name);
  if (option !== undefined) return wrongValue(what, name, value, option);
  if (CLUSTER_WRITTEN.test(name)) return [];
  return [
    `${what}: there is no ${name}.${suggest(
      name,
      table.flatMap((each) => [each.name, ...each.aliases]),
    )}`,
  ];
}

/** A node nobody has heard of may join one day; one that is nearly the name of a node is a slip. */
function checkConstraint(shell: Shell, cib: XmlElement, constraint: XmlElement): readonly string[] {
  const { node, id = '' } = constraint.attributes;
  const known = nodeNames(cib);
  if (node === undefined || known.includes(node)) return [];
  const hint = suggest(node, known);
  if (hint !== '') return [`${id}: there is no node ${node}.${hint}`];
  warn(shell, `${id}: there is no node ${node} (yet)`);
  return [];
}

/** A mask that comes back from a shown configuration is no password. */
function maskedValues(parsed: ParsedObject): readonly string[] {
  if (parsed.kind === 'topology') return [];
  return [...childElements(parsed.element)]
    .flatMap((set) => childElements(set, 'nvpair'))
    .filter(({ attributes }) => attributes['value'] === MASK && isSecret(attributes['name'] ?? ''))
    .map(
      ({ attributes }) =>
        `${parsed.element.attributes['id'] ?? ''}: ${attributes['name'] ?? ''} is the mask that "show" prints, not the secret; "save" writes the real value`,
    );
}
