/**
 * The real world around one node: what its machine asks for is done here, and what happens is told to
 * it. One queue, so that it is not entered while it works. The ring has a thread of its own.
 */
import { randomInt } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { earliest, epochMs, type Instant, instant, note } from '@holdfast/base';
import type { Answer, DiskEffect, Request } from '@holdfast/controller';
import {
  deadline as nodeDeadline,
  type NodeEffect,
  type NodeInput,
  type NodeMachine,
  step as stepNode,
} from '@holdfast/node';
import type { QuorumAsk } from '@holdfast/quorum';
import type { RingThread } from '@holdfast/ring-thread';
import type { Runners } from '@holdfast/runners';
import { carryOut, persistFences, persistQuorum } from './disk.ts';
import type { ConfFile } from './conf-file.ts';
import type { Log } from './log.ts';
import type { SchedulerWorker } from './scheduler-worker.ts';

/** How often the node is told what the wall clock says. */
const CLOCK_EVERY_MS = 30_000;

export type WorldParts = {
  readonly node: NodeMachine;
  readonly ring: RingThread;
  readonly runners: Runners;
  readonly scheduler: SchedulerWorker;
  readonly log: Log;
  readonly confFile: ConfFile;
  readonly stateFolder: string;
  /** Settled by `onLeft`, once, after the node has said goodbye. */
  readonly left: Promise<void>;
  readonly onLeft: () => void;
  /** All members have taken over a new corosync.conf: the ring's links and key follow. */
  readonly onTakenOver: () => void;
  /** The cluster has proof that this node is off. */
  readonly onFencedAlive: (reaction: 'stop' | 'panic') => void;
  /** A broken invariant: record the state and end; the cluster fences us if it must. */
  readonly onBroken: (cause: unknown) => void;
};

/** A life: it holds timers and sockets until `close`. */
export class World {
  /** For readers: what the machines hold, never to be written from outside. */
  readonly parts: WorldParts;
  readonly #jobs: NodeInput[] = [];
  readonly #answers = new Map<string, (answer: Answer) => void>();
  #disk: Promise<void> = Promise.resolve();
  /** The history of fences that waits to be written. */
  #fences: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isWorking = false;
  #isClosed = false;
  #clockDue = 0;

  constructor(parts: WorldParts) {
    this.parts = parts;
  }

  start(): void {
    this.#tellClock();
    this.#work();
    this.parts.ring.start();
  }

  now(): Instant {
    return instant(performance.now());
  }

  nodeInput(input: NodeInput): void {
    this.#jobs.push(input);
    this.#work();
  }

  /** Asks the node for something; resolves with its one answer. */
  request(request: Request): Promise<Answer> {
    return this.#ask((id) => ({ kind: 'request', id, request }));
  }

  /** Asks for something about votes; resolves with its one answer. */
  askQuorum(ask: QuorumAsk): Promise<Answer> {
    return this.#ask((id) => ({ kind: 'quorum-ask', id, ask }));
  }

  #ask(input: (id: string) => NodeInput): Promise<Answer> {
    const id = `${Date.now().toString(36)}-${randomInt(2 ** 47).toString(36)}`;
    return new Promise((resolve) => {
      this.#answers.set(id, resolve);
      this.nodeInput(input(id));
    });
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #work(): void {
    if (this.#isWorking || this.#isClosed) return;
    this.#isWorking = true;
    try {
      for (let job = this.#jobs.shift(); job !== undefined; job = this.#jobs.shift()) {
        this.#take(job);
      }
    } catch (cause) {
      this.#isClosed = true;
      this.parts.onBroken(cause);
      return;
    } finally {
      this.#isWorking = false;
    }
    this.#setTimer();
  }

  #take(input: NodeInput): void {
    for (const effect of stepNode(this.parts.node, input, this.now())) this.#onNodeEffect(effect);
  }

  #onNodeEffect(effect: NodeEffect): void {
    const { ring, runners, scheduler, log, stateFolder } = this.parts;
    switch (effect.kind) {
      case 'multicast':
        ring.multicast(effect.payload);
        return;
      case 'disk-prepare':
      case 'disk-commit':
      case 'disk-store':
        this.#toDisk(effect);
        return;
      case 'persist-quorum':
        persistQuorum(stateFolder, effect.record);
        return;
      case 'persist-fences':
        this.#keepFences(effect.text);
        return;
      case 'fenced-alive':
        this.#isClosed = true;
        this.parts.onFencedAlive(effect.reaction);
        return;
      case 'schedule':
        scheduler.schedule(effect.seq, effect.cib);
        return;
      case 'run':
        runners.run(effect.call, effect.op);
        return;
      case 'kill':
        runners.kill(effect.call);
        return;
      case 'run-device':
        runners.runFence(effect.call, effect.run);
        return;
      case 'kill-device':
        runners.killFence(effect.call);
        return;
      case 'answer':
        this.#answers.get(effect.id)?.(effect.answer);
        this.#answers.delete(effect.id);
        return;
      case 'reread':
      case 'take-over':
        this.#onConfFile(effect);
        return;
      case 'device-poll':
        // The port of a quorum device's client: it would answer with `device` inputs.
        return;
      case 'leave':
        this.#leave();
        return;
      case 'note':
        log.write(effect);
        return;
    }
  }

  #onConfFile({ kind, of }: NodeEffect & { kind: 'reread' | 'take-over' }): void {
    const { confFile, log, onTakenOver } = this.parts;
    if (kind === 'reread') {
      this.nodeInput({ kind, of, reading: confFile.reread(of) });
      return;
    }
    for (const text of confFile.takeOver(of)) log.write(note('notice', 'reload', text));
    onTakenOver();
  }

  /** Disk work in the order it was asked for, each answered before the next begins. */
  #toDisk(effect: DiskEffect): void {
    this.#disk = this.#disk.then(async () => {
      const failure = await carryOut(this.parts.stateFolder, effect);
      if (failure !== undefined)
        this.parts.log.write(note('error', 'disk', `writing the configuration failed: ${failure}`));
      this.nodeInput({ kind: 'disk', token: effect.token, failure });
    });
  }

  /** The newest text only; a disk that refuses loses a record for people, and nothing else. */
  #keepFences(text: string): void {
    const isWriting = this.#fences !== undefined;
    this.#fences = text;
    if (isWriting) return;
    this.#disk = this.#disk.then(async () => {
      const newest = this.#fences ?? text;
      this.#fences = undefined;
      const failure = await persistFences(this.parts.stateFolder, newest);
      if (failure === undefined) return;
      const words = `the history of fences could not be written: ${failure}`;
      this.parts.log.write(note('warning', 'disk', words));
    });
  }

  #leave(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.parts.ring.leave().then(this.parts.onLeft, this.parts.onBroken);
  }

  #tellClock(): void {
    const now = this.now();
    this.#clockDue = now + CLOCK_EVERY_MS;
    this.#jobs.push({ kind: 'clock', wall: epochMs(Date.now()) });
  }

  #setTimer(): void {
    clearTimeout(this.#timer);
    if (this.#isClosed) return;
    const due = earliest(nodeDeadline(this.parts.node), instant(this.#clockDue));
    if (due === undefined) return;
    this.#timer = setTimeout(
      () => {
        this.#tick();
      },
      Math.max(0, Math.ceil(due - this.now())),
    );
  }

  #tick(): void {
    const now = this.now();
    if (now >= this.#clockDue) this.#tellClock();
    const due = nodeDeadline(this.parts.node);
    if (due !== undefined && due <= now) this.#jobs.push({ kind: 'tick' });
    this.#work();
  }
}
