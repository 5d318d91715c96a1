/** A measured cluster of ours: one process a node, the ring in its thread, the measuring in the main one. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Cluster, ClusterChoice, Rotations } from './cluster.ts';
import { proportionalKb } from './memory.ts';
import type { Network } from './network.ts';
import type { NodeChoice } from './node-main.ts';
import { type Answer, nowUs, type Run, type Seen, type Status } from './orders.ts';

const NODE_MAIN = fileURLToPath(new URL('./node-main.js', import.meta.url));
const PORT = 5405;
const TOKEN_MS = 1000;
const FORM_MS_MAX = 60_000;

/** One process and what it has said. */
class Node {
  readonly child: ChildProcess;
  readonly troubles: string[] = [];
  memberCount = 0;
  memberAtUs = 0;
  readonly #seen: ((answer: Seen) => void)[] = [];
  readonly #status: ((answer: Status) => void)[] = [];

  constructor(network: Network, choice: NodeChoice) {
    const words = [
      ...network.enter(choice.self),
      process.execPath,
      NODE_MAIN,
      JSON.stringify(choice),
    ];
    const [command = '', ...args] = words;
    this.child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.child.on('message', (answer: Answer) => {
      this.#hear(answer);
    });
  }

  run(order: Run): Promise<Seen> {
    return new Promise((resolve) => {
      this.#seen.push(resolve);
      this.child.send(order);
    });
  }

  /** May be asked while a run goes on. */
  status(): Promise<Status> {
    return new Promise((resolve) => {
      this.#status.push(resolve);
      this.child.send({ kind: 'status' });
    });
  }

  #hear(answer: Answer): void {
    switch (answer.kind) {
      case 'member':
        this.memberCount = answer.count;
        this.memberAtUs = answer.atUs;
        return;
      case 'trouble':
        this.troubles.push(answer.text);
        return;
      case 'seen':
        this.#seen.shift()?.(answer);
        return;
      case 'status':
        this.#status.shift()?.(answer);
        return;
    }
  }
}

export async function startHoldfast(
  network: Network,
  { nodes: count, isSealed }: ClusterChoice,
  messageBytes?: number,
): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), 'hf-bench-'));
  const key = isSealed ? randomBytes(256).toString('hex') : undefined;
  const begunUs = nowUs();
  const nodes = network.addresses.slice(0, count).map((_, index) => {
    const { addresses } = network;
    const ring = { addresses: addresses.slice(0, count), port: PORT, tokenMs: TOKEN_MS };
    const choice = { ...ring, self: index + 1, folder, key, messageBytes, wantsPriority: true };
    return new Node(network, choice);
  });
  const close = async (): Promise<void> => {
    const ends = nodes.map(({ child }) => new Promise((resolve) => child.once('exit', resolve)));
    for (const { child } of nodes) child.kill('SIGKILL');
    await Promise.all(ends);
    rmSync(folder, { recursive: true, force: true });
  };
  const isFormed = (): boolean => nodes.every(({ memberCount }) => memberCount === count);
  while (!isFormed()) {
    if (nowUs() - begunUs > FORM_MS_MAX * 1000) {
      await close();
      throw new Error(`${count} nodes did not form a ring within ${FORM_MS_MAX / 1000} s`);
    }
    await sleep(5);
  }
  const formedMs = (Math.max(...nodes.map(({ memberAtUs }) => memberAtUs)) - begunUs) / 1000;
  return {
    product: 'holdfast',
    formedMs,
    run: (orders) => runAll(nodes, orders),
    rotations: (forMs) => rotations(nodes, forMs),
    memoryKb: () => nodes.reduce((sum, { child }) => sum + proportionalKb(child.pid), 0),
    remarks: () => [...new Set(nodes.flatMap(({ troubles }) => troubles))],
    close,
  };
}

function runAll(nodes: readonly Node[], orders: readonly Run[]): Promise<readonly Seen[]> {
  return Promise.all(
    nodes.map((node, index) => {
      const order = orders[index];
      if (order === undefined) throw new Error('every node has an order');
      return node.run(order);
    }),
  );
}

async function rotations(nodes: readonly Node[], forMs: number): Promise<Rotations | undefined> {
  const [first] = nodes;
  if (first === undefined) return undefined;
  const before = await first.status();
  await sleep(forMs);
  const now = await first.status();
  const seconds = (now.atUs - before.atUs) / 1e6;
  return {
    perSecond: (now.rotations - before.rotations) / seconds,
    retransmitted: now.retransmitted - before.retransmitted,
  };
}
