/** The same measured through Corosync, where it is installed: real daemons in namespaces, and a small client in C. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Cluster, ClusterChoice } from './cluster.ts';
import { proportionalKb } from './memory.ts';
import type { Network } from './network.ts';
import { type Answer, nowUs, type Run, type Seen } from './orders.ts';

const DAEMON = '/usr/sbin/corosync';
const SOURCE = fileURLToPath(new URL('../c/cpg-client.c', import.meta.url));
const FORM_MS_MAX = 60_000;

export type Client = { readonly path: string; readonly remove: () => void };

/** The version installed here, or why nothing is compared. */
export function findCorosync(): { readonly version: string } | { readonly missing: string } {
  if (!existsSync(DAEMON)) return { missing: 'corosync is not installed (npm run setup:peers)' };
  if (!existsSync('/usr/include/corosync/cpg.h'))
    return { missing: 'libcpg-dev is not installed (npm run setup:peers)' };
  const said = spawnSync(DAEMON, ['-v'], { encoding: 'utf8' }).stdout;
  return { version: /version '([^']+)'/.exec(said)?.[1] ?? 'of unknown version' };
}

/** Compiles the client. */
export function buildClient(): Client {
  const folder = mkdtempSync(join(tmpdir(), 'hf-cpg-'));
  const path = join(folder, 'cpg-client');
  const done = spawnSync('cc', ['-O2', '-o', path, SOURCE, '-lcpg'], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`the client does not compile: ${done.stderr}`);
  const remove = (): void => {
    rmSync(folder, { recursive: true, force: true });
  };
  return { path, remove };
}

function confText(
  addresses: readonly string[],
  { isSealed, transport }: ClusterChoice,
  key: string,
): string {
  const nodes = addresses.map(
    (address, index) =>
      `  node {\n    ring0_addr: ${address}\n    name: n${index + 1}\n    nodeid: ${index + 1}\n  }\n`,
  );
  const sealing = isSealed
    ? `  crypto_cipher: aes256\n  crypto_hash: sha256\n  keyfile: ${key}\n`
    : transport === 'knet'
      ? '  crypto_cipher: none\n  crypto_hash: none\n'
      : '';
  return `totem {\n  version: 2\n  cluster_name: bench\n  transport: ${transport}\n  token: 1000\n${sealing}}\nnodelist {\n${nodes.join('')}}\nlogging {\n  to_syslog: no\n  to_stderr: no\n}\nsystem {\n  move_to_root_cgroup: no\n}\n`;
}

/** A mount namespace with its own /run, /dev/shm and state: two daemons on one host would meet there. */
function setUp(conf: string): string {
  const fresh = ['/run', '/dev/shm', '/var/lib/corosync', '/var/log/corosync'];
  const mounts = fresh
    .map((path) => `mkdir -p ${path} && mount -t tmpfs none ${path}`)
    .join(' && ');
  return `${mounts} && COROSYNC_MAIN_CONFIG_FILE=${conf} exec setpriv --pdeathsig KILL ${DAEMON} -f -c ${conf}`;
}

/** A daemon and its client. */
class Node {
  readonly daemon: ChildProcess;
  client: ChildProcess | undefined;
  memberCount = 0;
  memberAtUs = 0;
  #waiting: ((seen: Seen) => void)[] = [];

  constructor(enter: readonly string[], conf: string) {
    const words = [...enter, 'unshare', '-m', '-i', 'sh', '-c', setUp(conf)];
    const [command = '', ...args] = words;
    this.daemon = spawn(command, args, { stdio: ['ignore', 'ignore', 'ignore'] });
  }

  connect(client: string): void {
    const pid = String(this.daemon.pid);
    this.client = spawn('nsenter', ['-t', pid, '-m', '-n', '-i', client], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    if (this.client.stdout === null) throw new Error('the client has no output');
    createInterface({ input: this.client.stdout }).on('line', (line) => {
      this.#hear(JSON.parse(line) as Answer);
    });
  }

  run({ size, forMs, role }: Run): Promise<Seen> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.client?.stdin?.write(`run ${size} ${forMs} ${role}\n`);
    });
  }

  end(): void {
    this.client?.kill('SIGKILL');
    this.daemon.kill('SIGKILL');
  }

  #hear(answer: Answer): void {
    if (answer.kind === 'seen') this.#waiting.shift()?.(answer);
    if (answer.kind !== 'member') return;
    this.memberCount = answer.count;
    this.memberAtUs = answer.atUs;
  }
}

/** Starts the daemons, and a client on each; all are in one group when it answers. */
export async function startCorosync(
  network: Network,
  choice: ClusterChoice,
  client: Client,
): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), 'hf-bench-'));
  const addresses = network.addresses.slice(0, choice.nodes);
  const key = join(folder, 'authkey');
  writeFileSync(key, randomBytes(256), { mode: 0o400 });
  const conf = join(folder, 'corosync.conf');
  writeFileSync(conf, confText(addresses, choice, key));
  const begunUs = nowUs();
  const nodes = addresses.map((_, index) => new Node(network.enter(index + 1), conf));
  const close = async (): Promise<void> => {
    for (const node of nodes) node.end();
    await sleep(300);
    rmSync(folder, { recursive: true, force: true });
  };
  // The mounts must be there before a client looks for its daemon in them.
  await sleep(400);
  for (const node of nodes) node.connect(client.path);
  while (!nodes.every(({ memberCount }) => memberCount === choice.nodes)) {
    if (nowUs() - begunUs > FORM_MS_MAX * 1000) {
      await close();
      throw new Error(
        `${choice.nodes} nodes of Corosync did not form within ${FORM_MS_MAX / 1000} s`,
      );
    }
    await sleep(5);
  }
  const formedMs = (Math.max(...nodes.map(({ memberAtUs }) => memberAtUs)) - begunUs) / 1000;
  return {
    product: 'corosync',
    formedMs,
    run: (orders) =>
      Promise.all(
        nodes.map((node, index) => {
          const order = orders[index];
          if (order === undefined) throw new Error('every node has an order');
          return node.run(order);
        }),
      ),
    rotations: () => Promise.resolve(undefined),
    memoryKb: () => nodes.reduce((sum, { daemon }) => sum + proportionalKb(daemon.pid), 0),
    remarks: () => [],
    close,
  };
}
