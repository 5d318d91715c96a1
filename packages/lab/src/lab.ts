/** A scenario come to life: its machines, its devices on their sockets, and a control socket for the hand. */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Bank, type OutletView } from './bank.ts';
import { type ControlServer, serveControl } from './control.ts';
import { type EventLog, openEventLog, type PduEvent, shotsIn } from './event-log.ts';
import { type Face, faceKind } from './faces.ts';
import type { Faults } from './faults.ts';
import { type Feed, Machine, type Power } from './machine.ts';
import { readCommand } from './pdu.ts';
import type { DeviceConfig, Scenario, ScriptStep } from './scenario.ts';

export type LabStatus = {
  readonly name: string;
  readonly machines: readonly {
    readonly name: string;
    readonly power: Power;
    readonly standby: boolean;
    readonly pid: number | null;
  }[];
  readonly devices: readonly {
    readonly name: string;
    readonly kind: string;
    readonly where: string;
    readonly isAlive: boolean;
    readonly sessions: number | null;
    readonly outlets: readonly OutletView[];
    readonly faults: Faults;
    /** Orders of managers to cut power, each once. */
    readonly shots: number;
  }[];
};

type Device = { readonly config: DeviceConfig; readonly bank: Bank; readonly face: Face };

const HAND = { kind: 'hand' } as const;

/** A life: everything it started is gone after `close`. */
export class Lab {
  readonly #scenario: Scenario;
  readonly #log: EventLog;
  readonly #machines: readonly Machine[];
  readonly #devices: Device[] = [];
  readonly #timers: NodeJS.Timeout[] = [];
  #control: ControlServer | undefined;

  private constructor(scenario: Scenario, onEvent: ((event: PduEvent) => void) | undefined) {
    this.#scenario = scenario;
    const { folder } = scenario;
    mkdirSync(folder, { recursive: true });
    this.#log = openEventLog(join(folder, 'events.jsonl'), onEvent);
    const mark = randomBytes(8).toString('hex');
    this.#machines = scenario.machines.map(
      (config) =>
        new Machine({
          config,
          mark,
          logPath: join(folder, `${config.name}.out`),
          onPower: (power) => {
            this.#log.add({ kind: 'machine', machine: config.name, power }, HAND);
          },
          onExit: (how) => {
            this.#log.as(config.name).add({ kind: 'exited', outlet: 0, how }, HAND);
          },
        }),
    );
  }

  /** Opens every device, switches on what is to be on, and starts the script. Rejects where a port is taken. */
  static async start(scenario: Scenario, onEvent?: (event: PduEvent) => void): Promise<Lab> {
    const lab = new Lab(scenario, onEvent);
    try {
      await lab.#open();
    } catch (cause) {
      await lab.close();
      throw cause;
    }
    return lab;
  }

  get controlPath(): string {
    return join(this.#scenario.folder, 'control.sock');
  }

  status(): LabStatus {
    return {
      name: this.#scenario.name,
      machines: this.#machines.map(({ name, power, hasStandbyPower, pid }) => ({
        name,
        power,
        standby: hasStandbyPower,
        pid: pid === 0 ? null : (pid ?? null),
      })),
      devices: this.#devices.map(({ config, bank, face }) => ({
        name: config.name,
        kind: config.kind,
        where: `${config.address}:${config.port}`,
        isAlive: bank.isAlive,
        sessions: face.sessions ?? null,
        outlets: bank.views(),
        faults: bank.faults,
        shots: shotsIn(this.events()).filter(({ device }) => device === config.name).length,
      })),
    };
  }

  /** All with a higher `seq` that are still in memory. */
  events(after = 0): PduEvent[] {
    return this.#log.after(after);
  }

  /** By hand. Throws where there is no such device. */
  bank(device: string): Bank {
    const found = this.#devices.find(({ config }) => config.name === device);
    if (found !== undefined) return found.bank;
    const names = this.#devices.map(({ config }) => config.name).join(', ');
    throw new Error(`there is no device ${device}; there are ${names}`);
  }

  machine(name: string): Machine {
    const found = this.#machines.find((each) => each.name === name);
    if (found !== undefined) return found;
    const names = this.#machines.map((each) => each.name).join(', ');
    throw new Error(`there is no machine ${name}; there are ${names}`);
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.all(this.#devices.map(({ face }) => face.close()));
    await Promise.all(this.#machines.map((machine) => machine.end()));
    await this.#control?.close();
  }

  async #open(): Promise<void> {
    for (const config of this.#scenario.devices) await this.#openDevice(config);
    const lit = this.#devices.filter(({ config }) => config.on && config.machine === undefined);
    await Promise.all(
      lit.flatMap(({ bank }) => bank.outlets.map((outlet) => outlet.switch('on', HAND))),
    );
    await Promise.all(this.#machines.map((machine) => machine.plugIn()));
    this.#control = await serveControl(this.controlPath, (request) => this.#onControl(request));
    for (const step of this.#scenario.script) this.#plan(step);
  }

  async #openDevice(config: DeviceConfig): Promise<void> {
    const kind = faceKind(config.kind);
    if (!kind.ok) throw new Error(kind.fault);
    const { poweredBy, machine } = config;
    const source = poweredBy ?? machine;
    const owner = source === undefined ? undefined : this.machine(source);
    const bank = new Bank({
      log: this.#log.as(config.name),
      outlets: this.#outletsOf(config),
      onChange: () => undefined,
      isAlive: () => owner?.hasStandbyPower ?? true,
    });
    const face = await kind.value.open(config, bank);
    this.#devices.push({ config, bank, face });
  }

  #outletsOf({ feeds, machine }: DeviceConfig): { name: string; feed: Feed | undefined }[] {
    if (machine !== undefined) return [{ name: machine, feed: this.machine(machine).button() }];
    return feeds.map((name, index) =>
      name === null
        ? { name: `outlet${index + 1}`, feed: undefined }
        : { name, feed: this.machine(name).feed() },
    );
  }

  #plan(step: ScriptStep): void {
    const timer = setTimeout(() => {
      void this.#act(step).catch((cause: unknown) => {
        process.stderr.write(`script: ${String(cause)}\n`);
      });
    }, step.afterMs);
    this.#timers.push(timer);
  }

  async #act(step: ScriptStep): Promise<void> {
    const by = { kind: 'script' } as const;
    switch (step.kind) {
      case 'fault':
        this.bank(step.device).plant(step.fault, by);
        return;
      case 'switch':
        await this.bank(step.device).switch(step.outlet, step.command, by);
        return;
      case 'press':
        await this.machine(step.machine).press(step.button);
    }
  }

  async #onControl(request: Readonly<Record<string, unknown>>): Promise<object> {
    const { do: verb, device, machine, ...rest } = request;
    switch (verb) {
      case 'status':
        return this.status();
      case 'events':
        return { events: this.events(Number(rest['after'] ?? 0)) };
      case 'fault':
        return { faults: this.bank(String(device)).plant(rest) };
      case 'switch': {
        const command = readCommand(rest['command']);
        await this.bank(String(device)).switch(Number(rest['outlet']), command);
        return {};
      }
      case 'press':
        await this.machine(String(machine)).press(readButton(rest['button']));
        return {};
      default:
        throw new Error('do must be status, events, fault, switch or press');
    }
  }
}

function readButton(value: unknown): 'on' | 'off' | 'reset' {
  if (value === 'on' || value === 'off' || value === 'reset') return value;
  throw new Error('button must be on, off or reset');
}
