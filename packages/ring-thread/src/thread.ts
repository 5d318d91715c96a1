/** Inside the ring's thread: the host, and the port to the others. */
import { parentPort, workerData } from 'node:worker_threads';
import { assert, note } from '@holdfast/base';
import type { RingUp } from '@holdfast/totem';
import { RingHost } from './host.ts';
import type { RingOptions } from './options.ts';
import { raisePriority } from './priority.ts';
import { type FromThread, packDelivered, type ToThread, unpackPayloads } from './words.ts';

/** Bytes handed up and not yet taken; a daemon that is so far behind is not alive. */
const BEHIND_BYTES_MAX = 256 * 1024 * 1024;

const port = parentPort;
assert(port !== null, 'this file runs in a worker');

const options = workerData as RingOptions;
let priority = options.wantsPriority ? 'none yet' : 'not asked for';
let behindBytes = 0;

function say(message: FromThread, ...moved: ArrayBuffer[]): void {
  port?.postMessage(message, moved);
}

/** In order; runs of deliveries share a batch. */
function handUp(events: readonly RingUp[]): void {
  let run: Extract<RingUp, { kind: 'delivered' }>[] = [];
  const flush = (): void => {
    if (run.length === 0) return;
    const batch = packDelivered(run);
    behindBytes += batch.byteLength;
    say({ kind: 'delivered', batch }, batch);
    run = [];
  };
  for (const event of events) {
    const whole = event.kind === 'delivered' ? wholeBuffer(event.payload) : undefined;
    if (event.kind === 'delivered' && whole === undefined) {
      run.push(event);
      continue;
    }
    flush();
    if (event.kind === 'delivered' && whole !== undefined) {
      behindBytes += whole.byteLength;
      say({ kind: 'delivered-one', from: event.from, payload: whole }, whole);
    } else if (event.kind !== 'delivered') say({ kind: 'membership', membership: event });
  }
  flush();
  if (behindBytes > BEHIND_BYTES_MAX)
    throw new Error(`${behindBytes} bytes were delivered and not taken`);
}

/** Payloads from this size on are worth a message of their own. */
const ALONE_BYTES = 16_384;

/** The buffer that a large payload fills alone; it was put together for it, and nobody else has it. */
function wholeBuffer({ buffer, byteLength }: Uint8Array): ArrayBuffer | undefined {
  if (byteLength < ALONE_BYTES || byteLength !== buffer.byteLength) return undefined;
  return buffer instanceof ArrayBuffer ? buffer : undefined;
}

const host = new RingHost(options, {
  onUp: handUp,
  onRefused: (count, text) => {
    say({ kind: 'refused', count, text });
  },
  onLink: (event) => {
    say({ kind: 'link', event });
  },
  onNote: (each) => {
    say({ kind: 'note', note: each });
  },
  onBroken: (cause) => {
    const words = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    say({ kind: 'broken', words });
  },
});

async function obey(order: ToThread): Promise<void> {
  switch (order.kind) {
    case 'start':
      host.start();
      return;
    case 'multicast':
      host.multicast(unpackPayloads(order.batch));
      return;
    case 'taken':
      behindBytes -= order.bytes;
      return;
    case 'leave':
      host.leave();
      say({ kind: 'left' });
      return;
    case 'status':
      say({ kind: 'status', id: order.id, status: { ...host.status(), priority } });
      return;
    case 'reload':
      say({ kind: 'reloaded', id: order.id, result: await host.reload(order.change) });
      return;
    case 'close':
      await host.close();
      port?.close();
      return;
  }
}

port.on('message', (order: ToThread) => {
  void obey(order);
});
say({ kind: 'opened', result: await host.open() });

/**
 * A thread whose code is still interpreted works for ten times as long, and with real-time priority it
 * would keep the compiler from the processors: many nodes that start on one host would never get warm.
 */
const WARM_MS = 4000;

async function raise(): Promise<void> {
  priority = await raisePriority();
  const text = `the ring's thread runs with ${priority}`;
  say({ kind: 'note', note: note('info', 'ring-priority', text) });
}

if (options.wantsPriority) setTimeout(() => void raise(), WARM_MS).unref();
