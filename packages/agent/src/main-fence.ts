/** A fence agent as an executable: `name=value` lines on stdin, or long options. */
import type { Given } from './check.ts';
import type { FenceAgent } from './fence-agent.ts';
import { type Host, hostWorld } from './host.ts';
import type { Shell } from './main-ocf.ts';

/** Short options every fence agent has. */
const SHORT: Readonly<Record<string, string>> = {
  '-o': 'action',
  '-n': 'plug',
  '-a': 'ip',
  '-u': 'ipport',
  '-l': 'username',
  '-p': 'password',
  '-c': 'community',
  '-d': 'snmp_version',
};

/** Answers with the exit code. Arguments count where there are any; else everything is on stdin. */
export async function fenceMain(
  agent: FenceAgent,
  host: Host,
  shell: Shell & { readonly stdin: () => Promise<string> },
): Promise<number> {
  const given =
    shell.argv.length > 0 ? readOptions(shell.argv) : readFenceInput(await shell.stdin());
  const world = hostWorld(host, {
    env: shell.env,
    stateFolder: shell.env['HA_RSCTMP'] ?? '/run/resource-agents',
    log: (severity, text) => {
      shell.err(`${severity}: ${text}\n`);
    },
  });
  const { code, output } = await agent.perform(given, world);
  if (output !== '')
    (code === 1 ? shell.err : shell.out)(output.endsWith('\n') ? output : `${output}\n`);
  return code;
}

/** Blank lines and `#` are skipped, the last value of a name wins, nothing is quoted. */
export function readFenceInput(text: string): Given {
  const given: Record<string, string> = {};
  for (const line of text.split('\n')) {
    const trimmed = line.trim();
    const at = trimmed.indexOf('=');
    if (trimmed.startsWith('#') || at <= 0) continue;
    given[trimmed.slice(0, at).trim()] = trimmed.slice(at + 1).trim();
  }
  return given;
}

function readOptions(argv: readonly string[]): Given {
  const given: Record<string, string> = {};
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index] ?? '';
    const long = /^--([a-z][\w-]*)(?:=(.*))?$/s.exec(word);
    const name = long?.[1] ?? SHORT[word];
    if (name === undefined) continue;
    if (long?.[2] !== undefined) {
      given[name] = long[2];
      continue;
    }
    index += 1;
    given[name] = argv[index] ?? '';
  }
  return given;
}
