/**
 * A rack PDU that stands alone: outlets with a machine each, an SNMP agent that managers switch them
 * with, and a control socket for the hand that runs it: faults, switching, what happened.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Bank, type OutletView } from './bank.ts';
import { type ControlServer, serveControl } from './control.ts';
import type { Command } from './command.ts';
import { type EventLog, openEventLog } from './event-log.ts';
import { familyNamed } from './families.ts';
import type { Faults } from './faults.ts';
import { Machine } from './machine.ts';
import type { PduConfig } from './pdu-config.ts';
import { type SnmpAgent, startSnmpAgent } from './snmp-agent.ts';

export type PduStatus = {
  readonly outlets: readonly OutletView[];
  readonly faults: Faults;
};

/** A life: it owns the outlets' processes until `close`, which leaves none behind. */
export class Pdu {
  readonly #config: PduConfig;
  readonly #log: EventLog;
  readonly #bank: Bank;
  #snmp: SnmpAgent | undefined;
  #control: ControlServer | undefined;

  private constructor(config: PduConfig) {
    this.#config = config;
    mkdirSync(config.folder, { recursive: true });
    this.#log = openEventLog(join(config.folder, 'events.jsonl'));
    this.#bank = new Bank({
      log: this.#log,
      outlets: config.outlets.map((outlet, index) => ({
        name: outlet.name,
        feed: new Machine({
          config: outlet,
          mark: config.mark,
          logPath: join(config.folder, `${outlet.name}.out`),
          onExit: (how) => {
            this.#log.add({ kind: 'exited', outlet: index + 1, how }, { kind: 'hand' });
          },
        }).feed(),
      })),
      onChange: () => {
        this.#remember();
      },
    });
  }

  /** Opens the sockets, and restores the outlets that were on when a PDU last ran in this folder. */
  static async start(config: PduConfig): Promise<Pdu> {
    const pdu = new Pdu(config);
    await pdu.#open();
    return pdu;
  }

  status(): PduStatus {
    return { faults: this.#bank.faults, outlets: this.#bank.views() };
  }

  /** By hand; resolves when it is really done, whatever fault is planted. */
  async switch(number: number, command: Command): Promise<void> {
    await this.#bank.switch(number, command);
  }

  /** Everything off, nobody left, sockets closed. */
  async close(): Promise<void> {
    await this.#snmp?.close();
    await this.#bank.allOff();
    await this.#control?.close();
  }

  async #open(): Promise<void> {
    const config = this.#config;
    const remembered = readState(this.#statePath());
    const family = familyNamed('apc-rpdu');
    if (!family.ok) throw new Error(family.fault);
    this.#snmp = await startSnmpAgent({ ...config, family: family.value, users: [] }, this.#bank);
    for (const outlet of this.#bank.outlets) {
      const before = remembered.find((each) => each.name === outlet.name);
      if (before?.power === 'on') await outlet.restore(before.pid, { kind: 'hand' });
    }
    this.#control = await serveControl(join(config.folder, 'control.sock'), (request) =>
      this.#onControl(request),
    );
  }

  async #onControl(request: Readonly<Record<string, unknown>>): Promise<object> {
    const { do: verb, ...rest } = request;
    switch (verb) {
      case 'status':
        return this.status();
      case 'switch':
        await this.switch(Number(rest['outlet']), readCommand(rest['command']));
        return {};
      case 'fault':
        return { faults: this.#bank.plant(rest) };
      case 'events':
        return { events: this.#log.after(Number(rest['after'] ?? 0)) };
      default:
        throw new Error('do must be status, switch, fault or events');
    }
  }

  #remember(): void {
    const state = this.#bank.outlets.map(({ name, power, pid }) => ({ name, power, pid }));
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

/** Throws where it is none. */
export function readCommand(value: unknown): Command {
  if (value === 'on' || value === 'off' || value === 'reboot') return value;
  throw new Error('command must be on, off or reboot');
}
