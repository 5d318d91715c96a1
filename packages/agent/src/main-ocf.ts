/** A resource agent as an executable: the task is its argument, the parameters its environment. */
import type { Agent } from './agent.ts';
import { type Host, hostWorld } from './host.ts';
import { OCF } from './outcome.ts';

export type Shell = {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
};

const PREFIX = 'OCF_RESKEY_';
const STATE_FOLDER = '/run/resource-agents';

/** Answers with the exit code; the reason goes to stderr behind `ocf-exit-reason:`. */
export async function ocfMain(agent: Agent, host: Host, shell: Shell): Promise<number> {
  const [task = ''] = shell.argv;
  if (task === '') {
    shell.err(`usage: ${agent.name} {${agent.actions.map(({ name }) => name).join('|')}}\n`);
    return OCF.badArgument;
  }
  const world = hostWorld(host, {
    env: shell.env,
    stateFolder: shell.env['HA_RSCTMP'] ?? STATE_FOLDER,
    log: (severity, text) => {
      shell.err(`${severity}: ${text}\n`);
    },
  });
  const parameters: Record<string, string> = {};
  for (const [name, value] of Object.entries(shell.env)) {
    if (value !== undefined && name.startsWith(PREFIX))
      parameters[name.slice(PREFIX.length)] = value;
  }
  const resource = shell.env['OCF_RESOURCE_INSTANCE'] ?? agent.name;
  const { code, reason, output } = await agent.perform({ task, resource, parameters }, world);
  if (output !== '') shell.out(output);
  if (reason !== '') {
    const prefix = shell.env['OCF_EXIT_REASON_PREFIX'] ?? 'ocf-exit-reason:';
    shell.err(`${prefix}${reason.replaceAll('\n', ' ')}\n`);
  }
  return code;
}
