/** Keeps the plugins' thread alive: asks it, aborts, and starts a new one where it blocks or dies. */
import { Worker } from 'node:worker_threads';
import { assert, note, type Note } from '@holdfast/base';
import { allGone } from './child.ts';
import type {
  FromThread,
  PluginAnswer,
  PluginJob,
  PluginKey,
  ThreadData,
  ToThread,
} from './plugin-protocol.ts';

/** How long an aborted action may take to end by itself before its thread is ended. */
const ABORT_GRACE_MS = 250;

/** The thread is asked for a sign of life this often, and ended after so many went unanswered. */
const PING_EVERY_MS = 500;
const PINGS_MISSED_MAX = 6;
/** While it loads its plugins, it may be silent for longer. */
const PINGS_MISSED_AT_START_MAX = 60;

/**
 * What a thread's end interrupts is done once more in the next one (agents' actions may be repeated),
 * but one after the other with this much between, so that who ends threads ends the next one alone.
 */
const ATTEMPTS_MAX = 2;
const SUSPECT_APART_MS = 500;

/** A thread that died is started again after a while; after ever longer ones where it dies at its start. */
const RESTART_FIRST_MS = 100;
const RESTART_MAX_MS = 10_000;

export type PluginEnd =
  | { readonly kind: 'done'; readonly answer: PluginAnswer }
  | { readonly kind: 'killed' }
  /** The thread ended under it, twice. */
  | { readonly kind: 'died'; readonly reason: string };

type Pending = {
  readonly job: PluginJob;
  readonly mark: string;
  readonly onEnd: (end: PluginEnd) => void;
  attempts: number;
  isSent: boolean;
  abortTimer: NodeJS.Timeout | undefined;
};

/** A life: it holds a thread until `close`. */
export class PluginHost {
  readonly #data: ThreadData;
  readonly #log: (note: Note) => void;
  readonly #pending = new Map<number, Pending>();
  readonly #metadata = new Map<PluginKey, string>();
  readonly #onReady: (() => void)[] = [];
  #worker: Worker | undefined;
  #isReady = false;
  #isKnown = false;
  #isClosed = false;
  #lastTicket = 0;
  #missed = 0;
  #restartMs = RESTART_FIRST_MS;
  #suspectTimer: NodeJS.Timeout | undefined;
  readonly #pinger: NodeJS.Timeout;

