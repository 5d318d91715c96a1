/**
 * One node in the world: hardware that has power or not, may freeze, and runs a daemon, which is a
 * ring and a node machine in one thread; and the services, which outlive the daemon but not the power.
 */
import {
  earliest,
  epochMs,
  type Instant,
  instant,
  type NodeId,
  type NodeName,
} from '@holdfast/base';
import type { Request } from '@holdfast/controller';
import {
  deadline as nodeDeadline,
  node,
  type NodeConfig,
  type NodeInput,
  step as stepNode,
} from '@holdfast/node';
import {
  deadline as ringDeadline,
  ring,
  type RingConfig,
  type RingInput,
  step as stepRing,
} from '@holdfast/totem';
import { Disk } from './disk.ts';
import { carryOutNode, carryOutRing } from './effects.ts';
import type { Daemon, HostFace, Job } from './host-face.ts';
import type { HostSetup, HostWatch } from './host-setup.ts';
import { NO_TROUBLE, Services } from './services.ts';
import { between, tell, violate } from './stage.ts';

/** What a socket holds while its process does not run. */
const SOCKET_DATAGRAMS_MAX = 200;
/** Ticks at one and the same instant; more is a machine that never rests. */
const TICKS_MAX = 2000;
const CLOCK_EVERY_MS = 30_000;

export class Host implements HostFace {
  readonly id: NodeId;
  readonly name: NodeName;
  readonly setup: HostSetup;
  readonly watch: HostWatch;
  readonly disk: Disk;
  readonly services: Services;
  daemon: Daemon | undefined = undefined;
  /** Given in by an operator's stop: nobody starts the daemon but somebody who means it. */
  isStopped = false;
  #machineLife = 0;
  #lives = 0;
  #bootedAt = 0;
  #frozenUntil: number | undefined = undefined;
  #held: (() => void)[] = [];
  #heldDatagrams = 0;
  #wakeAt: number | undefined = undefined;
  #ticks = { at: -1, count: 0 };

  constructor(id: NodeId, name: NodeName, setup: HostSetup, watch: HostWatch) {
    this.id = id;
    this.name = name;
    this.setup = setup;
    this.watch = watch;
    this.disk = new Disk(setup.stage, setup.firstCib, setup.diskLagMs);
    this.services = new Services(
      setup.stage.dice,
      { ...NO_TROUBLE },
      {
        onStart: (resource) => {
          this.tell(`${resource} begins to run here`);
          watch.started(this, resource);
        },
        onStop: (resource) => {
          this.tell(`${resource} is stopped here`);
          watch.stopped(this, resource);
        },
      },
    );
  }

