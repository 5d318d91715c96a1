/** A resource's parameters against what its agent says it takes. */
import { nearest } from '@holdfast/base';
import { childElements, parseBoolean, type XmlElement } from '@holdfast/cib';
import { MASK } from '../language/show-parts.ts';
import type { AgentMetadata, AgentParameter } from '../shell/agents.ts';
import { isSecret } from '../shell/secrets.ts';

/** Parameters that the fencer reads, whatever the agent. */
const FENCER_PARAMETERS: readonly string[] = [
  'pcmk_host_list',
  'pcmk_host_map',
  'pcmk_host_check',
  'pcmk_host_argument',
  'pcmk_delay_base',
  'pcmk_delay_max',
  'pcmk_action_limit',
  'provides',
  'stonith-timeout',
  'priority',
  'action',
  ...['reboot', 'off', 'on', 'list', 'monitor', 'status', 'metadata'].flatMap((action) => [
    `pcmk_${action}_action`,
    `pcmk_${action}_timeout`,
    `pcmk_${action}_retries`,
  ]),
];

/** Parameters that the cluster puts there whatever the agent (`trace_ra`), or reads itself. */
const ANYBODYS = /^trace_(ra|dir|file)$/;
/** What the fencer fills in for each fence. */
const FILLED_IN = /^(action|plug|port|nodename)$/;

/** The agent, and how names are compared: fence agents take dashes for underscores. */
type Known = {
  readonly agent: string;
  readonly isFence: boolean;
  readonly parameters: readonly AgentParameter[];
};

/** Unknown parameters, values the agent cannot read, and (unless `isPartial`) what it requires. */
export function checkParameters(
  resource: XmlElement,
  { parameters, name: agent }: AgentMetadata,
  isPartial: boolean,
): readonly string[] {
  const id = resource.attributes['id'] ?? '';
  const known: Known = { agent, isFence: agent.startsWith('stonith:'), parameters };
  const pairs = pairsOf(resource, 'instance_attributes');
  const faults = pairs.flatMap(({ attributes: { name, value = '' } }) => {
    const fault = name === undefined ? undefined : checkParameter(known, name, value);
    return fault === undefined ? [] : [`${id}: ${fault}`];
  });
  const isIndirect =
    pairs.some(({ attributes }) => attributes['name'] === undefined) ||
    childElements(resource, 'instance_attributes').some(
      (set) => set.attributes['id-ref'] !== undefined,
    );
  if (isPartial || isIndirect) return faults;
  const given = pairs.map(({ attributes }) => spell(known, attributes['name'] ?? ''));
  return [
    ...faults,
    ...missing(known, given).map((name) => `${id}: ${agent} requires the parameter ${name}`),
  ];
}

export function pairsOf(element: XmlElement, tag: string): readonly XmlElement[] {
  return childElements(element, tag).flatMap((set) => childElements(set, 'nvpair'));
}

export function suggest(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  return near === undefined ? '' : ` Did you mean ${near}?`;
}

function spell({ isFence }: Known, name: string): string {
  return isFence ? name.replaceAll('-', '_') : name;
}

function checkParameter(known: Known, name: string, value: string): string | undefined {
  const parameter = known.parameters.find((each) => spell(known, each.name) === spell(known, name));
  if (parameter !== undefined) {
    const expected = expectedOf(parameter, value);
    return expected === undefined
      ? undefined
      : `${name}="${isSecret(name) ? MASK : value}": expected ${expected}`;
  }
  const isFencers = known.isFence && FENCER_PARAMETERS.includes(name);
  if (isFencers || ANYBODYS.test(name)) return undefined;
  const names = known.parameters.map((each) => each.name);
  const all = known.isFence ? [...names, ...FENCER_PARAMETERS] : names;
  return `${known.agent} has no parameter ${name}.${suggest(name, all)}`;
}

function expectedOf({ type, choices }: AgentParameter, value: string): string | undefined {
  switch (type) {
    case 'integer':
      return /^[+-]?\d+$/.test(value) ? undefined : 'a whole number';
    case 'boolean':
      return parseBoolean(value) === undefined ? 'true or false' : undefined;
    case 'select':
      return choices.length === 0 || choices.includes(value)
        ? undefined
        : `one of ${choices.join(', ')}`;
    default:
      return undefined;
  }
}

function missing(known: Known, given: readonly string[]): readonly string[] {
  return known.parameters
    .filter(({ isRequired, fallback }) => isRequired && fallback === undefined)
    .map(({ name }) => name)
    .filter((name) => !given.includes(spell(known, name)))
    .filter((name) => !(known.isFence && FILLED_IN.test(name)));
}
