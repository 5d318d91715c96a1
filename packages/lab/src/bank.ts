/**
 * The outlets of one device with the faults planted in it, whatever face it shows to managers: every
 * face gives its orders here, and shows what is said here.
 */
import type { Command, Outcome } from './command.ts';
import { type EventLog, type Source } from './event-log.ts';
import { decide, type Faults, NO_FAULTS, readFaults, saying } from './faults.ts';
import type { Feed } from './machine.ts';
import { Outlet } from './outlet.ts';
import type { Process } from './processes.ts';

const HAND: Source = { kind: 'hand' };

export type OutletView = {
  readonly number: number;
  readonly name: string;
  readonly power: 'on' | 'off';
  /** The machine it feeds; null where nothing is plugged in. */
  readonly machine: string | null;
  /** Process group and leader of the command started last; null when off. */
  readonly pid: number | null;
  readonly processes: readonly Process[];
};

export type BankParts = {
  readonly outlets: readonly { readonly name: string; readonly feed: Feed | undefined }[];
  readonly log: EventLog;
  /** A relay has moved. */
  readonly onChange: () => void;
  /** False while the device itself has no power: it is silent then. */
  readonly isAlive?: () => boolean;
};

/** What a face shows of an outlet. */
export type Shown = {
  readonly number: number;
  readonly name: string;
  readonly power: 'on' | 'off';
  readonly isPending: boolean;
};

/** Has identity and a life: it lives as long as its device. */
export class Bank {
  readonly log: EventLog;
  readonly #parts: BankParts;
  readonly #outlets: readonly Outlet[];
  #faults: Faults = NO_FAULTS;

  constructor(parts: BankParts) {
    this.#parts = parts;
    this.log = parts.log;
    this.#outlets = parts.outlets.map(
      ({ name, feed }, index) =>
        new Outlet({ number: index + 1, name, feed, log: parts.log, onChange: parts.onChange }),
    );
  }

  get faults(): Faults {
    return this.#faults;
  }

  get outlets(): readonly Outlet[] {
    return this.#outlets;
  }

  get isAlive(): boolean {
    return this.#parts.isAlive?.() ?? true;
  }

  views(): OutletView[] {
    return this.#outlets.map((outlet) => ({
      number: outlet.number,
      name: outlet.name,
      power: outlet.power,
      machine: outlet.machine ?? null,
      pid: outlet.pid ?? null,
      processes: outlet.processes(),
    }));
  }

  /** What managers are shown: under a fault, not the truth. */
  shown(): Shown[] {
    return this.#outlets.map(({ number, name, power, ordered, isPending }) => ({
      number,
      name,
      power: saying(this.#faults, power, ordered),
      isPending,
    }));
  }

  /** A manager's order, acknowledged at once. Undefined: there is no such outlet. */
  order(number: number, command: Command, by: Source): Outcome | undefined {
    const asked = this.#find(number);
    if (asked === undefined) return undefined;
    const { outcome, moves } = decide(this.#faults, number);
    this.log.add({ kind: 'set', outlet: number, command, outcome }, by);
    if (outcome === 'refused') return outcome;
    asked.note(command);
    const moved = moves === undefined ? undefined : this.#find(moves);
    void moved?.switch(command, by, this.#faults.switchMs).catch((cause: unknown) => {
      process.stderr.write(`outlet ${number}: ${String(cause)}\n`);
    });
    return outcome;
  }

  /** By hand: no fault is in the way; resolves when it is really done. */
  async switch(number: number, command: Command, by: Source = HAND): Promise<void> {
    const outlet = this.#find(number);
    if (outlet === undefined) throw new Error(`there is no outlet ${number}`);
    await outlet.switch(command, by);
  }

  async allOff(): Promise<void> {
    await Promise.all(this.#outlets.map((outlet) => outlet.switch('off', HAND)));
  }

  /** Throws where what is asked is no fault; what is not named stays as it is. */
  plant(asked: Readonly<Record<string, unknown>>, by: Source = HAND): Faults {
    const read = readFaults(this.#faults, asked);
    if (!read.ok) throw new Error(read.fault);
    this.#faults = read.value;
    this.log.add({ kind: 'fault', faults: this.#faults }, by);
    return this.#faults;
  }

  /** Undefined: the request was never heard. */
  hearing(): { readonly delayMs: number } | undefined {
    return this.#faults.silent || !this.isAlive ? undefined : { delayMs: this.#faults.slowMs };
  }

  /** How many times the answer to a request leaves; of an order's, some are lost. */
  copies(isOrder: boolean): number {
    const { loseAnswers, duplicate } = this.#faults;
    if (isOrder && loseAnswers > 0) {
      this.#faults = { ...this.#faults, loseAnswers: loseAnswers - 1 };
      return 0;
    }
    return duplicate ? 2 : 1;
  }

  #find(number: number): Outlet | undefined {
    return this.#outlets[number - 1];
  }
}