  now(): Instant {
    return instant(this.setup.stage.agenda.now() - this.#bootedAt);
  }

  wallMs(): number {
    return this.setup.wallStartMs + this.setup.stage.agenda.now() + this.setup.wallOffsetMs;
  }

  isPowered(): boolean {
    return this.setup.power.isUp(this.name);
  }

  isFrozen(): boolean {
    return this.#frozenUntil !== undefined;
  }

  tell(text: string): void {
    tell(this.setup.stage, this.name, text);
  }

  /** Power has come: the daemon starts when the machine has booted. */
  powerOn(): void {
    const { agenda, dice } = this.setup.stage;
    this.#machineLife += 1;
    this.#bootedAt = agenda.now();
    this.isStopped = false;
    const bootMs = between(dice, 2000, 8000);
    this.tell(`has power; boots in ${bootMs} ms`);
    this.laterOnMachine(bootMs, () => {
      this.startDaemon();
    });
  }

  powerOff(): void {
    this.tell('has no power');
    this.#machineLife += 1;
    this.#frozenUntil = undefined;
    this.#held = [];
    this.#heldDatagrams = 0;
    this.daemon = undefined;
    this.disk.crash(true);
    this.watch.lost(this, this.services.powerOff());
  }

  /** Everything at once, and on again by itself: a kernel that panicked. */
  reset(): void {
    this.powerOff();
    this.powerOn();
  }

  startDaemon(): void {
    if (this.daemon !== undefined || !this.isPowered() || this.isStopped) return;
    this.#lives += 1;
    const life = this.#lives;
    const config: NodeConfig = {
      ...this.setup.nodeConfig,
      incarnation: `${this.name}-${life}`,
      seed: this.setup.stage.dice.below(2 ** 31),
    };
    const ringConfig: RingConfig = this.setup.ringConfig;
    this.tell(`the daemon starts, life ${life}`);
    this.watch.began(this);
    this.daemon = {
      life,
      startedAt: this.setup.stage.agenda.now(),
      ring: ring(ringConfig, this.disk.ringSeq, life, this.now()),
      node: node(config, this.disk.read()),
      calls: new Map(),
      deviceCalls: new Set(),
      requests: new Set(),
      jobs: [],
      isWorking: false,
      hasCompany: false,
    };
    this.#wakeAt = undefined;
    this.#tellClock();
    this.ringInput({ kind: 'start' });
  }

  /** The daemon alone dies, with the agents it was running; services go on. */
  crashDaemon(): void {
    if (this.daemon === undefined) return;
    this.tell('the daemon dies');
    this.#endDaemon();
  }

  /** The node said goodbye. */
  left(): void {
    this.tell('the daemon has left the cluster and ended');
    this.isStopped = true;
    this.#endDaemon();
  }

  /** Nothing runs here for so long; datagrams wait in the socket, as far as they fit. */
  freeze(lengthMs: number): void {
    const { agenda } = this.setup.stage;
    if (!this.isPowered() || this.isFrozen()) return;
    this.tell(`freezes for ${lengthMs} ms`);
    const until = agenda.now() + lengthMs;
    this.#frozenUntil = until;
    const life = this.#machineLife;
    agenda.at(until, () => {
      if (life === this.#machineLife) this.#thaw();
    });
  }

  /** For what happens on this machine in `waitMs`: not without power, and not before a thaw. */
  laterOnMachine(waitMs: number, run: () => void): void {
    const life = this.#machineLife;
    this.setup.stage.agenda.after(waitMs, () => {
      if (life !== this.#machineLife) return;
      if (this.isFrozen()) this.#held.push(run);
      else run();
    });
  }

  /** The same for what belongs to the life of one daemon. */
  laterInDaemon(waitMs: number, run: () => void): void {
    const { daemon } = this;
    this.laterOnMachine(waitMs, () => {
      if (daemon !== undefined && daemon === this.daemon) run();
    });
  }

  receive(bytes: Uint8Array): void {
    if (this.daemon === undefined) return;
    if (this.isFrozen()) {
      if (this.#heldDatagrams >= SOCKET_DATAGRAMS_MAX) return;
      this.#heldDatagrams += 1;
    }
    this.laterInDaemonNow(() => {
      this.ringInput({ kind: 'datagram', bytes });
    });
  }

  laterInDaemonNow(run: () => void): void {
    const { daemon } = this;
    if (!this.isFrozen()) {
      run();
      return;
    }
    this.#held.push(() => {
      if (daemon === this.daemon) run();
    });
  }

  request(id: string, request: Request): boolean {
    const { daemon } = this;
    if (daemon === undefined) return false;
    daemon.requests.add(id);
    this.laterInDaemonNow(() => {
      this.nodeInput({ kind: 'request', id, request });
    });
    return true;
  }

  ringInput(input: RingInput): void {
    this.#take({ kind: 'ring', input });
  }

  nodeInput(input: NodeInput): void {
    this.#take({ kind: 'node', input });
  }

  #take(job: Job): void {
    const { daemon } = this;
    if (daemon === undefined) return;
    daemon.jobs.push(job);
    if (daemon.isWorking) return;
    daemon.isWorking = true;
    for (let next = daemon.jobs.shift(); next !== undefined; next = daemon.jobs.shift()) {
      if (this.daemon !== daemon) return;
      this.#step(daemon, next);
    }
    daemon.isWorking = false;
    this.#arm(daemon);
  }

  #step(daemon: Daemon, job: Job): void {
    const { setup } = this;
    const now = this.now();
    if (job.kind === 'ring') {
      const started = setup.clock();
      const effects = stepRing(daemon.ring, job.input, now);
      setup.spent.ringMs += setup.clock() - started;
      for (const effect of effects) carryOutRing(this, daemon, effect);
      return;
    }
    const started = setup.clock();
    const effects = stepNode(daemon.node, job.input, now);
    setup.spent.nodeMs += setup.clock() - started;
    for (const effect of effects) carryOutNode(this, daemon, effect);
  }

  #endDaemon(): void {
    const { daemon } = this;
    if (daemon === undefined) return;
    this.daemon = undefined;
    for (const end of daemon.calls.values()) end();
    this.services.registered.clear();
    this.disk.crash(false);
  }

  #thaw(): void {
    this.#frozenUntil = undefined;
    this.#heldDatagrams = 0;
    this.tell('thaws');
    const held = this.#held;
    this.#held = [];
    const life = this.#machineLife;
    const isTimerFirst = this.setup.stage.dice.chance(1, 2);
    if (isTimerFirst) this.#tick();
    for (const run of held) {
      if (life !== this.#machineLife) return;
      run();
    }
    this.#tick();
  }

  #tellClock(): void {
    this.nodeInput({ kind: 'clock', wall: epochMs(this.wallMs()) });
    this.laterInDaemon(CLOCK_EVERY_MS, () => {
      this.#tellClock();
    });
  }

  #arm(daemon: Daemon): void {
    const due = earliest(ringDeadline(daemon.ring), nodeDeadline(daemon.node));
    if (due === undefined) return;
    const { agenda } = this.setup.stage;
    const at = Math.max(agenda.now(), this.#bootedAt + Math.ceil(due));
    if (this.#wakeAt !== undefined && this.#wakeAt <= at) return;
    this.#wakeAt = at;
    agenda.at(at, () => {
      if (this.daemon !== daemon || this.#wakeAt !== at) return;
      this.#wakeAt = undefined;
      if (!this.isFrozen()) this.#tick();
    });
  }

  #tick(): void {
    const { daemon } = this;
    if (daemon === undefined) return;
    const now = this.now();
    const at = this.setup.stage.agenda.now();
    this.#ticks = this.#ticks.at === at ? { at, count: this.#ticks.count + 1 } : { at, count: 1 };
    if (this.#ticks.count > TICKS_MAX) {
      violate(this.setup.stage, 'liveness', `${this.name} asks for one tick after the other`);
      return;
    }
    const ringDue = ringDeadline(daemon.ring);
    const nodeDue = nodeDeadline(daemon.node);
    if (ringDue !== undefined && ringDue <= now) this.ringInput({ kind: 'tick' });
    if (this.daemon !== daemon) return;
    if (nodeDue !== undefined && nodeDue <= now) this.nodeInput({ kind: 'tick' });
    this.#arm(daemon);
  }
}
