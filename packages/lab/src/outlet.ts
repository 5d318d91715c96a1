/** One outlet of a power device: a relay, and the supply of a machine behind it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from './command.ts';
import type { EventLog, Source } from './event-log.ts';
import type { LoadConfig } from './load.ts';
import type { Feed, Power } from './machine.ts';
import { markedProcesses, type Process } from './processes.ts';

/** How long a reboot leaves the machine without power. */
const REBOOT_PAUSE_MS = 200;

/** An outlet with a machine of its own, called like it. */
export type OutletConfig = LoadConfig & {
  readonly name: string;
  readonly command: readonly string[];
};

export type OutletParts = {
  readonly number: number;
  readonly name: string;
  /** Undefined: nothing is plugged in. */
  readonly feed: Feed | undefined;
  readonly log: EventLog;
  /** The relay has moved: tell whoever shows it. */
  readonly onChange: () => void;
};

/** The relay is off only when what it alone fed is gone: orders are carried out one after another. */
export class Outlet {
  readonly number: number;
  readonly name: string;
  readonly #parts: OutletParts;
  #power: Power = 'off';
  #ordered: Command | undefined;
  #queue: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(parts: OutletParts) {
    this.#parts = parts;
    this.number = parts.number;
    this.name = parts.name;
  }

  get power(): Power {
    return this.#parts.feed?.power?.() ?? this.#power;
  }

  /** The order that came last, carried out or not. */
  get ordered(): Command | undefined {
    return this.#ordered;
  }

  /** An order is being carried out. */
  get isPending(): boolean {
    return this.#waiting > 0;
  }

  get machine(): string | undefined {
    return this.#parts.feed?.machine.name;
  }

  get pid(): number | undefined {
    return this.power === 'on' ? this.#parts.feed?.machine.pid : undefined;
  }

  processes(): Process[] {
    const machine = this.#parts.feed?.machine;
    return machine === undefined ? [] : markedProcesses(machine.mark);
  }

  /** Remembers an order that will not be carried out. */
  note(command: Command): void {
    this.#ordered = command;
  }

  /** Does `command` after all earlier ones, `lateMs` after its turn; resolves when it is really done. */
  switch(command: Command, by: Source, lateMs = 0): Promise<void> {
    this.#ordered = command;
    this.#waiting += 1;
    const done = this.#queue
      .then(() => this.#carryOut(command, by, lateMs))
      .finally(() => {
        this.#waiting -= 1;
      });
    this.#queue = done.catch(() => undefined);
    return done;
  }

  /** A device that comes back finds its machine running, or starts it: the outlet remembers "on". */
  async restore(pid: number | undefined, by: Source): Promise<void> {
    const feed = this.#parts.feed;
    if (feed?.machine.adopt(pid) !== true) {
      await this.switch('on', by);
      return;
    }
    await feed.supply('on');
    this.#power = 'on';
    this.#parts.onChange();
  }

  async #carryOut(command: Command, by: Source, lateMs: number): Promise<void> {
    if (lateMs > 0) await sleep(lateMs);
    if (command !== 'on') await this.#off(by);
    if (command === 'reboot') await sleep(REBOOT_PAUSE_MS);
    if (command !== 'off') await this.#on(by);
  }

  async #off(by: Source): Promise<void> {
    if (this.power === 'off') return;
    const { log, feed, onChange } = this.#parts;
    log.add({ kind: 'cutting', outlet: this.number }, by);
    await feed?.supply('off');
    this.#power = 'off';
    log.add({ kind: 'off', outlet: this.number }, by);
    onChange();
  }

  async #on(by: Source): Promise<void> {
    if (this.power === 'on') return;
    const { log, feed, onChange } = this.#parts;
    await feed?.supply('on');
    this.#power = 'on';
    log.add({ kind: 'on', outlet: this.number, pid: feed?.machine.pid ?? 0 }, by);
    onChange();
  }
}
