/** One node of a measured ring: `node-main.js OPTIONS-AS-JSON`, orders and answers over the process channel. */
import { type NodeId, nodeId, milliseconds } from '@holdfast/base';
import { beginLife, type RingOptions, startRingThread } from '@holdfast/ring-thread';
import { ringTimeouts } from '@holdfast/totem';
import {
  type Answer,
  FLOOD_MARK,
  nowUs,
  type Order,
  PING_MARK,
  type Run,
  type Seen,
} from './orders.ts';

export type NodeChoice = {
  readonly self: number;
  /** One address for each node, in the order of their ids. */
  readonly addresses: readonly string[];
  readonly port: number;
  readonly folder: string;
  /** In hexadecimal; undefined: clear. */
  readonly key: string | undefined;
  readonly tokenMs: number;
  readonly messageBytes: number | undefined;
  readonly wantsPriority: boolean;
};

/** Bytes of flood on their way at most: enough to keep the ring busy, few enough to hold them. */
const FLIGHT_BYTES_MAX = 2 * 1024 * 1024;
const FLIGHT_COUNT_MAX = 8192;

const choice = JSON.parse(process.argv[2] ?? '{}') as NodeChoice;

function say(answer: Answer): void {
  process.send?.(answer);
}

function options(): RingOptions {
  const { self, addresses, port, folder, key, tokenMs, messageBytes, wantsPriority } = choice;
  const ids = addresses.map((_, index) => nodeId(index + 1));
  const timeouts = ringTimeouts({ tokenMs, nodeCount: ids.length });
  const at = (id: number): { address: string; port: number } => ({
    address: addresses[id - 1] ?? '',
    port,
  });
  const extra = messageBytes === undefined ? {} : { messageBytes };
  return {
    ring: { ...timeouts, ...extra, self: nodeId(self), nodes: ids, clusterName: 'bench' },
    ringSeq: 0,
    ringSeqPath: `${folder}/seq-${self}`,
    life: beginLife(`${folder}/life-${self}`, Date.now()),
    clusterName: 'bench',
    links: {
      peers: ids.filter((id) => id !== self),
      links: [
        {
          link: 0,
          priority: 1,
          pingIntervalMs: milliseconds(tokenMs / 4),
          pingTimeoutMs: milliseconds(tokenMs / 2),
          pongCount: 2,
        },
      ],
      mode: 'passive',
      datagramBytes: undefined,
      mtuIntervalMs: milliseconds(30_000),
    },
    addresses: [
      {
        link: 0,
        bind: at(self),
        peers: new Map(ids.filter((id) => id !== self).map((id) => [id, at(id)])),
      },
    ],
    blocksUnlisted: true,
    checkEveryMs: 1000,
    key: key === undefined ? undefined : Buffer.from(key, 'hex'),
    wantsPriority,
  };
}

/** A run while it goes on. */
type Going = {
  readonly run: Run;
  readonly endsAtUs: number;
  /** What a flooder sends, again and again. */
  readonly bytes: Uint8Array;
  inFlight: number;
  seen: { count: number; firstUs: number; lastUs: number; own: number[]; others: number[] };
};

let going: Going | undefined;

function onDelivered(from: NodeId, payload: Uint8Array): void {
  if (going === undefined || payload.length < 16) return;
  const { seen } = going;
  const at = nowUs();
  if (payload[0] === PING_MARK) {
    const sentAt = new DataView(payload.buffer, payload.byteOffset).getFloat64(8);
    (from === choice.self ? seen.own : seen.others).push(at - sentAt);
    return;
  }
  seen.count += 1;
  if (seen.firstUs === 0) seen.firstUs = at;
  seen.lastUs = at;
  if (from !== choice.self) return;
  going.inFlight -= 1;
  if (going.run.role === 'flood') flood(going);
}

function flood(now: Going): void {
  const { size } = now.run;
  const most = Math.min(FLIGHT_COUNT_MAX, Math.max(2, FLIGHT_BYTES_MAX / size));
  if (now.inFlight > most / 2 || nowUs() > now.endsAtUs) return;
  while (now.inFlight < most) {
    now.inFlight += 1;
    thread.multicast(now.bytes);
  }
}

function message(mark: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  bytes[0] = mark;
  new DataView(bytes.buffer).setFloat64(8, nowUs());
  return bytes;
}

/** How long what is still on its way may take after the end, in ms. */
const DRAIN_MS = 300;

function begin(run: Run): void {
  const seen = { count: 0, firstUs: 0, lastUs: 0, own: [], others: [] };
  const mine = {
    run,
    endsAtUs: nowUs() + run.forMs * 1000,
    inFlight: 0,
    bytes: message(FLOOD_MARK, run.size),
    seen,
  };
  going = mine;
  if (run.role === 'flood') flood(mine);
  const pings = setInterval(() => {
    if (run.role === 'ping' && nowUs() < mine.endsAtUs)
      thread.multicast(message(PING_MARK, run.size));
  }, 1);
  setTimeout(() => {
    clearInterval(pings);
    going = undefined;
    const answer: Seen = { kind: 'seen', ...mine.seen };
    say(answer);
  }, run.forMs + DRAIN_MS);
}

async function tellStatus(): Promise<void> {
  const { ring, links, priority } = await thread.status();
  say({
    kind: 'status',
    rotations: ring.counters.rotations,
    atUs: nowUs(),
    retransmitted: ring.counters.retransmitted,
    priority,
    datagramBytes: Math.min(...links.paths.map((path) => path.datagramBytes)),
  });
}

const { thread, ...opened } = await startRingThread(options(), {
  onDelivered,
  onMembership: ({ kind, members }) => {
    if (kind === 'regular') say({ kind: 'member', count: members.length, atUs: nowUs() });
  },
  onRefused: (count, text) => {
    say({ kind: 'trouble', text: `${count} refused: ${text}` });
  },
  onLink: () => undefined,
  onNote: ({ severity, text }) => {
    if (severity === 'warning' || severity === 'error') say({ kind: 'trouble', text });
  },
  onBroken: (cause) => {
    throw cause;
  },
});
if (!opened.ok) throw new Error(`the ring does not open: ${opened.fault.kind}`);

process.on('message', (order: Order) => {
  switch (order.kind) {
    case 'run':
      begin(order);
      return;
    case 'status':
      void tellStatus();
      return;
    case 'end':
      process.exit(0);
  }
});
process.on('disconnect', () => process.exit(0));
thread.start();
