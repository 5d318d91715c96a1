/** Fence agents: plugins, and executables that are told everything on stdin. */
import { join } from 'node:path';
import { milliseconds } from '@holdfast/base';
import type { Operation, OpResult } from '@holdfast/executor';
import type { DeviceRun } from '@holdfast/fencer';
import { type Ended, startChild } from './child.ts';
import { baseEnvironment, isFile } from './ocf.ts';
import type { PluginEnd } from './plugin-host.ts';
import { answered, notInstalled, RC } from './results.ts';
import { OVER, type Running, type Tools } from './work.ts';

/** As fence agents exit: 0 done or on, 2 off, everything else failed. */
export type FenceEnd = {
  readonly code: number;
  readonly output: string;
  readonly timedOut: boolean;
};

const FAILED = 1;

export type FenceRequest = {
  readonly agent: string;
  readonly given: Readonly<Record<string, string>>;
  /** 0: no limit. */
  readonly timeoutMs: number;
  readonly mark: string;
};

export function requestOf(run: DeviceRun, mark: string): FenceRequest {
  const given = { ...run.parameters, action: run.action, nodename: run.target };
  return { agent: run.agent, given, timeoutMs: run.timeoutMs, mark };
}

/** Tells the end exactly once. A run past its time is killed, and is over when it is gone. */
export function runFenceAgent(
  tools: Tools,
  request: FenceRequest,
  onEnd: (end: FenceEnd) => void,
): Running {
  const { agent, timeoutMs } = request;
  let timedOut = false;
  let timer: NodeJS.Timeout | undefined;
  const end = (code: number, output: string): void => {
    clearTimeout(timer);
    onEnd({ code, output, timedOut });
  };
  const running = start(tools, request, end);
  if (running === undefined) {
    const where = tools.fencePaths.join(', ');
    end(FAILED, `the fence agent ${agent} is not installed: neither a plugin nor in ${where}`);
    return OVER;
  }
  if (timeoutMs > 0) {
    timer = setTimeout(() => {
      timedOut = true;
      running.kill();
    }, timeoutMs);
  }
  return running;
}

function start(
  tools: Tools,
  { agent, given, mark }: FenceRequest,
  end: (code: number, output: string) => void,
): Running | undefined {
  const plugin = `stonith:${agent}`;
  if (tools.host.has(plugin)) {
    const ticket = tools.host.perform({ kind: 'fence', plugin, given }, mark, (ended) => {
      end(...pluginEnd(ended));
    });
    return {
      kill: () => {
        tools.host.abort(ticket);
      },
    };
  }
  const path = findFenceAgent(tools.fencePaths, agent);
  if (path === undefined) return undefined;
  const stdin = Object.entries(given)
    .map(([name, value]) => `${name}=${value.replaceAll('\n', ' ')}\n`)
    .join('');
  const env = baseEnvironment(tools);
  return startChild({ path, args: [], env, directory: tools.stateFolder, mark, stdin }, (ended) => {
    end(...processEnd(ended));
  });
}

export function findFenceAgent(paths: readonly string[], agent: string): string | undefined {
  if (/[/\0]/.test(agent)) return undefined;
  return paths.map((path) => join(path, agent)).find(isFile);
}

function pluginEnd(ended: PluginEnd): [number, string] {
  switch (ended.kind) {
    case 'done':
      return [ended.answer.code, ended.answer.output];
    case 'killed':
      return [FAILED, 'the fence agent was killed'];
    case 'died':
      return [FAILED, ended.reason];
  }
}

function processEnd({ how, stdout, stderr }: Ended): [number, string] {
  const output = stderr.trim() === '' ? stdout : stderr;
  switch (how.kind) {
    case 'exited':
      return [how.code, output];
    case 'signalled':
      return [FAILED, `the fence agent was ended by ${how.signal}`];
    case 'killed':
      return [FAILED, 'the fence agent was killed'];
    case 'not-started':
      return [FAILED, `the fence agent could not be run: ${how.errno}`];
  }
}

/**
 * Operations on a fence device as a resource (C1.10): it "runs" on the node that watches it. `started`
 * is what this node remembers, since a device itself knows nothing of the sort.
 */
export function runFenceResource(
  tools: Tools,
  op: Operation,
  context: { readonly mark: string; readonly started: Set<string> },
  onEnd: (result: OpResult) => void,
): Running {
  const { started, mark } = context;
  const isProbe = op.task === 'monitor' && op.intervalMs === 0;
  if (isProbe) {
    onEnd(answered(started.has(op.resource) ? RC.ok : RC.notRunning, 'done', ''));
    return OVER;
  }
  switch (op.task) {
    case 'stop':
      started.delete(op.resource);
      onEnd(answered(RC.ok, 'done', ''));
      return OVER;
    case 'start':
    case 'monitor':
      return monitorDevice(tools, op, mark, (result) => {
        if (op.task === 'start' && result.rc === RC.ok) started.add(op.resource);
        onEnd(result);
      });
    default:
      onEnd(answered(RC.unimplemented, 'done', `a fence device cannot ${op.task}`));
      return OVER;
  }
}

function monitorDevice(
  tools: Tools,
  op: Operation,
  mark: string,
  onEnd: (result: OpResult) => void,
): Running {
  const agent = op.agent.type;
  if (
    !tools.host.has(`stonith:${agent}`) &&
    findFenceAgent(tools.fencePaths, agent) === undefined
  ) {
    const where = tools.fencePaths.join(', ');
    onEnd(
      notInstalled(`the fence agent ${agent} is not installed: neither a plugin nor in ${where}`),
    );
    return OVER;
  }
  const begun = answered(RC.ok, 'done', '');
  const from = performance.now();
  const own = Object.entries(op.parameters).filter(([name]) => !isForOthers(name));
  const action = op.parameters['pcmk_monitor_action'] ?? 'monitor';
  const given = { ...Object.fromEntries(own), action };
  return runFenceAgent(tools, { agent, given, timeoutMs: 0, mark }, ({ code, output }) => {
    const execMs = milliseconds(Math.round(performance.now() - from));
    const isWell = code === 0;
    const reason = isWell ? '' : (output.trim().split('\n').at(-1) ?? '');
    onEnd({ ...begun, execMs, rc: isWell ? RC.ok : RC.error, reason, output });
  });
}

/** The fencer's and the cluster's own words are not for the agent. */
function isForOthers(name: string): boolean {
  return name.startsWith('pcmk_') || name.startsWith('CRM_meta_') || name === 'crm_feature_set';
}
