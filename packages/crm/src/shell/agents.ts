/** What agents say about themselves, and which agents there are. */
import { fail, nearest, ok, type Result } from '@holdfast/base';
import { childElements, everyElement, firstChild, parseXml, type XmlElement } from '@holdfast/cib';
import type { RpcFault } from '@holdfast/ipc';
import { ask, type Shell } from './shell.ts';

export type AgentParameter = {
  readonly name: string;
  readonly isRequired: boolean;
  /** `string`, `integer`, `boolean`, `select`, …, as the agent says. */
  readonly type: string;
  readonly fallback: string | undefined;
  readonly meaning: string;
  /** For `select`: what may be chosen. */
  readonly choices: readonly string[];
};

export type AgentMetadata = {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  readonly parameters: readonly AgentParameter[];
  readonly actions: readonly Readonly<Record<string, string>>[];
};

/** Metadata of `ocf:heartbeat:IPaddr2`; for an agent nobody knows, the fault suggests one that is known. */
export async function agentMetadata(
  shell: Shell,
  agent: string,
): Promise<Result<AgentMetadata, RpcFault>> {
  const answer = await ask(shell, 'agent.metadata', { agent });
  if (answer.ok) return readMetadata(agent, answer.value.xml);
  if (answer.fault.code !== 'unknown-agent') return answer;
  const [standard = ''] = agent.split(':');
  const known = await listAgents(shell, standard);
  const near = nearestAgent(agent, known.ok ? known.value : []);
  const hint =
    near === undefined
      ? `"crm ra list ${standard}" tells which there are.`
      : `Did you mean ${near}?`;
  return fail({
    code: 'unknown-agent',
    message: `there is no agent ${agent} on this node. ${hint}`,
  });
}

/** The nearest full name, or the same type of another provider. */
function nearestAgent(agent: string, known: readonly string[]): string | undefined {
  const type = agent.split(':').at(-1) ?? '';
  const exact = known.find((each) => each.split(':').at(-1) === type);
  if (exact !== undefined) return exact;
  const nearType = nearest(
    type,
    known.map((each) => each.split(':').at(-1) ?? ''),
  );
  return known.find((each) => each.split(':').at(-1) === nearType);
}

/** Full names of all agents of a class (`ocf:heartbeat:IPaddr2`, `systemd:nginx`). */
export async function listAgents(
  shell: Shell,
  standard: string,
  provider?: string,
): Promise<Result<readonly string[], RpcFault>> {
  const params = { class: standard, ...(provider === undefined ? {} : { provider }) };
  const answer = await ask(shell, 'agent.list', params);
  if (!answer.ok) return answer;
  const prefix = provider === undefined ? `${standard}:` : `${standard}:${provider}:`;
  return ok(
    answer.value.agents.map((name) =>
      name.startsWith(`${standard}:`) ? name : `${prefix}${name}`,
    ),
  );
}

/** A lone type (`Dummy`) as a full OCF name: of provider heartbeat where it has it, else whoever does. */
export async function resolveType(shell: Shell, type: string): Promise<string> {
  const known = await listAgents(shell, 'ocf');
  const usual = `ocf:heartbeat:${type}`;
  if (!known.ok || known.value.includes(usual)) return usual;
  return known.value.find((each) => each.endsWith(`:${type}`)) ?? usual;
}

function readMetadata(name: string, xml: string): Result<AgentMetadata, RpcFault> {
  const parsed = parseXml(xml.replace(/<!DOCTYPE[^>]*>/, ''));
  if (!parsed.ok) {
    return fail({
      code: 'garbled',
      message: `the metadata of ${name} is no XML: ${parsed.fault.what}`,
    });
  }
  const root = parsed.value;
  const parameters = firstChild(root, 'parameters');
  const actions = firstChild(root, 'actions');
  return ok({
    name,
    summary: textOf(firstChild(root, 'shortdesc')),
    description: textOf(firstChild(root, 'longdesc')),
    parameters:
      parameters === undefined ? [] : childElements(parameters, 'parameter').map(readParameter),
    actions:
      actions === undefined
        ? []
        : childElements(actions, 'action').map(({ attributes }) => attributes),
  });
}

function readParameter(parameter: XmlElement): AgentParameter {
  const content = firstChild(parameter, 'content');
  return {
    name: parameter.attributes['name'] ?? '',
    isRequired: /^(1|true|yes)$/i.test(parameter.attributes['required'] ?? ''),
    type: content?.attributes['type'] ?? 'string',
    fallback: content?.attributes['default'],
    meaning: textOf(firstChild(parameter, 'shortdesc')),
    choices: [...everyElement(parameter)]
      .filter((each) => each.name === 'option' && each.attributes['value'] !== undefined)
      .map((each) => each.attributes['value'] ?? ''),
  };
}

function textOf(found: XmlElement | undefined): string {
  const texts =
    found?.children.flatMap((child) => (child.kind === 'text' ? [child.text] : [])) ?? [];
  return texts.join('').trim().replace(/\s+\n/g, '\n');
}
