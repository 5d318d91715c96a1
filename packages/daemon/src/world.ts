/**
 * The real world around one node: what its two machines, the ring and the node, ask for is done here,
 * and what happens is told to them. One queue, so that no machine is entered while it works.
 */
import { randomInt } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { earliest, epochMs, type Instant, instant, type NodeId, note } from '@holdfast/base';
import type { Answer, DiskEffect, Request } from '@holdfast/controller';
import {
  deadline as nodeDeadline,
  type NodeEffect,
  type NodeInput,
  type NodeMachine,
  step as stepNode,
} from '@holdfast/node';
import {
  deadline as ringDeadline,
  type RingEffect,
  type RingInput,
  type RingState,
  step as stepRing,
} from '@holdfast/totem';
import type { Runners } from '@holdfast/runners';
import { carryOut, persistQuorum, persistRingSeq } from './disk.ts';
import type { Log } from './log.ts';
import type { SchedulerWorker } from './scheduler-worker.ts';

/** How often the node is told what the wall clock says. */
const CLOCK_EVERY_MS = 30_000;

type Job =
  | { readonly kind: 'ring'; readonly input: RingInput }
  | { readonly kind: 'node'; readonly input: NodeInput };

/** Where the ring's frames go. */
export type Transport = {
  readonly send: (to: NodeId | 'all', bytes: Uint8Array) => void;
  readonly close: () => Promise<void>;
};

export type WorldParts = {
  readonly ring: RingState;
  readonly node: NodeMachine;
  readonly transport: Transport;
  readonly runners: Runners;
  readonly scheduler: SchedulerWorker;
  readonly log: Log;
  readonly stateFolder: string;
  /** Settled by `onLeft`, once, after the node has said goodbye. */
  readonly left: Promise<void>;
  readonly onLeft: () => void;
  /** A broken invariant: record the state and end; the cluster fences us if it must. */
  readonly onBroken: (cause: unknown) => void;
};

/** A life: it holds timers and sockets until `close`. */
export class World {
  /** For readers: what the machines hold, never to be written from outside. */
  readonly parts: WorldParts;
  readonly #jobs: Job[] = [];
  readonly #answers = new Map<string, (answer: Answer) => void>();
  #disk: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #isWorking = false;
  #isClosed = false;
  #clockDue = 0;

  constructor(parts: WorldParts) {
    this.parts = parts;
  }

  start(): void {
    this.#tellClock();
    this.ringInput({ kind: 'start' });
  }

  now(): Instant {
    return instant(performance.now());
  }

  ringInput(input: RingInput): void {
    this.#jobs.push({ kind: 'ring', input });
    this.#work();
  }

  nodeInput(input: NodeInput): void {
    this.#jobs.push({ kind: 'node', input });
    this.#work();
  }

  /** Asks the node for something; resolves with its one answer. */
  request(request: Request): Promise<Answer> {
    const id = `${Date.now().toString(36)}-${randomInt(2 ** 47).toString(36)}`;
    return new Promise((resolve) => {
      this.#answers.set(id, resolve);
      this.nodeInput({ kind: 'request', id, request });
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

  #take(job: Job): void {
    const now = this.now();
    if (job.kind === 'ring') {
      for (const effect of stepRing(this.parts.ring, job.input, now)) this.#onRingEffect(effect);
    } else {
      for (const effect of stepNode(this.parts.node, job.input, now)) this.#onNodeEffect(effect);
    }
  }

  #onRingEffect(effect: RingEffect): void {
    const { transport, log, stateFolder } = this.parts;
    switch (effect.kind) {
      case 'persist-ring-seq':
        persistRingSeq(stateFolder, effect.seq);
        return;
      case 'send':
        transport.send(effect.to, effect.bytes);
        return;
      case 'delivered':
      case 'transitional':
      case 'regular':
        this.#jobs.push({ kind: 'node', input: { kind: 'ring', event: effect } });
        return;
      case 'refused':
        log.write(
          note(
            'error',
            'ring-refused',
            'the ring has more to send than it may queue; a message was not taken',
          ),
        );
        return;
      case 'note':
        log.write(effect);
        return;
    }
  }

  #onNodeEffect(effect: NodeEffect): void {
    const { runners, scheduler, log, stateFolder } = this.parts;
    switch (effect.kind) {
      case 'multicast':
        this.#jobs.push({ kind: 'ring', input: effect });
        return;
      case 'disk-prepare':
      case 'disk-commit':
      case 'disk-store':
        this.#toDisk(effect);
        return;
      case 'persist-quorum':
        persistQuorum(stateFolder, effect.record);
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
      case 'leave':
        this.#leave();
        return;
      case 'note':
        log.write(effect);
        return;
    }
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

  #leave(): void {
    for (const effect of stepRing(this.parts.ring, { kind: 'leave' }, this.now())) {
      if (effect.kind === 'send') this.parts.transport.send(effect.to, effect.bytes);
    }
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.parts.onLeft();
  }

  #tellClock(): void {
    const now = this.now();
    this.#clockDue = now + CLOCK_EVERY_MS;
    this.#jobs.push({ kind: 'node', input: { kind: 'clock', wall: epochMs(Date.now()) } });
  }

  #setTimer(): void {
    clearTimeout(this.#timer);
    if (this.#isClosed) return;
    const due = earliest(
      ringDeadline(this.parts.ring),
      nodeDeadline(this.parts.node),
      instant(this.#clockDue),
    );
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
    const ringDue = ringDeadline(this.parts.ring);
    const nodeDue = nodeDeadline(this.parts.node);
    if (ringDue !== undefined && ringDue <= now)
      this.#jobs.push({ kind: 'ring', input: { kind: 'tick' } });
    if (nodeDue !== undefined && nodeDue <= now)
      this.#jobs.push({ kind: 'node', input: { kind: 'tick' } });
    this.#work();
  }
}
