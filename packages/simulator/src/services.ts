/**
 * The resource agents of one node, and what runs there. A service is active from the moment its
 * start begins until a stop has ended or the node has lost its power; daemons may come and go.
 */
import type { Operation, OpResult } from '@holdfast/executor';
import { epochMs, milliseconds, type Prng } from '@holdfast/base';
import { between } from './stage.ts';

/** `half`: a start or stop that failed or was killed on the way. */
export type ServiceState = 'running' | 'half';

/** Per thousand operations; all zero after the heal. */
export type Trouble = {
  startFails: number;
  stopFails: number;
  monitorFails: number;
  hangs: number;
};

export const NO_TROUBLE: Trouble = { startFails: 0, stopFails: 0, monitorFails: 0, hangs: 0 };

export type ServiceWatch = {
  readonly onStart: (resource: string) => void;
  readonly onStop: (resource: string) => void;
};

/** What one operation will do: how long it takes, and what is true when it has ended. */
export type Performance = {
  /** Undefined: it hangs until it is killed. */
  readonly lengthMs: number | undefined;
  readonly end: () => number;
};

const OK = 0;
const FAILED = 1;
const NOT_RUNNING = 7;

export class Services {
  readonly #dice: Prng;
  readonly #watch: ServiceWatch;
  readonly active = new Map<string, ServiceState>();
  /** Fence devices as resources: known to this life of the daemon, and to nobody else. */
  readonly registered = new Set<string>();
  readonly trouble: Trouble;

  constructor(dice: Prng, trouble: Trouble, watch: ServiceWatch) {
    this.#dice = dice;
    this.trouble = trouble;
    this.#watch = watch;
  }

  begin(op: Operation, isDeviceReachable: () => boolean): Performance {
    if (op.agent.class === 'stonith') return this.#beginDevice(op, isDeviceReachable);
    const { resource } = op;
    switch (op.task) {
      case 'start':
        return this.#beginStart(resource);
      case 'stop':
        return this.#beginStop(resource);
      case 'monitor':
        return this.#beginMonitor(resource);
      default:
        return { lengthMs: 1, end: () => OK };
    }
  }

  /** What could die on its own: it runs, and nobody is starting or stopping it. */
  running(): readonly string[] {
    return [...this.active]
      .filter(([, state]) => state === 'running')
      .map(([resource]) => resource);
  }

  /** A service dies on its own; its monitor will tell. */
  kill(resource: string): void {
    if (this.active.delete(resource)) this.#watch.onStop(resource);
  }

  /** The node is off. What ran there is returned. */
  powerOff(): readonly string[] {
    const lost = [...this.active.keys()];
    this.active.clear();
    this.registered.clear();
    return lost;
  }

  #hangs(): boolean {
    return this.#dice.chance(this.trouble.hangs, 1000);
  }

  #beginStart(resource: string): Performance {
    const wasRunning = this.active.get(resource) === 'running';
    if (wasRunning) return { lengthMs: between(this.#dice, 1, 20), end: () => OK };
    this.active.set(resource, 'half');
    this.#watch.onStart(resource);
    const fails = this.#dice.chance(this.trouble.startFails, 1000);
    return {
      lengthMs: this.#hangs() ? undefined : between(this.#dice, 10, 800),
      end: () => {
        if (fails) return FAILED;
        this.active.set(resource, 'running');
        return OK;
      },
    };
  }

  #beginStop(resource: string): Performance {
    if (!this.active.has(resource)) return { lengthMs: between(this.#dice, 1, 20), end: () => OK };
    this.active.set(resource, 'half');
    const fails = this.#dice.chance(this.trouble.stopFails, 1000);
    return {
      lengthMs: this.#hangs() ? undefined : between(this.#dice, 10, 500),
      end: () => {
        if (fails) return FAILED;
        this.active.delete(resource);
        this.#watch.onStop(resource);
        return OK;
      },
    };
  }

  #beginMonitor(resource: string): Performance {
    const fails = this.#dice.chance(this.trouble.monitorFails, 1000);
    return {
      lengthMs: this.#hangs() ? undefined : between(this.#dice, 2, 40),
      end: () => {
        const state = this.active.get(resource);
        if (state === undefined) return NOT_RUNNING;
        return fails || state === 'half' ? FAILED : OK;
      },
    };
  }

  #beginDevice(op: Operation, isReachable: () => boolean): Performance {
    return {
      lengthMs: between(this.#dice, 5, 60),
      end: () => {
        if (op.task === 'start') {
          if (!isReachable()) return FAILED;
          this.registered.add(op.resource);
          return OK;
        }
        if (op.task === 'stop') {
          this.registered.delete(op.resource);
          return OK;
        }
        if (!this.registered.has(op.resource)) return NOT_RUNNING;
        return isReachable() ? OK : FAILED;
      },
    };
  }
}

export function resultOf(rc: number, startedAt: number, execMs: number): OpResult {
  return {
    rc,
    status: 'done',
    reason: rc === FAILED ? 'the simulated agent failed' : '',
    output: '',
    startedAt: epochMs(startedAt),
    execMs: milliseconds(execMs),
  };
}
