#!/usr/bin/env node
/** holdfastd: one node of a cluster, in the real world. The composition root. */
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, milliseconds, note, ok, type Result } from '@holdfast/base';
import { IpcError, serve, type Server } from '@holdfast/ipc';
import { node } from '@holdfast/node';
import { createRunners, type Runners } from '@holdfast/runners';
import { type RingThread, startRingThread } from '@holdfast/ring-thread';
import { describeUdpFault } from '@holdfast/transport-udp';
import { agentPlaces } from './agent-places.ts';
import { apiHandler } from './api.ts';
import { ConfFile } from './conf-file.ts';
import { type Loaded, load } from './disk.ts';
import { EXIT, type StartFault } from './exit.ts';
import { type Log, openLog } from './log.ts';
import { type Options, parseOptions, USAGE } from './options.ts';
import { type Paths, pathsUnder } from './paths.ts';
import { reload, type ReloadParts } from './reload.ts';
import { ringOptions } from './ring-options.ts';
import { type SchedulerWorker, startSchedulerWorker } from './scheduler-worker.ts';
import { type Configured, configure } from './start.ts';
import { VERSION } from './version.ts';
import { World } from './world.ts';

type Running = { readonly world: World; readonly server: Server; readonly log: Log };

async function main(): Promise<void> {
  const invocation = parseOptions(process.argv.slice(2));
  if (!invocation.ok) {
    refuse({ code: EXIT.usage, sentences: [invocation.fault] });
    return;
  }
  switch (invocation.value.kind) {
    case 'help':
      process.stdout.write(USAGE);
      return;
    case 'version':
      process.stdout.write(`holdfastd ${VERSION}\n`);
      return;
    case 'run': {
      const started = await start(invocation.value.options);
      if (!started.ok) refuse(started.fault);
    }
  }
}

function refuse({ code, sentences }: StartFault): void {
  for (const sentence of sentences) process.stderr.write(`holdfastd: ${sentence}\n`);
  process.exitCode = code;
}

async function start(options: Options): Promise<Result<undefined, StartFault>> {
  const paths = pathsUnder(options.root, options.configuration);
  const configured = await configure(paths.configuration, options.node);
  if (!configured.ok) return configured;
  const prepared = await prepare(paths);
  if (!prepared.ok) return prepared;
  return run(options, paths, configured.value, prepared.value);
}

async function prepare(paths: Paths): Promise<Result<Loaded, StartFault>> {
  try {
    await mkdir(paths.run, { recursive: true, mode: 0o755 });
    return ok(load(paths.state, String(Date.now())));
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    return fail({
      code: EXIT.io,
      sentences: [
        `${paths.state}: cannot be used: ${words}; free or mount the disk, or give another --root.`,
      ],
    });
  }
}

/** One daemon while it lives: what its drivers call back into, and how it ends. */
type Life = {
  world: World | undefined;
  readonly log: Log;
  readonly onBroken: (cause: unknown) => void;
};

type Drivers = {
  readonly ring: RingThread;
  readonly runners: Runners;
  readonly scheduler: SchedulerWorker;
};

type WorldDrivers = {
  readonly life: Life;
  readonly drivers: Drivers;
  readonly onReload: () => void;
};

async function run(
  options: Options,
  paths: Paths,
  configured: Configured,
  disk: Loaded,
): Promise<Result<undefined, StartFault>> {
  const { conf, self, addresses } = configured;
  const log = openLog(paths.log, self.name, !options.isQuiet);
  for (const warning of configured.warnings) log.write(note('warning', 'configuration', warning));
  for (const sentence of disk.trouble) log.write(note('error', 'disk', sentence));
  const life: Life = {
    world: undefined,
    log,
    onBroken: (cause) => {
      endBroken(paths, log, cause);
    },
  };
  const opened = await openRing({ paths, configured, disk }, life);
  if (!opened.ok) return opened;
  const drivers: Drivers = { ring: opened.value, ...openDrivers(paths, life) };
  const running = { ring: drivers.ring, log, running: configured, wantedNode: options.node };
  const onReload = reloader(running);
  const world = openWorld(paths, configured, disk, { life, drivers, onReload });
  const parts = { world, configured, runners: drivers.runners, version: VERSION };
  const server = await openSocket(paths, { ...parts, socket: paths.socket });
  if (!server.ok) {
    await closeDrivers(drivers);
    log.close();
    return server;
  }
  world.parts.left.then(
    () => endPolitely({ world, server: server.value, log }, drivers),
    life.onBroken,
  );
  attendSignals(world, life);
  process.on('SIGHUP', onReload);
  const where = addresses.map(({ bind }) => `${bind.address}:${bind.port}`).join(', ');
  const cluster = conf.totem.clusterName ?? '(nameless)';
  const text = `holdfastd ${VERSION}: node ${self.name} (${self.id}) of cluster ${cluster} at ${where}`;
  log.write(note('notice', 'start', text));
  world.start();
  return ok(undefined);
}

