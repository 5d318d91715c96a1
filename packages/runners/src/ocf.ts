/** Resource agents of class ocf: plugins, and executables that are told everything in their environment. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { milliseconds, note } from '@holdfast/base';
import type { Operation, OpResult } from '@holdfast/executor';
import { startChild } from './child.ts';
import { answered, notInstalled, ocfCode, RC, resultOf } from './results.ts';
import { OVER, type Running, type Tools } from './work.ts';

const SYSTEM_PATHS = '/sbin:/bin:/usr/sbin:/usr/bin';

/** For the DC's eyes only (C1.1.3). */
const NOT_FOR_AGENTS: ReadonlySet<string> = new Set(['CRM_meta_op_target_rc']);

/** Exported under its own name, unlike every other parameter (C1.3.3). */
const CHECK_LEVEL = 'OCF_CHECK_LEVEL';

export function runOcf(
  tools: Tools,
  op: Operation,
  mark: string,
  onEnd: (result: OpResult) => void,
): Running {
  const { provider, type } = op.agent;
  const plugin = `ocf:${provider}:${type}`;
  if (tools.host.has(plugin)) return runPlugin(tools, plugin, op, { mark, onEnd });
  const path = findAgent(tools.ocfPaths, provider, type);
  if (path === undefined) {
    onEnd(
      notInstalled(
        `${plugin} is not installed: neither a plugin nor in ${tools.ocfPaths.join(', ')}`,
      ),
    );
    return OVER;
  }
  return startChild(
    { path, args: [op.task], env: ocfEnvironment(tools, op), directory: tools.stateFolder, mark },
    (ended) => {
      if (ended.isTruncated) {
        tools.log(note('warning', 'output-truncated', `${plugin} says more than is kept`));
      }
      onEnd(resultOf(ended, ocfCode));
    },
  );
}

/** The first `<dir>/<provider>/<type>` that is there; whether it may be executed shows when it is (C1.2.1). */
export function findAgent(
  paths: readonly string[],
  provider: string,
  type: string,
): string | undefined {
  if (/[/\0]/.test(provider) || /[/\0]/.test(type)) return undefined;
  return paths.map((path) => join(path, provider, type)).find(isFile);
}

export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

export function ocfEnvironment(tools: Tools, op: Operation): Record<string, string | undefined> {
  const env = baseEnvironment(tools);
  env['OCF_RA_VERSION_MAJOR'] = '1';
  env['OCF_RA_VERSION_MINOR'] = '1';
  env['OCF_ROOT'] = '/usr/lib/ocf';
  env['OCF_EXIT_REASON_PREFIX'] = 'ocf-exit-reason:';
  env['OCF_RESOURCE_INSTANCE'] = op.resource;
  env['OCF_RESOURCE_TYPE'] = op.agent.type;
  env['OCF_RESOURCE_PROVIDER'] = op.agent.provider;
  for (const [name, value] of Object.entries(agentParameters(op))) {
    env[name === CHECK_LEVEL ? name : `OCF_RESKEY_${name}`] = value;
  }
  return env;
}

/** What every agent's process gets, whatever its class. */
export function baseEnvironment({ root, stateFolder }: Tools): Record<string, string | undefined> {
  return {
    ...process.env,
    PATH: `${process.env['PATH'] ?? ''}:${SYSTEM_PATHS}`,
    HA_RSCTMP: stateFolder,
    HOLDFAST_ROOT: root,
  };
}

/** As configured, with what the cluster always says: the timeout, and the interval of what recurs. */
function agentParameters(op: Operation): Record<string, string> {
  const parameters: Record<string, string> = { CRM_meta_timeout: String(op.timeoutMs) };
  if (op.intervalMs > 0) parameters['CRM_meta_interval'] = String(op.intervalMs);
  for (const [name, value] of Object.entries(op.parameters)) {
    if (!NOT_FOR_AGENTS.has(name)) parameters[name] = value;
  }
  return parameters;
}

function runPlugin(
  { host }: Tools,
  plugin: string,
  op: Operation,
  { mark, onEnd }: { readonly mark: string; readonly onEnd: (result: OpResult) => void },
): Running {
  const begun = answered(RC.ok, 'done', '');
  const from = performance.now();
  const { task, resource } = op;
  const parameters = agentParameters(op);
  const ticket = host.perform(
    { kind: 'resource', plugin, task, resource, parameters },
    mark,
    (end) => {
      const timed = { ...begun, execMs: milliseconds(Math.round(performance.now() - from)) };
      switch (end.kind) {
        case 'done': {
          const { code, reason, output } = end.answer;
          onEnd({ ...timed, rc: ocfCode(code), reason, output });
          return;
        }
        case 'killed':
          onEnd({ ...timed, rc: RC.error, status: 'error', reason: 'the agent was killed' });
          return;
        case 'died':
          onEnd({ ...timed, rc: RC.error, status: 'error', reason: end.reason });
          return;
      }
    },
  );
  return {
    kill: () => {
      host.abort(ticket);
    },
  };
}
