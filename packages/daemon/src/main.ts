#!/usr/bin/env node
/** holdfastd: one node of a cluster, in the real world. The composition root. */
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fail, instant, milliseconds, note, ok, type Result } from '@holdfast/base';
import { IpcError, serve, type Server } from '@holdfast/ipc';
import { node } from '@holdfast/node';
import { createRunners, type Runners } from '@holdfast/runners';
import { ring, ringTimeouts } from '@holdfast/totem';
import { describeUdpFault, openUdp } from '@holdfast/transport-udp';
import { agentPlaces } from './agent-places.ts';
import { apiHandler } from './api.ts';
import { type Loaded, load } from './disk.ts';
import { EXIT, type StartFault } from './exit.ts';
import { type Log, openLog } from './log.ts';
import { type Options, parseOptions, USAGE } from './options.ts';
import { type Paths, pathsUnder } from './paths.ts';
import { type SchedulerWorker, startSchedulerWorker } from './scheduler-worker.ts';
import { type Configured, configure } from './start.ts';
import { VERSION } from './version.ts';
import { World } from './world.ts';

type Running = {
  readonly world: World;
  readonly runners: Runners;
  readonly scheduler: SchedulerWorker;
  readonly server: Server;
  readonly log: Log;
};

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

async function run(
  options: Options,
  paths: Paths,
  configured: Configured,
  disk: Loaded,
): Promise<Result<undefined, StartFault>> {
  const { conf, self, quorum } = configured;
  const log = openLog(paths.log, self.name, !options.isQuiet);
  for (const warning of configured.warnings) log.write(note('warning', 'configuration', warning));
  for (const sentence of disk.trouble) log.write(note('error', 'disk', sentence));
  let world: World | undefined;
  const onBroken = (cause: unknown): void => {
    endBroken(paths, log, cause);
  };
  const transport = await openUdp({
    bind: configured.bind,
    peers: configured.peers,
    events: {
      onDatagram: (bytes) => world?.ringInput({ kind: 'datagram', bytes }),
      onTrouble: (what) => {
        log.write(note('warning', 'network', what));
      },
    },
  });
  if (!transport.ok)
    return fail({
      code: EXIT.unavailable,
      sentences: [`${conf.file}:${self.line}: ${describeUdpFault(transport.fault)}`],
    });
  const places = agentPlaces(paths);
  const runners = createRunners({
    root: paths.root,
    ocfPaths: places.ocf,
    fencePaths: places.fence,
    plugins: places.plugins,
    log: log.write,
    onExit: (call, result) => world?.nodeInput({ kind: 'exited', call, result }),
    onFenceExit: (call, end) => world?.nodeInput({ kind: 'device-result', call, ...end }),
  });
  const scheduler = startSchedulerWorker((reply) => {
    const { seq, graph, notes, recheckInMs } = reply;
    world?.nodeInput({
      kind: 'scheduled',
      seq,
      graph,
      notes,
      recheckInMs: recheckInMs === undefined ? undefined : milliseconds(recheckInMs),
    });
  }, onBroken);
  const names = new Map(conf.nodes.map((each) => [each.id, each.name]));
  const nodeMachine = node(
    {
      self: self.id,
      clusterName: conf.totem.clusterName ?? '',
      names,
      quorum,
      incarnation: randomUUID(),
      seed: Date.now() % 2 ** 31,
    },
    disk,
  );
  const timeouts = ringTimeouts({
    tokenMs: conf.totem.tokenMs,
    retransmitsBeforeLoss: conf.totem.tokenRetransmitsBeforeLoss,
    consensusMs: conf.totem.consensusMs,
    nodeCount: conf.nodes.length,
    tokenCoefficientMs: conf.totem.tokenCoefficientMs,
  });
  const ringMachine = ring(
    {
      ...timeouts,
      self: self.id,
      nodes: conf.nodes.map(({ id }) => id),
      clusterName: conf.totem.clusterName ?? '',
    },
    disk.ringSeq,
    Date.now(),
    instant(performance.now()),
  );
  world = new World({
    ring: ringMachine,
    node: nodeMachine,
    transport: transport.value,
    runners,
    scheduler,
    log,
    stateFolder: paths.state,
    onLeft: () => void end(),
    onBroken,
  });
  const server = await openSocket(paths, { world, configured, runners, version: VERSION });
  if (!server.ok) {
    await Promise.all([transport.value.close(), runners.close(), scheduler.close()]);
    log.close();
    return server;
  }
  const running: Running = { world, runners, scheduler, server: server.value, log };
  let isEnding = false;
  const end = async (): Promise<void> => {
    if (isEnding) return;
    isEnding = true;
    await endPolitely(running, () => transport.value.close());
  };
  process.on('uncaughtException', onBroken);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    let count = 0;
    process.on(signal, () => {
      count += 1;
      if (count > 1) process.exit(EXIT.ok);
      log.write(
        note(
          'notice',
          'signal',
          `${signal}: this node leaves the cluster; its resources move first`,
        ),
      );
      void running.world.request({ kind: 'stop' });
    });
  }
  log.write(
    note(
      'notice',
      'start',
      `holdfastd ${VERSION}: node ${self.name} (${self.id}) of cluster ${conf.totem.clusterName ?? '(nameless)'} at ${configured.bind.address}:${configured.bind.port}`,
    ),
  );
  world.start();
  return ok(undefined);
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

async function endPolitely(
  { world, runners, scheduler, server, log }: Running,
  closeTransport: () => Promise<void>,
): Promise<void> {
  world.close();
  await Promise.all([closeTransport(), runners.close(), scheduler.close()]);
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
