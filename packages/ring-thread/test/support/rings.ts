/** Rings of real threads and sockets on loopback addresses of their own. */
import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { milliseconds, type NodeId, nodeId } from '@holdfast/base';
import {
  beginLife,
  type RingOptions,
  type RingThread,
  startRingThread,
} from '@holdfast/ring-thread';
import { type Membership, ringTimeouts } from '@holdfast/totem';

export type Place = { readonly folder: string; readonly net: string; readonly port: number };

export type Member = {
  readonly id: NodeId;
  readonly thread: RingThread;
  readonly delivered: string[];
  readonly memberships: Membership[];
  readonly notes: string[];
  readonly links: string[];
};

export function newPlace(): Place {
  const folder = mkdtempSync(join(tmpdir(), 'hf-ring-'));
  const net = `127.${randomInt(100, 250)}.${randomInt(1, 250)}`;
  return { folder, net, port: 5405 };
}

export function removePlace({ folder }: Place): void {
  rmSync(folder, { recursive: true, force: true });
}

export type RingChoice = {
  readonly nodes: number;
  readonly links?: number;
  readonly key?: Uint8Array | undefined;
  readonly tokenMs?: number;
};

export function optionsOf(place: Place, self: number, choice: RingChoice): RingOptions {
  const ids = Array.from({ length: choice.nodes }, (_, index) => nodeId(index + 1));
  const links = Array.from({ length: choice.links ?? 1 }, (_, link) => link);
  const at = (id: number, link: number): { address: string; port: number } => ({
    address: `${place.net}.${100 * link + id}`,
    port: place.port,
  });
  const timeouts = ringTimeouts({ tokenMs: choice.tokenMs ?? 1000, nodeCount: choice.nodes });
  return {
    ring: { ...timeouts, self: nodeId(self), nodes: ids, clusterName: 'test' },
    ringSeq: 0,
    ringSeqPath: join(place.folder, `seq-${self}`),
    life: beginLife(join(place.folder, `life-${self}`), Date.now()),
    clusterName: 'test',
    links: {
      peers: ids.filter((id) => id !== self),
      links: links.map((link) => ({
        link,
        priority: 1,
        pingIntervalMs: milliseconds(100),
        pingTimeoutMs: milliseconds(400),
        pongCount: 2,
      })),
      mode: 'passive',
      datagramBytes: undefined,
      mtuIntervalMs: milliseconds(30_000),
    },
    addresses: links.map((link) => ({
      link,
      bind: at(self, link),
      peers: new Map(ids.filter((id) => id !== self).map((id) => [id, at(id, link)])),
    })),
    blocksUnlisted: true,
    checkEveryMs: 200,
    key: choice.key,
    wantsPriority: false,
  };
}

export async function startMember(options: RingOptions): Promise<Member> {
  const heard = { delivered: [], memberships: [], notes: [], links: [] } as {
    delivered: string[];
    memberships: Membership[];
    notes: string[];
    links: string[];
  };
  const { thread, ...opened } = await startRingThread(options, {
    onDelivered: (from, payload) => {
      heard.delivered.push(`${from}:${Buffer.from(payload).toString('latin1')}`);
    },
    onMembership: (membership) => heard.memberships.push(membership),
    onRefused: (count) => heard.notes.push(`refused ${count}`),
    onLink: (event) =>
      heard.links.push('link' in event ? `${event.kind} ${event.link}` : event.kind),
    onNote: (note) => heard.notes.push(note.event),
    onBroken: (cause) => {
      throw cause;
    },
  });
  if (!opened.ok) throw new Error(opened.fault.kind);
  thread.start();
  return { id: options.ring.self, thread, ...heard };
}

/** All of them, and only them, are in the last regular membership of each. */
export function areTogether(members: readonly Member[]): boolean {
  const ids = members.map(({ id }) => id).join();
  return members.every(
    ({ memberships }) =>
      memberships.at(-1)?.kind === 'regular' && memberships.at(-1)?.members.join() === ids,
  );
}

export async function until(holds: () => boolean, what: string, ms = 20_000): Promise<void> {
  const end = Date.now() + ms;
  while (Date.now() < end) {
    if (holds()) return;
    await sleep(5);
  }
  throw new Error(`it did not come about that ${what}`);
}
