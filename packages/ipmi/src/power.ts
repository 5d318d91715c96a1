/** The power verbs (IPMI v2.0 §28.2, §28.3): what to ask, and what the answer says. */
import { byteAt, bytes } from './bytes.ts';
import { type Command, COMMAND } from './message.ts';

export type PowerVerb = 'off' | 'on' | 'cycle' | 'reset';

const CONTROL: Readonly<Record<PowerVerb, number>> = { off: 0, on: 1, cycle: 2, reset: 3 };
const POWER_ON = 0x01;

/** What the chassis says of itself. */
export type ChassisStatus = {
  readonly power: 'on' | 'off';
  /** Why power may not come: an overload, a fault of the supply, an interlock. */
  readonly troubles: readonly string[];
};

export const STATUS_COMMAND: Command = { ...COMMAND.chassisStatus, data: new Uint8Array() };

/** Switches at once; nothing is asked of the operating system. */
export function powerCommand(verb: PowerVerb): Command {
  return { ...COMMAND.chassisControl, data: bytes(CONTROL[verb]) };
}

/** The verb that a Chassis Control request orders; undefined for one that is none of ours. */
export function verbOf(data: Uint8Array): PowerVerb | undefined {
  const wanted = byteAt(data, 0) & 0x0f;
  const verbs: readonly PowerVerb[] = ['off', 'on', 'cycle', 'reset'];
  return data.length === 1 ? verbs.find((verb) => CONTROL[verb] === wanted) : undefined;
}

const TROUBLES: readonly (readonly [number, string])[] = [
  [0x02, 'power overload'],
  [0x04, 'interlock open'],
  [0x08, 'power fault'],
  [0x10, 'power control fault'],
];

/** Undefined where the answer is too short to say anything. */
export function readChassisStatus(data: Uint8Array): ChassisStatus | undefined {
  if (data.length < 3) return undefined;
  const state = byteAt(data, 0);
  return {
    power: (state & POWER_ON) === 0 ? 'off' : 'on',
    troubles: TROUBLES.filter(([bit]) => (state & bit) !== 0).map(([, words]) => words),
  };
}

/** Power state; last event; no interlock, no front panel lock. */
export function writeChassisStatus(power: 'on' | 'off'): Uint8Array {
  // Bits 6:5: what happens when mains return (11b: unknown).
  return bytes((power === 'on' ? POWER_ON : 0) | 0x60, 0, 0);
}
