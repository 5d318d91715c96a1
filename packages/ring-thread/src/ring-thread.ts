/** The ring as the rest of a process sees it: multicast in, deliveries and memberships out. */
import { Worker } from 'node:worker_threads';
import type { NodeId, Note } from '@holdfast/base';
import type { Membership } from '@holdfast/totem';
import { collectOnOwnThread, YOUNG_MB } from './collector.ts';
import type { LinkEvent } from './contract.ts';
import type { RingOptions, RingReload } from './options.ts';
import { raiseHelpers } from './priority.ts';
import {
  type FromThread,
  type OpenResult,
  packPayloads,
  type ThreadStatus,
  type ToThread,
  unpackDelivered,
} from './words.ts';

export type RingThreadEvents = {
  /** In the ring's order, memberships among them. The payload is the callee's to keep. */
  readonly onDelivered: (from: NodeId, payload: Uint8Array) => void;
  readonly onMembership: (membership: Membership) => void;
  /** So many payloads of this node were not taken, and why the last one was not. */
  readonly onRefused: (count: number, text: string) => void;
  readonly onLink: (event: LinkEvent) => void;
  readonly onNote: (note: Note) => void;
  /** The ring has ended by a bug or a broken disk. */
  readonly onBroken: (cause: unknown) => void;
};

export type RingThread = {
  /** Looks for the others; nothing is handed up before. */
  readonly start: () => void;
  /** Multicasts in the order of the calls; those of one turn travel together. */
  readonly multicast: (payload: Uint8Array) => void;
  readonly status: () => Promise<ThreadStatus>;
  /** Takes over links, addresses and perhaps a key; what of it could not be opened. */
  readonly reload: (change: RingReload) => Promise<OpenResult>;
  /** Says goodbye to the ring; nothing is delivered afterwards. */
  readonly leave: () => Promise<void>;
  readonly close: () => Promise<void>;
};

/** Makes the thread and opens the sockets; `start` begins. Or the fault of addresses that cannot be had. */
export async function startRingThread(
  options: RingOptions,
  events: RingThreadEvents,
): Promise<OpenResult & { readonly thread: RingThread }> {
  const life = new Life(options, events);
  const result = await life.opened;
  if (!result.ok) await life.close();
  return { ...result, thread: life };
}

/** How often the thread hears that what it handed up was taken. */
const TAKEN_EVERY_BYTES = 4 * 1024 * 1024;

/** A life: it holds a thread until `close`. */
class Life implements RingThread {
  readonly opened: Promise<OpenResult>;
  readonly #events: RingThreadEvents;
  readonly #worker: Worker;
  readonly #statuses = new Map<number, (status: ThreadStatus) => void>();
  readonly #reloads = new Map<number, (result: OpenResult) => void>();
  readonly #onOpened: (result: OpenResult) => void;
  #onLeft: () => void = () => undefined;
  #waiting: Uint8Array[] = [];
  #nextId = 0;
  #takenBytes = 0;
  #isClosed = false;

  constructor(options: RingOptions, events: RingThreadEvents) {
    this.#events = events;
    let onOpened: (result: OpenResult) => void = () => undefined;
    this.opened = new Promise((resolve) => {
      onOpened = resolve;
    });
    this.#onOpened = onOpened;
    collectOnOwnThread();
    if (options.wantsPriority) raiseHelpers();
    this.#worker = new Worker(new URL('./thread.js', import.meta.url), {
      workerData: options,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    });
    this.#worker.on('message', (message: FromThread) => {
      this.#hear(message);
    });
    this.#worker.on('error', events.onBroken);
  }

  start: RingThread['start'] = () => {
    this.#order({ kind: 'start' });
  };

  multicast: RingThread['multicast'] = (payload) => {
    this.#waiting.push(payload);
    if (this.#waiting.length > 1) return;
    queueMicrotask(() => {
      const batch = packPayloads(this.#waiting);
      this.#waiting = [];
      this.#order({ kind: 'multicast', batch }, batch);
    });
  };

  status: RingThread['status'] = () => {
    const id = (this.#nextId += 1);
    return new Promise((resolve) => {
      this.#statuses.set(id, resolve);
      this.#order({ kind: 'status', id });
    });
  };

  reload: RingThread['reload'] = (change) => {
    const id = (this.#nextId += 1);
    return new Promise((resolve) => {
      this.#reloads.set(id, resolve);
      this.#order({ kind: 'reload', id, change });
    });
  };

  leave: RingThread['leave'] = () =>
    new Promise((resolve) => {
      this.#onLeft = resolve;
      // What was multicast in this turn goes first.
      queueMicrotask(() => {
        this.#order({ kind: 'leave' });
      });
    });

  close: RingThread['close'] = async () => {
    if (this.#isClosed) return;
    const ended = new Promise<void>((resolve) => {
      this.#worker.once('exit', () => {
        resolve();
      });
    });
    this.#order({ kind: 'close' });
    this.#isClosed = true;
    await ended;
  };

  #order(order: ToThread, ...moved: ArrayBuffer[]): void {
    if (!this.#isClosed) this.#worker.postMessage(order, moved);
  }

  #hear(message: FromThread): void {
    switch (message.kind) {
      case 'opened':
        this.#onOpened(message.result);
        return;
      case 'delivered':
        this.#deliver(message.batch);
        return;
      case 'delivered-one':
        if (this.#isClosed) return;
        this.#events.onDelivered(message.from, new Uint8Array(message.payload));
        this.#taken(message.payload.byteLength);
        return;
      case 'membership':
        if (!this.#isClosed) this.#events.onMembership(message.membership);
        return;
      case 'refused':
        this.#events.onRefused(message.count, message.text);
        return;
      case 'link':
        this.#events.onLink(message.event);
        return;
      case 'note':
        this.#events.onNote(message.note);
        return;
      case 'left':
        this.#onLeft();
        return;
      case 'status':
        this.#statuses.get(message.id)?.(message.status);
        this.#statuses.delete(message.id);
        return;
      case 'reloaded':
        this.#reloads.get(message.id)?.(message.result);
        this.#reloads.delete(message.id);
        return;
      case 'broken':
        this.#events.onBroken(new Error(message.words));
        return;
    }
  }

  #deliver(batch: ArrayBuffer): void {
    if (this.#isClosed) return;
    unpackDelivered(batch, this.#events.onDelivered);
    this.#taken(batch.byteLength);
  }

  #taken(bytes: number): void {
    this.#takenBytes += bytes;
    if (this.#takenBytes < TAKEN_EVERY_BYTES) return;
    this.#order({ kind: 'taken', bytes: this.#takenBytes });
    this.#takenBytes = 0;
  }
}
