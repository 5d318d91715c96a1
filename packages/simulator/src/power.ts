/**
 * Outlets and the fence devices that switch them. A device answers when it has done its work, unless
 * it is in trouble; the outlet itself never lies: off is off, and everything on the node is gone.
 */
import type { NodeName } from '@holdfast/base';
import type { DeviceRun } from '@holdfast/fencer';
import { between, type Stage, tell } from './stage.ts';

export type DeviceMood =
  | 'good'
  /** Works, but takes its time. */
  | 'slow'
  /** Never answers; it may or may not have done what it was asked. */
  | 'silent'
  /** Says yes and does nothing; its status tells the truth. */
  | 'lying'
  | 'failing';

/** How one device behaves, where that is planned. */
export type DeviceTiming = {
  /** From the command to the outlet. */
  readonly workMsMin: number;
  readonly workMsMax: number;
  /** From the outlet to the answer. */
  readonly backMsMax: number;
  /** Of a thousand runs, so many are carried out and not answered. */
  readonly mutePerMille: number;
  /** Of a thousand runs, so many never arrive. */
  readonly deafPerMille: number;
};

export type DeviceAnswer = { readonly code: number; readonly output: string };

export type PowerWatch = {
  /** The outlet was switched off while there was power on the node. */
  readonly onShot: (node: NodeName) => void;
  readonly onDown: (node: NodeName) => void;
  readonly onPower: (node: NodeName) => void;
  /** A device told the truth: this node is off. */
  readonly onProof: (node: NodeName) => void;
};

type Supply = { isOn: boolean; isPlugged: boolean; offSince: number | undefined };

const DONE = { code: 0, output: '' };
const SAYS_OFF = { code: 2, output: 'Status: OFF' };
const SAYS_ON = { code: 0, output: 'Status: ON' };

export class Power {
  readonly #stage: Stage;
  readonly #watch: PowerWatch;
  readonly #supplies = new Map<string, Supply>();
  /** The planted fault: what a lying device says of itself is believed. */
  readonly #statusLies: boolean;
  mood: DeviceMood = 'good';
  /** Planned behaviour by device; a device without one follows the mood. */
  timings: ReadonlyMap<string, DeviceTiming> = new Map<string, DeviceTiming>();
  /** Nodes whose management link to the devices is cut. */
  readonly cutOff = new Set<NodeName>();

  constructor(stage: Stage, nodes: readonly NodeName[], watch: PowerWatch, statusLies: boolean) {
    this.#stage = stage;
    this.#watch = watch;
    this.#statusLies = statusLies;
    for (const name of nodes)
      this.#supplies.set(name, { isOn: true, isPlugged: true, offSince: undefined });
  }

  isUp(node: NodeName): boolean {
    const supply = this.#supplies.get(node);
    return supply?.isOn === true && supply.isPlugged;
  }

  isOutletOn(node: NodeName): boolean {
    return this.#supplies.get(node)?.isOn === true;
  }

  /** When the outlet was last switched off; undefined: it is on. */
  offSince(node: NodeName): number | undefined {
    return this.#supplies.get(node)?.offSince;
  }

  isReachable(asker: NodeName): boolean {
    return !this.cutOff.has(asker) && this.mood !== 'silent' && this.mood !== 'failing';
  }

  /** The plug is pulled out, or put back. */
  plug(node: NodeName, isPlugged: boolean): void {
    this.#change(node, { isPlugged });
  }

  /** One run of a fence agent. `answer` is never called by a silent device. */
  run(asker: NodeName, run: DeviceRun, answer: (answer: DeviceAnswer) => void): void {
    const { dice, agenda } = this.#stage;
    const { mood } = this;
    if (this.cutOff.has(asker) || (mood === 'silent' && dice.chance(1, 2))) return;
    const timing = this.timings.get(run.device);
    if (timing !== undefined) {
      this.#runTimed(timing, run, answer);
      return;
    }
    const workMs = mood === 'slow' ? between(dice, 2000, 12_000) : between(dice, 20, 600);
    const backMs = mood === 'slow' ? between(dice, 500, 3000) : between(dice, 1, 50);
    agenda.after(workMs, () => {
      const says = this.#carryOut(run, mood);
      if (mood === 'silent') return;
      agenda.after(backMs, () => {
        answer(says);
      });
    });
  }

  #runTimed(timing: DeviceTiming, run: DeviceRun, answer: (answer: DeviceAnswer) => void): void {
    const { dice, agenda } = this.#stage;
    if (dice.chance(timing.deafPerMille, 1000)) return;
    const isMute = dice.chance(timing.mutePerMille, 1000);
    const backMs = between(dice, 1, timing.backMsMax);
    agenda.after(between(dice, timing.workMsMin, timing.workMsMax), () => {
      const says = this.#carryOut(run, 'good');
      if (isMute) return;
      agenda.after(backMs, () => {
        answer(says);
      });
    });
  }

  switchOn(node: NodeName): void {
    this.#change(node, { isOn: true });
  }

  #carryOut(run: DeviceRun, mood: DeviceMood): DeviceAnswer {
    const node = run.plug as NodeName;
    if (!this.#supplies.has(node)) return { code: 1, output: `no outlet ${node}` };
    if (mood === 'failing') return { code: 1, output: 'the device reports an error' };
    const isLying = mood === 'lying';
    switch (run.action) {
      case 'off':
        if (!isLying) this.#change(node, { isOn: false });
        return DONE;
      case 'on':
        if (!isLying) this.#change(node, { isOn: true });
        return DONE;
      case 'status':
      case 'monitor': {
        if (isLying && this.#statusLies) return SAYS_OFF;
        if (this.isOutletOn(node)) return SAYS_ON;
        this.#watch.onProof(node);
        return SAYS_OFF;
      }
      default:
        return { code: 1, output: `unknown action ${run.action}` };
    }
  }

  #change(node: NodeName, change: Partial<Supply>): void {
    const supply = this.#supplies.get(node);
    if (supply === undefined) return;
    const wasUp = this.isUp(node);
    const wasOn = supply.isOn;
    Object.assign(supply, change);
    if (wasOn !== supply.isOn) this.#tellSwitched(node, supply);
    const isUp = this.isUp(node);
    if (wasUp && wasOn && !supply.isOn) this.#watch.onShot(node);
    if (wasUp && !isUp) this.#watch.onDown(node);
    if (!wasUp && isUp) this.#watch.onPower(node);
  }

  #tellSwitched(node: NodeName, supply: Supply): void {
    supply.offSince = supply.isOn ? undefined : this.#stage.agenda.now();
    tell(this.#stage, 'pdu', `outlet ${node} is ${supply.isOn ? 'on' : 'off'}`);
  }
}
