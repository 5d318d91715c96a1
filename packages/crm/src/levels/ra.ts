/** The level `ra`: which agents there are, and what they want to know. */
import { type AgentMetadata, agentMetadata, listAgents, resolveType } from '../shell/agents.ts';
import { DONE, type ExitCode, refuse, report, type Shell } from '../shell/shell.ts';
import { hint } from '../language/cursor.ts';
import { command, type Level } from './level.ts';

const CLASSES: readonly string[] = ['lsb', 'ocf', 'service', 'stonith', 'systemd'];

export const level: Level = {
  name: 'ra',
  commands: [
    command('classes', 'classes', 'Lists the classes of agents, and providers.', {
      arity: [0, 0],
      run: classes,
    }),
    command('list', 'list CLASS [PROVIDER]', 'Lists the agents of a class.', {
      arity: [1, 2],
      run: list,
    }),
    command('providers', 'providers TYPE [CLASS]', 'Who provides an agent of this type.', {
      arity: [1, 2],
      run: providers,
    }),
    command('info meta', 'info [CLASS:[PROVIDER:]]TYPE', 'What an agent does and wants to know.', {
      arity: [1, 1],
      run: info,
    }),
  ],
};

async function classes(shell: Shell): Promise<ExitCode> {
  for (const standard of CLASSES) {
    const known = await listAgents(shell, standard);
    if (!known.ok) return report(shell, known.fault);
    if (known.value.length === 0) continue;
    const its =
      standard === 'ocf' ? ` / ${[...new Set(known.value.map(providerOf))].sort().join(' ')}` : '';
    shell.io.out(`${standard}${its}\n`);
  }
  return DONE;
}

function providerOf(agent: string): string {
  return agent.split(':')[1] ?? '';
}

async function list(shell: Shell, [standard = '', provider]: readonly string[]): Promise<ExitCode> {
  if (!CLASSES.includes(standard)) {
    return refuse(shell, `there is no class of agents ${standard}.${hint(standard, CLASSES)}`);
  }
  const known = await listAgents(shell, standard, provider);
  if (!known.ok) return report(shell, known.fault);
  const types = known.value
    .filter((agent) => provider === undefined || providerOf(agent) === provider)
    .map((agent) => agent.split(':').at(-1) ?? '');
  for (const type of [...new Set(types)].sort()) shell.io.out(`${type}\n`);
  return DONE;
}

async function providers(
  shell: Shell,
  [type = '', standard = 'ocf']: readonly string[],
): Promise<ExitCode> {
  const known = await listAgents(shell, standard);
  if (!known.ok) return report(shell, known.fault);
  const names = known.value.filter((agent) => agent.endsWith(`:${type}`)).map(providerOf);
  if (names.length === 0) return refuse(shell, `nobody provides ${standard} agent ${type}`, 105);
  shell.io.out(`${names.join(' ')}\n`);
  return DONE;
}

async function info(shell: Shell, [agent = '']: readonly string[]): Promise<ExitCode> {
  const metadata = await agentMetadata(
    shell,
    agent.includes(':') ? agent : await resolveType(shell, agent),
  );
  if (!metadata.ok) return report(shell, metadata.fault);
  shell.io.out(infoText(metadata.value));
  return DONE;
}

function infoText({ name, summary, description, parameters, actions }: AgentMetadata): string {
  const parameterLines = parameters.map(
    ({ name: parameter, isRequired, type, fallback, meaning }) => {
      const star = isRequired ? '*' : '';
      const value = fallback === undefined ? type : `${type}, [${fallback}]`;
      return `${parameter}${star} (${value}): ${meaning}`;
    },
  );
  const actionLines = actions.map(({ name: action = '', ...rest }) =>
    [
      `    ${action}`.padEnd(18),
      ...Object.entries(rest).map(([key, value]) => `${key}=${value}`),
    ].join(' '),
  );
  return [
    `${summary} (${name})`,
    '',
    description,
    '',
    'Parameters (*: required, []: default):',
    '',
    ...parameterLines,
    '',
    "Operations' defaults (advisory minimum):",
    '',
    ...actionLines,
    '',
  ].join('\n');
}
