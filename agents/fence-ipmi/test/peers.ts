/** Two BMCs that others wrote, started by the scripts of the lab beside the project. */
import { spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { type FenceOutcome, hostWorld } from '@holdfast/agent';
import { agent } from '@holdfast/fence-ipmi';

const SCRIPTS = fileURLToPath(new URL('../../../../shared/lab/fence/', import.meta.url));
const IPMI_SIM = '/usr/bin/ipmi_sim';
const PYTHON = '/usr/bin/python3';
const PYGHMI = '/usr/lib/python3/dist-packages/pyghmi';
const LAUNCHER = fileURLToPath(new URL('../../sbin/fence_holdfast_ipmi', import.meta.url));
const MACHINE = 'n1';

export const WHY_LEFT_OUT = 'needs ../shared/lab/fence beside the project';

export function isLabHere(): boolean {
  return existsSync(join(SCRIPTS, 'start-ipmi-sim.sh'));
}

export type Given = Readonly<Record<string, string>>;

export type Peer = {
  readonly port: string;
  /** As a plugin. */
  readonly act: (given: Given) => Promise<FenceOutcome>;
  /** As an executable. */
  readonly run: (given: Given) => Promise<FenceOutcome>;
  /** What the lab's power switch says, whatever the BMC says. */
  readonly power: () => string;
  /** A fault is a file of this name; an empty one is taken away by undefined. */
  readonly plant: (fault: string, content: string | undefined) => void;
  readonly stop: () => Promise<void>;
};

const world = hostWorld(
  { spawn, fs, kill: () => true, setTimeout, clearTimeout, now: () => Date.now() },
  { env: {}, stateFolder: '/nowhere', log: () => undefined },
);

/** Debian's ipmi_sim; its machine is on. Throws where the package is missing. */
export async function ipmiSim(kg?: string): Promise<Peer> {
  if (!existsSync(IPMI_SIM)) throw missing('openipmi');
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-ipmi-sim-'));
  const port = await freePort();
  const script = scripts(folder);
  script('bin/power.sh', MACHINE, 'on');
  script(
    'start-ipmi-sim.sh',
    ...['-n', MACHINE, '-p', port, '-u', 'admin', '-P', 'secret'],
    ...(kg === undefined ? [] : ['-k', kg]),
  );
  return peer(folder, port, () => {
    script('start-ipmi-sim.sh', '-n', MACHINE, '--stop');
    return Promise.resolve();
  });
}

/** pyghmi's BMC; its machine is on. */
export async function pyghmi(kg?: string): Promise<Peer> {
  if (!existsSync(PYGHMI)) throw missing('python3-pyghmi');
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-pyghmi-'));
  const port = await freePort();
  scripts(folder)('bin/power.sh', MACHINE, 'on');
  const program = join(SCRIPTS, 'ipmi/pyghmi-bmc.py');
  const secrets = ['admin', 'secret', ...(kg === undefined ? [] : [kg])];
  const child = spawn(PYTHON, [program, MACHINE, port, ...secrets], {
    env: { ...process.env, FENCE_LAB_RUN: folder },
    stdio: 'ignore',
  });
  const made = peer(folder, port, async () => {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  });
  // It is ready when it answers.
  for (let tries = 0; tries < 60; tries += 1) {
    const answer = await made.act({ action: 'monitor', kg: kg ?? '', login_timeout: '500ms' });
    if (answer.code === 0) return made;
  }
  await made.stop();
  throw new Error('the BMC of pyghmi does not answer');
}

function peer(folder: string, port: string, end: () => Promise<void>): Peer {
  const base = { ip: '127.0.0.1', ipport: port, username: 'admin', password: 'secret' };
  const script = scripts(folder);
  const place = join(folder, 'power', MACHINE);
  return {
    port,
    act: (given) => agent.perform({ ...base, ...given }, world),
    run: (given) => execute({ ...base, ...given }),
    power: () => script('bin/power.sh', MACHINE, 'status'),
    plant: (fault, content) => {
      mkdirSync(place, { recursive: true });
      if (content === undefined) rmSync(join(place, fault), { force: true });
      else writeFileSync(join(place, fault), content);
    },
    stop: async () => {
      await end();
      script('bin/power.sh', MACHINE, 'off');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function scripts(folder: string): (name: string, ...args: readonly string[]) => string {
  const env = { ...process.env, FENCE_LAB_RUN: folder };
  return (name, ...args) => {
    // Whoever stays in the background must not hold our pipes open.
    const ran = spawnSync(join(SCRIPTS, name), args, { env, encoding: 'utf8' });
    if (ran.status !== 0) throw new Error(`${name}: ${ran.stdout}${ran.stderr}`);
    return ran.stdout.trim();
  };
}

async function execute(given: Given): Promise<FenceOutcome> {
  const child = spawn(LAUNCHER, [], { stdio: ['pipe', 'pipe', 'pipe'] });
  const lines = Object.entries(given).map(([name, value]) => `${name}=${value}\n`);
  child.stdin.end(`# from a test\n\n${lines.join('')}unknown=ignored\n`);
  const ended = new Promise<number>((resolve) =>
    child.once('exit', (code) => {
      resolve(code ?? -1);
    }),
  );
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, output: `${stdout}${stderr}`.trimEnd() };
}

async function freePort(): Promise<string> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return String(port);
}

function missing(name: string): Error {
  return new Error(
    `this test needs the Debian package ${name}; run \`npm run setup:peers\` as root`,
  );
}