  constructor(data: ThreadData, log: (note: Note) => void) {
    this.#data = data;
    this.#log = log;
    this.#pinger = setInterval(() => {
      this.#ping();
    }, PING_EVERY_MS);
    this.#pinger.unref();
    this.#start();
  }

  /** Calls back when it is known which plugins there are: at once, but for the first moments. */
  whenKnown(act: () => void): void {
    if (this.#isKnown) act();
    else this.#onReady.push(act);
  }

  has(plugin: PluginKey): boolean {
    return this.#metadata.has(plugin);
  }

  metadata(plugin: PluginKey): string | undefined {
    return this.#metadata.get(plugin);
  }

  keys(): readonly PluginKey[] {
    return [...this.#metadata.keys()];
  }

  perform(job: PluginJob, mark: string, onEnd: (end: PluginEnd) => void): number {
    this.#lastTicket += 1;
    const ticket = this.#lastTicket;
    const pending: Pending = {
      job,
      mark,
      onEnd,
      attempts: 0,
      isSent: false,
      abortTimer: undefined,
    };
    this.#pending.set(ticket, pending);
    if (this.#isReady) this.#send(ticket, pending);
    return ticket;
  }

  /** Ends an operation and everything it started. `onEnd` says `killed` when that is so. */
  abort(ticket: number): void {
    const pending = this.#pending.get(ticket);
    if (pending === undefined || pending.abortTimer !== undefined) return;
    if (!pending.isSent) {
      this.#pending.delete(ticket);
      this.#finishKilled(pending);
      return;
    }
    this.#post({ kind: 'abort', ticket });
    pending.abortTimer = setTimeout(() => {
      const text = `${pending.job.plugin} does not end when it is told to; the plugins' thread is started anew`;
      this.#restart(text);
    }, ABORT_GRACE_MS);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#pinger);
    clearTimeout(this.#suspectTimer);
    const ended = [...this.#pending.values()];
    this.#pending.clear();
    await this.#worker?.terminate();
    for (const { abortTimer, mark } of ended) {
      clearTimeout(abortTimer);
      await allGone(undefined, mark);
    }
  }

  #start(): void {
    if (this.#isClosed) return;
    const worker = new Worker(new URL('./plugin-thread.js', import.meta.url), {
      workerData: this.#data,
      name: 'plugins',
    });
    this.#worker = worker;
    this.#missed = 0;
    worker.on('message', (message: FromThread) => {
      if (worker === this.#worker) this.#take(message);
    });
    worker.on('error', (cause) => {
      if (worker === this.#worker) this.#fell(`a plugin threw: ${cause.message}`);
    });
    worker.on('exit', (code) => {
      if (worker === this.#worker) this.#fell(`the plugins' thread ended with ${code}`);
    });
  }

  #take(message: FromThread): void {
    switch (message.kind) {
      case 'ready':
        this.#ready(message);
        return;
      case 'done':
        this.#done(message.ticket, message.answer);
        return;
      case 'log':
        this.#log(note(message.severity, 'agent', message.text));
        return;
      case 'pong':
        this.#missed = 0;
        return;
    }
  }

  #ready({ plugins, broken }: FromThread & { kind: 'ready' }): void {
    for (const { key, metadata } of plugins) this.#metadata.set(key, metadata);
    for (const { path, reason } of broken) {
      this.#log(note('error', 'plugin-broken', `${path} cannot be used as a plugin: ${reason}`));
    }
    this.#isReady = true;
    this.#restartMs = RESTART_FIRST_MS;
    for (const [ticket, pending] of this.#pending) {
      if (pending.attempts === 0) this.#send(ticket, pending);
    }
    this.#sendSuspect();
    this.#tellKnown();
  }

  #tellKnown(): void {
    this.#isKnown = true;
    for (const act of this.#onReady.splice(0)) act();
  }

  #send(ticket: number, pending: Pending): void {
    pending.attempts += 1;
    pending.isSent = true;
    assert(pending.attempts <= ATTEMPTS_MAX, 'an operation is repeated once at most');
    this.#post({ kind: 'perform', ticket, job: pending.job, mark: pending.mark });
  }

  #sendSuspect(): void {
    clearTimeout(this.#suspectTimer);
    if (!this.#isReady) return;
    for (const [ticket, pending] of this.#pending) {
      if (pending.isSent || pending.abortTimer !== undefined) continue;
      this.#send(ticket, pending);
      this.#suspectTimer = setTimeout(() => {
        this.#sendSuspect();
      }, SUSPECT_APART_MS);
      return;
    }
  }

  #post(message: ToThread): void {
    this.#worker?.postMessage(message);
  }

  #done(ticket: number, answer: PluginAnswer): void {
    const pending = this.#pending.get(ticket);
    if (pending === undefined) return;
    this.#pending.delete(ticket);
    if (pending.abortTimer === undefined) pending.onEnd({ kind: 'done', answer });
    else this.#finishKilled(pending);
    if (pending.attempts > 1) this.#sendSuspect();
  }

  #finishKilled(pending: Pending): void {
    clearTimeout(pending.abortTimer);
    void allGone(undefined, pending.mark).then(() => {
      pending.onEnd({ kind: 'killed' });
    });
  }

  #ping(): void {
    if (this.#worker === undefined) return;
    if (this.#missed >= (this.#isReady ? PINGS_MISSED_MAX : PINGS_MISSED_AT_START_MAX)) {
      this.#restart("a plugin blocks the plugins' thread; it is started anew");
      return;
    }
    this.#missed += 1;
    this.#post({ kind: 'ping' });
  }

  #restart(text: string): void {
    const worker = this.#worker;
    if (worker === undefined) {
      this.#afterFall(text);
      return;
    }
    this.#worker = undefined;
    this.#isReady = false;
    this.#log(note('error', 'plugins-restarted', text));
    void worker.terminate().then(() => {
      this.#afterFall(text);
      this.#tellKnown();
      this.#start();
    });
  }

  #fell(text: string): void {
    if (this.#isClosed) return;
    this.#worker = undefined;
    this.#isReady = false;
    this.#log(note('error', 'plugins-restarted', `${text}; it is started anew`));
    this.#afterFall(text);
    this.#tellKnown();
    setTimeout(() => {
      this.#start();
    }, this.#restartMs);
    this.#restartMs = Math.min(RESTART_MAX_MS, this.#restartMs * 2);
  }

  /** What was told to end has ended with its thread; what had its second chance fails; the rest gets it. */
  #afterFall(reason: string): void {
    for (const [ticket, pending] of [...this.#pending]) {
      if (pending.abortTimer !== undefined) {
        this.#pending.delete(ticket);
        this.#finishKilled(pending);
      } else if (pending.isSent && pending.attempts >= ATTEMPTS_MAX) {
        this.#pending.delete(ticket);
        pending.onEnd({ kind: 'died', reason });
      }
      pending.isSent = false;
    }
  }
}
