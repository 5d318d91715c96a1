/**
 * The simulated rack PDU: outlets with computers on them, an SNMP agent that managers switch them
 * with, and a control socket for the hand that runs the lab: faults, switching, what happened.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ControlServer, serveControl } from './control.ts';
import {
  type Command,
  type EventLog,
  openEventLog,
  type PduFaults,
  type Source,
} from './event-log.ts';
import { Outlet } from './outlet.ts';
import type { PduConfig } from './pdu-config.ts';
import { markedProcesses, type Process } from './processes.ts';
import { type SnmpAgent, type SnmpAsk, startSnmpAgent } from './snmp-agent.ts';

const HAND: Source = { kind: 'hand' };
const SLOW_MS_MAX = 600_000;

export type OutletView = {
  readonly number: number;
  readonly name: string;
  readonly power: 'on' | 'off';
  /** Process group and leader of the command started last; null when off. */
  readonly pid: number | null;
  readonly processes: readonly Process[];
};

export type PduStatus = {
  readonly outlets: readonly OutletView[];
  readonly faults: PduFaults;
};

/** A life: it owns the outlets' processes until `close`, which leaves none behind. */
export class Pdu {
  readonly #config: PduConfig;
  readonly #log: EventLog;
  #faults: PduFaults = { lie: false, silent: false, slowMs: 0 };
  readonly #outlets: Outlet[];
  #snmp: SnmpAgent | undefined;
  #control: ControlServer | undefined;

  private constructor(config: PduConfig) {
    this.#config = config;
    mkdirSync(config.folder, { recursive: true });
    this.#log = openEventLog(join(config.folder, 'events.jsonl'));
    this.#outlets = config.outlets.map(
      (outlet, index) =>
        new Outlet({
          number: index + 1,
          config: outlet,
          mark: config.mark,
          logPath: join(config.folder, `${outlet.name}.out`),
          log: this.#log,
          onChange: () => {
            this.#onChange();
          },
        }),
    );
  }

  /** Opens the sockets, and restores the outlets that were on when a PDU last ran in this folder. */
  static async start(config: PduConfig): Promise<Pdu> {
    const pdu = new Pdu(config);
    await pdu.#open();
    return pdu;
  }

  status(): PduStatus {
    return {
      faults: this.#faults,
      outlets: this.#outlets.map((outlet) => ({
        number: outlet.number,
        name: outlet.name,
        power: outlet.power,
        pid: outlet.pid ?? null,
        processes: markedProcesses(outlet.mark),
      })),
    };
  }

  /** By hand; resolves when it is really done, whatever fault is planted. */
  async switch(number: number, command: Command): Promise<void> {
    const outlet = this.#outlets.find((each) => each.number === number);
    if (outlet === undefined) throw new Error(`there is no outlet ${number}`);
    await outlet.switch(command, HAND);
  }

  /** Everything off, nobody left, sockets closed. */
  async close(): Promise<void> {
    await this.#snmp?.close();
    await Promise.all(this.#outlets.map((outlet) => outlet.switch('off', HAND)));
    await this.#control?.close();
  }

  async #open(): Promise<void> {
    const config = this.#config;
    const remembered = readState(this.#statePath());
    this.#snmp = await startSnmpAgent({
      ...config,
      answerDelay: () => (this.#faults.silent ? undefined : this.#faults.slowMs),
      onAsks: (asks, by) => {
        for (const ask of asks) this.#onAsk(ask, by);
      },
      powerOf: (number) => this.#outlets.find((each) => each.number === number)?.power ?? 'off',
      outlets: this.#outlets.map(({ number, name }) => ({ number, name })),
    });
    for (const outlet of this.#outlets) {
      const before = remembered.find((each) => each.name === outlet.name);
      if (before?.power === 'on') outlet.restore(before.pid, HAND);
    }
    this.#control = await serveControl(join(config.folder, 'control.sock'), (request) =>
      this.#onControl(request),
    );
  }

  #onAsk(ask: SnmpAsk, by: Source): void {
    if (ask.kind !== 'set') {
      this.#log.add(ask, by);
      return;
    }
    this.#log.add({ ...ask, outcome: this.#faults.lie ? 'lied' : 'taken' }, by);
    if (this.#faults.lie) return;
    const outlet = this.#outlets.find((each) => each.number === ask.outlet);
    void outlet?.switch(ask.command, by).catch((cause: unknown) => {
      process.stderr.write(`outlet ${ask.outlet}: ${String(cause)}\n`);
    });
  }

  async #onControl(request: Readonly<Record<string, unknown>>): Promise<object> {
    switch (request['do']) {
      case 'status':
        return this.status();
      case 'switch':
        await this.switch(Number(request['outlet']), readCommand(request['command']));
        return {};
      case 'fault':
        this.#plant(request);
        return { faults: this.#faults };
      case 'events':
        return { events: this.#log.after(Number(request['after'] ?? 0)) };
      default:
        throw new Error('do must be status, switch, fault or events');
    }
  }

  #plant(request: Readonly<Record<string, unknown>>): void {
    const asked: Readonly<Record<string, unknown>> = { ...this.#faults, ...request };
    const { lie, silent, slowMs } = asked;
    if (typeof slowMs !== 'number' || !(slowMs >= 0 && slowMs <= SLOW_MS_MAX)) {
      throw new Error('slowMs must be a number from 0 to 600000');
    }
    this.#faults = { lie: lie === true, silent: silent === true, slowMs };
    this.#log.add({ kind: 'fault', faults: this.#faults }, HAND);
  }

  #onChange(): void {
    for (const outlet of this.#outlets) this.#snmp?.showPower(outlet.number, outlet.power);
    const state = this.#outlets.map(({ name, power, pid }) => ({ name, power, pid }));
    const path = this.#statePath();
    writeFileSync(`${path}.new`, `${JSON.stringify({ outlets: state })}\n`);
    renameSync(`${path}.new`, path);
  }

  #statePath(): string {
    return join(this.#config.folder, 'state.json');
  }
}

type Remembered = { readonly name: string; readonly power: string; readonly pid?: number };

function readState(path: string): readonly Remembered[] {
  try {
    const { outlets } = JSON.parse(readFileSync(path, 'utf8')) as { outlets: Remembered[] };
    return outlets;
  } catch {
    return [];
  }
}

function readCommand(value: unknown): Command {
  if (value === 'on' || value === 'off' || value === 'reboot') return value;
  throw new Error('command must be on, off or reboot');
}
