/** Switching with proof: a command is a wish, only the device's own "off" counts. */
import { fail, ok, type Result } from '@holdfast/base';
import type { World } from './world.ts';

export type PowerState = 'on' | 'off';

/** What a device was asked and could not, or did not, answer: never to be taken for "off". */
export type DeviceAnswer<Value> = Result<Value, string>;

export type Switch = {
  readonly plugs: readonly string[];
  /** What a plug is called in a sentence. */
  readonly nameOf: (plug: string) => string;
  readonly set: (plug: string, wanted: PowerState) => Promise<DeviceAnswer<void>>;
  readonly status: (plug: string) => Promise<DeviceAnswer<PowerState>>;
  readonly waitMs: number;
  readonly timeoutMs: number;
  readonly retryOn: number;
  readonly world: World;
};

/** The first question comes soon, since most outlets switch at once; then ever more slowly. */
const POLL_FIRST_MS = 20;
const POLL_MAX_MS = 1000;

/** All outlets are told before any is asked: a machine with two supplies is off when both are. */
export function proveOff(device: Switch): Promise<DeviceAnswer<void>> {
  return prove(device, 'off');
}

export async function proveOn(device: Switch): Promise<DeviceAnswer<void>> {
  let answer = await prove(device, 'on');
  for (let again = 0; again < device.retryOn && !answer.ok; again += 1) {
    answer = await prove(device, 'on');
  }
  return answer;
}

async function prove(device: Switch, wanted: PowerState): Promise<DeviceAnswer<void>> {
  for (const plug of device.plugs) {
    const told = await device.set(plug, wanted);
    if (!told.ok)
      return fail(`${device.nameOf(plug)} could not be told to switch ${wanted}: ${told.fault}`);
  }
  if (device.waitMs > 0) await device.world.sleep(device.waitMs);
  const until = device.world.now() + device.timeoutMs;
  for (const plug of device.plugs) {
    const reached = await waitFor(device, plug, wanted, until);
    if (!reached.ok) return reached;
  }
  return ok(undefined);
}

async function waitFor(
  device: Switch,
  plug: string,
  wanted: PowerState,
  until: number,
): Promise<DeviceAnswer<void>> {
  let pauseMs = POLL_FIRST_MS;
  for (;;) {
    const state = await device.status(plug);
    if (state.ok && state.value === wanted) return ok(undefined);
    const said = state.ok ? `it says it is ${state.value}` : state.fault;
    if (device.world.now() >= until) {
      return fail(
        `${device.nameOf(plug)} is not proven ${wanted} within ${device.timeoutMs} ms: ${said}`,
      );
    }
    await device.world.sleep(pauseMs);
    pauseMs = Math.min(POLL_MAX_MS, Math.ceil(pauseMs * 1.5));
  }
}