/** Makes the ring's thread, with its sockets open; it waits for `start`. */
async function openRing(
  { paths, configured, disk }: { paths: Paths; configured: Configured; disk: Loaded },
  life: Life,
): Promise<Result<RingThread, StartFault>> {
  const { conf, self } = configured;
  const { log } = life;
  const opened = await startRingThread(ringOptions(paths, configured, disk), {
    onDelivered: (from, payload) =>
      life.world?.nodeInput({ kind: 'ring', event: { kind: 'delivered', from, payload } }),
    onMembership: (event) => life.world?.nodeInput({ kind: 'ring', event }),
    onRefused: (count, why) => {
      log.write(note('error', 'ring-refused', `${count} messages were not taken: ${why}`));
    },
    onLink: () => undefined,
    onNote: log.write,
    onBroken: life.onBroken,
  });
  if (opened.ok) return ok(opened.thread);
  const sentence = `${conf.file}:${self.line}: ${describeUdpFault(opened.fault)}`;
  return fail({ code: EXIT.unavailable, sentences: [sentence] });
}

function openDrivers(paths: Paths, life: Life): Omit<Drivers, 'ring'> {
  const places = agentPlaces(paths);
  const runners = createRunners({
    root: paths.root,
    ocfPaths: places.ocf,
    fencePaths: places.fence,
    plugins: places.plugins,
    log: life.log.write,
    onExit: (call, result) => life.world?.nodeInput({ kind: 'exited', call, result }),
    onFenceExit: (call, end) => life.world?.nodeInput({ kind: 'device-result', call, ...end }),
  });
  const scheduler = startSchedulerWorker(({ recheckInMs, ...reply }) => {
    const recheck = recheckInMs === undefined ? undefined : milliseconds(recheckInMs);
    life.world?.nodeInput({ kind: 'scheduled', ...reply, recheckInMs: recheck });
  }, life.onBroken);
  return { runners, scheduler };
}

function openWorld(
  paths: Paths,
  { conf, self, quorum }: Configured,
  disk: Loaded,
  { life, drivers, onReload }: WorldDrivers,
): World {
  const clusterName = conf.totem.clusterName ?? '';
  const names = new Map(conf.nodes.map((each) => [each.id, each.name]));
  const seed = Date.now() % 2 ** 31;
  const nodeMachine = node(
    { self: self.id, clusterName, names, quorum, incarnation: randomUUID(), seed },
    disk,
  );
  let onLeft = (): void => undefined;
  const left = new Promise<void>((resolve) => {
    onLeft = resolve;
  });
  const world = new World({
    node: nodeMachine,
    ...drivers,
    log: life.log,
    confFile: new ConfFile(conf, self),
    onTakenOver: onReload,
    stateFolder: paths.state,
    left,
    onLeft,
    onFencedAlive: (reaction) => {
      life.log.close();
      process.exit(reaction === 'panic' ? EXIT.panic : EXIT.fenced);
    },
    onBroken: life.onBroken,
  });
  life.world = world;
  return world;
}

/** The first signal leaves politely, the second at once. */
function attendSignals(world: World, life: Life): void {
  process.on('uncaughtException', life.onBroken);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    let count = 0;
    process.on(signal, () => {
      count += 1;
      if (count > 1) process.exit(EXIT.ok);
      const text = `${signal}: this node leaves the cluster; its resources move first`;
      life.log.write(note('notice', 'signal', text));
      void world.request({ kind: 'stop' });
    });
  }
}

/** What reads the configuration and the key anew; one reading at a time. */
function reloader(parts: ReloadParts): () => void {
  let last: Promise<void> = Promise.resolve();
  return () => {
    last = last.then(() => reload(parts));
  };
}

async function closeDrivers({ ring, runners, scheduler }: Drivers): Promise<void> {
  await Promise.all([ring.close(), runners.close(), scheduler.close()]);
}

async function openSocket(
  paths: Paths,
  parts: Parameters<typeof apiHandler>[0],
): Promise<Result<Server, StartFault>> {
  try {
    return ok(await serve({ path: paths.socket, handler: apiHandler(parts) }));
  } catch (cause) {
    if (cause instanceof IpcError)
      return fail({ code: EXIT.unavailable, sentences: [cause.message] });
    throw cause;
  }
}

async function endPolitely({ world, server, log }: Running, drivers: Drivers): Promise<void> {
  world.close();
  await closeDrivers(drivers);
  await server.close();
  log.write(note('notice', 'end', 'this node has left the cluster'));
  log.close();
  process.exit(EXIT.ok);
}

/** A bug of ours: on record, and the daemon is gone; the cluster fences this node if it must. */
function endBroken(paths: Paths, log: Log, cause: unknown): void {
  const words = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  log.write(note('critical', 'broken', `this is a bug in Holdfast: ${words}`));
  try {
    writeFileSync(join(paths.state, `broken-${Date.now()}.txt`), `${words}\n`);
  } catch {
    // The log has it already.
  }
  process.exit(EXIT.bug);
}

await main();
