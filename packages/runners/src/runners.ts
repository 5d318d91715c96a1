/** One face for all ways of running agents: operations and fence runs by call, each told about once. */
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CallId } from '@holdfast/base';
import type { Operation, OpResult } from '@holdfast/executor';
import type { DeviceRun } from '@holdfast/fencer';
import { listAgents, metadata } from './catalogue.ts';
import { type FenceEnd, requestOf, runFenceAgent, runFenceResource } from './fence.ts';
import { runOcf } from './ocf.ts';
import { PluginHost } from './plugin-host.ts';
import { answered, notInstalled, RC } from './results.ts';
import { runLsb, runService, runSystemd } from './services.ts';
import { OVER, type RunnerOptions, type Running, type Tools } from './work.ts';

export type RunnersOptions = RunnerOptions & {
  /** Comes once for every `run`, never from inside it; after a kill, when everything is gone. */
  readonly onExit: (call: CallId, result: OpResult) => void;
  readonly onFenceExit: (call: CallId, end: FenceEnd) => void;
};

export type Runners = {
  readonly run: (call: CallId, op: Operation) => void;
  /** Kills the operation and everything it started; `onExit` follows. */
  readonly kill: (call: CallId) => void;
  readonly runFence: (call: CallId, run: DeviceRun) => void;
  readonly killFence: (call: CallId) => void;
  /** `ocf:heartbeat:IPaddr2` or `stonith:fence_apc_snmp`; undefined where there is none. */
  readonly metadata: (agent: string) => Promise<string | undefined>;
  readonly listAgents: (standard?: string, provider?: string) => Promise<readonly string[]>;
  /** Kills what runs, tells nobody, and ends the plugins' thread. Services live on. */
  readonly close: () => Promise<void>;
};

/** Where agents keep run-time state, under the node's root. */
const STATE_FOLDER = 'run/holdfast/agents';

export function createRunners(options: RunnersOptions): Runners {
  const { root, log, onExit, onFenceExit } = options;
  const stateFolder = join(root, STATE_FOLDER);
  mkdirSync(stateFolder, { recursive: true });
  const host = new PluginHost({ modules: options.plugins, stateFolder }, log);
  const tools: Tools = { ...options, host, stateFolder };
  const life = randomUUID();
  const started = new Set<string>();
  const operations = new Calls<OpResult>(host, onExit);
  const fences = new Calls<FenceEnd>(host, onFenceExit);
  let asked = 0;

  return {
    run: (call, op) => {
      operations.start(call, (onEnd) => {
        return start(tools, op, { mark: `${life}-op-${call}`, started }, onEnd);
      });
    },
    kill: (call) => {
      operations.kill(call, answered(RC.error, 'error', 'the agent was killed'));
    },
    runFence: (call, run) => {
      fences.start(call, (onEnd) => {
        return runFenceAgent(tools, requestOf(run, `${life}-fence-${call}`), onEnd);
      });
    },
    killFence: (call) => {
      fences.kill(call, { code: 1, output: 'the fence agent was killed', timedOut: false });
    },
    metadata: async (agent) => {
      await known(host);
      asked += 1;
      return metadata(tools, agent, `${life}-ask-${asked}`);
    },
    listAgents: async (standard, provider) => {
      await known(host);
      return listAgents(tools, standard, provider);
    },
    close: async () => {
      operations.close();
      fences.close();
      await host.close();
    },
  };
}

function known(host: PluginHost): Promise<void> {
  return new Promise((resolve) => {
    host.whenKnown(resolve);
  });
}

function start(
  tools: Tools,
  op: Operation,
  context: { readonly mark: string; readonly started: Set<string> },
  onEnd: (result: OpResult) => void,
): Running {
  const { mark } = context;
  switch (op.agent.class) {
    case 'ocf':
      return runOcf(tools, op, mark, onEnd);
    case 'stonith':
      return runFenceResource(tools, op, context, onEnd);
    case 'systemd':
      return runSystemd({ tools, op, mark, onEnd });
    case 'lsb':
      return runLsb({ tools, op, mark, onEnd });
    case 'service':
      return runService({ tools, op, mark, onEnd });
    default:
      onEnd(notInstalled(`nothing here runs agents of class ${op.agent.class}`));
      return OVER;
  }
}

/** Calls under way. Each end is told once, and never from inside the call that began it. */
class Calls<End> {
  readonly #host: PluginHost;
  readonly #tell: (call: CallId, end: End) => void;
  readonly #running = new Map<CallId, Running | undefined>();
  #isClosed = false;

  constructor(host: PluginHost, tell: (call: CallId, end: End) => void) {
    this.#host = host;
    this.#tell = tell;
  }

  start(call: CallId, begin: (onEnd: (end: End) => void) => Running): void {
    this.#running.set(call, undefined);
    this.#host.whenKnown(() => {
      const isKilled = !this.#running.has(call) || this.#running.get(call) !== undefined;
      if (this.#isClosed || isKilled) return;
      const running = begin((end) => {
        setImmediate(() => {
          this.#end(call, end);
        });
      });
      this.#running.set(call, running);
    });
  }

  kill(call: CallId, ifNotBegun: End): void {
    if (!this.#running.has(call)) return;
    const running = this.#running.get(call);
    if (running !== undefined) {
      running.kill();
      return;
    }
    this.#running.set(call, OVER);
    setImmediate(() => {
      this.#end(call, ifNotBegun);
    });
  }

  close(): void {
    this.#isClosed = true;
    for (const running of this.#running.values()) running?.kill();
    this.#running.clear();
  }

  #end(call: CallId, end: End): void {
    if (this.#isClosed || !this.#running.delete(call)) return;
    this.#tell(call, end);
  }
}
