/** The plugins' own thread: loads them once, performs what it is asked, and may die without harm. */
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { type Agent, type FenceAgent, hostWorld, type World } from '@holdfast/agent';
import { processHost } from '@holdfast/agent-process';
import { assert } from '@holdfast/base';
import type {
  FromThread,
  PluginAnswer,
  PluginJob,
  ThreadData,
  ToThread,
} from './plugin-protocol.ts';
import { MARK } from './process-tree.ts';

type Plugin = Agent | FenceAgent;

// The one who starts this thread gives it exactly this.
const { modules, stateFolder } = workerData as ThreadData;
const plugins = new Map<string, Plugin>();
const aborted = new Set<number>();

assert(parentPort !== null, 'plugins run in a thread of their own');
const port = parentPort;

function say(message: FromThread): void {
  port.postMessage(message);
}

await loadAll();
port.on('message', (message: ToThread) => {
  take(message);
});

function take(message: ToThread): void {
  switch (message.kind) {
    case 'perform':
      void perform(message.ticket, message.job, message.mark);
      return;
    case 'abort':
      aborted.add(message.ticket);
      return;
    case 'ping':
      say({ kind: 'pong' });
      return;
  }
}

async function loadAll(): Promise<void> {
  const broken: { path: string; reason: string }[] = [];
  for (const path of modules) {
    try {
      const module: unknown = await import(pathToFileURL(path).href);
      const found = Object.values(module ?? {}).filter(isPlugin);
      if (found.length === 0) broken.push({ path, reason: 'it exports no agent' });
      for (const plugin of found) plugins.set(keyOf(plugin), plugin);
    } catch (cause) {
      broken.push({ path, reason: cause instanceof Error ? cause.message : String(cause) });
    }
  }
  const known = [...plugins].map(([key, plugin]) => ({ key, metadata: plugin.metadata() }));
  say({ kind: 'ready', plugins: known, broken });
}

function isPlugin(value: unknown): value is Plugin {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false;
  return (value.kind === 'resource' || value.kind === 'fence') && 'perform' in value;
}

function keyOf(plugin: Plugin): string {
  return plugin.kind === 'fence'
    ? `stonith:${plugin.name}`
    : `ocf:${plugin.provider}:${plugin.name}`;
}

async function perform(ticket: number, job: PluginJob, mark: string): Promise<void> {
  const world = abortable(ticket, worldFor(mark));
  const plugin = plugins.get(job.plugin);
  const answer = await performWith(plugin, job, world);
  aborted.delete(ticket);
  say({ kind: 'done', ticket, answer });
}

function worldFor(mark: string): World {
  return hostWorld(processHost, {
    env: { ...process.env, [MARK]: mark },
    stateFolder,
    log: (severity, text) => {
      say({ kind: 'log', severity, text });
    },
  });
}

async function performWith(
  plugin: Plugin | undefined,
  job: PluginJob,
  world: World,
): Promise<PluginAnswer> {
  if (plugin?.kind === 'resource' && job.kind === 'resource') return plugin.perform(job, world);
  if (plugin?.kind === 'fence' && job.kind === 'fence') {
    const { code, output } = await plugin.perform(job.given, world);
    return { code, reason: '', output };
  }
  return { code: 1, reason: `there is no plugin ${job.plugin}`, output: '' };
}

/** Every way into the world asks first whether the operation was aborted, and asks again after. */
function abortable(ticket: number, world: World): World {
  const guard = async <Value>(act: () => Promise<Value>): Promise<Value> => {
    if (aborted.has(ticket)) throw new Error('the operation was aborted');
    const value = await act();
    if (aborted.has(ticket)) throw new Error('the operation was aborted');
    return value;
  };
  return {
    ...world,
    run: (command, options) => guard(() => world.run(command, options)),
    launch: (command, options) => guard(() => world.launch(command, options)),
    files: {
      read: (path) => guard(() => world.files.read(path)),
      write: (path, text) => guard(() => world.files.write(path, text)),
      remove: (path) => guard(() => world.files.remove(path)),
    },
    processes: {
      info: (pid) => guard(() => world.processes.info(pid)),
      signal: (pid, signal) => guard(() => world.processes.signal(pid, signal)),
    },
    sleep: (ms) => guard(() => nap(ticket, ms)),
  };
}

/** Sleeps in short pieces, so that an abort is noticed. */
async function nap(ticket: number, ms: number): Promise<void> {
  const until = Date.now() + ms;
  for (let left = ms; left > 0 && !aborted.has(ticket); left = until - Date.now()) {
    await new Promise((resolve) => setTimeout(resolve, Math.min(left, 50)));
  }
}
