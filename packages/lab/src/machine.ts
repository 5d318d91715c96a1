/**
 * A simulated computer: it runs while one of its supplies has power and its button is on. Power
 * devices feed its supplies; a BMC presses its button, and lives as long as there is standby power.
 */
import { type Load, makeLoad, type LoadConfig } from './load.ts';
import { markedProcesses, type Process } from './processes.ts';

export type MachineConfig = LoadConfig & {
  readonly name: string;
  /** What happens when standby power returns: start, stay off, or as before. Default `on`. */
  readonly restore?: 'on' | 'off' | 'last';
};

export type MachineParts = {
  readonly config: MachineConfig;
  /** The lab's mark; the machine's is `<mark>/<name>`. */
  readonly mark: string;
  readonly logPath: string;
  readonly onPower?: (power: 'on' | 'off') => void;
  readonly onExit: (how: string) => void;
};

export type Power = 'on' | 'off';

/** One supply's cable: what an outlet feeds. */
export type Feed = {
  readonly machine: Machine;
  /** Resolves when what follows from it is done: with the last supply goes the machine. */
  supply(power: Power): Promise<void>;
  /** Where the machine may switch behind the outlet's back, as behind a button: what it is now. */
  readonly power?: () => Power;
};

/** A life: its processes are its own until it is off. */
export class Machine {
  readonly name: string;
  readonly mark: string;
  readonly #parts: MachineParts;
  readonly #load: Load;
  readonly #supplies: Power[] = [];
  #button: Power = 'on';
  #power: Power = 'off';
  #pid: number | undefined;
  #queue: Promise<void> = Promise.resolve();

  constructor(parts: MachineParts) {
    this.#parts = parts;
    this.name = parts.config.name;
    this.mark = `${parts.mark}/${this.name}`;
    this.#load = makeLoad({ ...parts, mark: this.mark });
  }

  /** `off` only when no process is left. */
  get power(): Power {
    return this.#power;
  }

  /** A machine that no outlet feeds hangs on the mains. */
  get hasStandbyPower(): boolean {
    return this.#supplies.length === 0 || this.#supplies.includes('on');
  }

  get pid(): number | undefined {
    return this.#power === 'on' ? this.#pid : undefined;
  }

  processes(): Process[] {
    return markedProcesses(this.mark);
  }

  /** Another supply, without power yet. */
  feed(): Feed {
    const index = this.#supplies.push('off') - 1;
    return {
      machine: this,
      supply: (power) => this.#then(() => this.#supply(index, power)),
    };
  }

  /** Its button, as something that a BMC switches like an outlet. */
  button(): Feed {
    return {
      machine: this,
      supply: (power) => this.press(power),
      power: () => this.#power,
    };
  }

  /** What a BMC does. Resolves when it is done; without standby power nothing happens. */
  press(button: Power | 'reset'): Promise<void> {
    return this.#then(async () => {
      if (!this.hasStandbyPower) return;
      if (button !== 'reset') this.#button = button;
      else if (this.#power === 'on') await this.#cut();
      await this.#settle();
    });
  }

  /** Switches a machine on the mains on, as when a lab starts; one that is fed waits for its outlets. */
  plugIn(): Promise<void> {
    return this.#then(() => this.#settle());
  }

  /** Takes over what runs from before; false where nothing does. */
  adopt(pid: number | undefined): boolean {
    if (!this.#load.isLeftOver()) return false;
    this.#pid = pid;
    this.#power = 'on';
    return true;
  }

  /** Whatever its supplies say: nothing of it is left. */
  end(): Promise<void> {
    return this.#then(async () => {
      if (this.#power === 'on') await this.#cut();
    });
  }

  async #supply(index: number, power: Power): Promise<void> {
    const returns = power === 'on' && !this.#supplies.includes('on');
    this.#supplies[index] = power;
    const { restore = 'on' } = this.#parts.config;
    if (returns && restore !== 'last') this.#button = restore;
    await this.#settle();
  }

  async #settle(): Promise<void> {
    const wanted = this.hasStandbyPower ? this.#button : 'off';
    if (wanted === this.#power) return;
    if (wanted === 'off') {
      await this.#cut();
      return;
    }
    this.#pid = this.#load.start();
    this.#power = 'on';
    this.#parts.onPower?.('on');
  }

  async #cut(): Promise<void> {
    await this.#load.cut();
    this.#power = 'off';
    this.#parts.onPower?.('off');
  }

  #then(act: () => Promise<void>): Promise<void> {
    const done = this.#queue.then(act);
    this.#queue = done.catch(() => undefined);
    return done;
  }
}
