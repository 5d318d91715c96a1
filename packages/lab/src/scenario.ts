/** A scenario file: machines, the devices that feed or command them, and what happens to those when. */
import { fail, ok, parseDuration, type Result } from '@holdfast/base';
import { type FaceKind, faceKind } from './faces.ts';
import { NO_FAULTS, readFaults } from './faults.ts';
import * as field from './fields.ts';
import type { MachineConfig } from './machine.ts';

export type DeviceConfig = {
  readonly name: string;
  readonly kind: string;
  readonly address: string;
  readonly port: number;
  /** One for each outlet: the machine it feeds, or null. Empty for what presses a button. */
  readonly feeds: readonly (string | null)[];
  /** The machine whose button it presses. */
  readonly machine: string | undefined;
  /** It dies with the standby power of this machine. */
  readonly poweredBy: string | undefined;
  /** Whether its outlets are on when the lab starts. */
  readonly on: boolean;
  readonly fields: field.Fields;
};

/** What happens `afterMs` after the start. */
export type ScriptStep = { readonly afterMs: number } & (
  | { readonly kind: 'fault'; readonly device: string; readonly fault: field.Fields }
  | {
      readonly kind: 'switch';
      readonly device: string;
      readonly outlet: number;
      readonly command: 'on' | 'off' | 'reboot';
    }
  | { readonly kind: 'press'; readonly machine: string; readonly button: 'on' | 'off' | 'reset' }
);

export type Scenario = {
  readonly name: string;
  /** Where logs, state and the control socket are kept; relative to the file. */
  readonly folder: string;
  readonly machines: readonly MachineConfig[];
  readonly devices: readonly DeviceConfig[];
  readonly script: readonly ScriptStep[];
};

const MACHINES_MAX = 64;
const STEPS_MAX = 10_000;

/** A fault is one sentence that names place, value and way out. */
export function readScenario(json: string): Result<Scenario, string> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    return fail(`the scenario is no JSON: ${cause instanceof Error ? cause.message : ''}`);
  }
  const top = field.readFields(value, 'the scenario', {
    name: { check: field.name },
    folder: { check: field.text, default: undefined },
    machines: { check: field.list },
    devices: { check: field.list },
    script: { check: field.list, default: [] },
  });
  if (!top.ok) return top;
  const { name, folder } = top.value;
  const machines = each(top.value['machines'], 'machines', readMachine, MACHINES_MAX);
  if (!machines.ok) return machines;
  const devices = each(top.value['devices'], 'devices', readDevice, MACHINES_MAX);
  if (!devices.ok) return devices;
  const script = each(top.value['script'], 'script', readStep, STEPS_MAX);
  if (!script.ok) return script;
  const read: Scenario = {
    name: field.word(name),
    folder: folder === undefined ? `${field.word(name)}.lab` : field.word(folder),
    machines: machines.value,
    devices: devices.value,
    script: script.value,
  };
  const wrong = firstWrongName(read);
  return wrong === undefined ? ok(read) : fail(wrong);
}

function each<Read>(
  value: unknown,
  what: string,
  read: (value: unknown, place: string) => Result<Read, string>,
  most: number,
): Result<Read[], string> {
  const values = Array.isArray(value) ? (value as unknown[]) : [];
  if (values.length > most) return fail(`${what}: ${values.length} are more than ${most}`);
  const made: Read[] = [];
  for (const [index, one] of values.entries()) {
    const result = read(one, `${what}[${index}]`);
    if (!result.ok) return result;
    made.push(result.value);
  }
  return ok(made);
}

function readMachine(value: unknown, place: string): Result<MachineConfig, string> {
  const read = field.readFields(value, place, {
    name: { check: field.name },
    command: { check: field.texts, default: undefined },
    environment: { check: field.textTable, default: undefined },
    directory: { check: field.text, default: undefined },
    forgets: { check: field.texts, default: undefined },
    stateFile: { check: field.text, default: undefined },
    restore: { check: field.oneOf('on', 'off', 'last'), default: 'on' },
  });
  if (!read.ok) return read;
  const { command, stateFile } = read.value;
  if (command !== undefined && stateFile !== undefined) {
    return fail(`${place} has a command and a stateFile: it can be only one of them`);
  }
  // Every field has just been checked.
  return ok(read.value as MachineConfig);
}

const COMMON = {
  name: { check: field.name },
  kind: { check: field.text },
  address: { check: field.text, default: '127.0.0.1' },
  port: { check: field.port },
  poweredBy: { check: field.name, default: undefined },
} as const;

function readDevice(value: unknown, place: string): Result<DeviceConfig, string> {
  if (!field.isFields(value)) return fail(`${place} must be an object in braces`);
  const kind = faceKind(String(value['kind']));
  if (!kind.ok) return fail(`${place}: ${kind.fault}`);
  const driven = drivenFields(kind.value);
  const read = field.readFields(value, place, { ...COMMON, ...driven, ...kind.value.fields });
  if (!read.ok) return read;
  const { name, address, port, poweredBy, machine, feeds, on } = read.value;
  return ok({
    name: String(name),
    kind: String(value['kind']),
    address: String(address),
    port: Number(port),
    feeds: Array.isArray(feeds) ? (feeds as (string | null)[]) : [],
    machine: typeof machine === 'string' ? machine : undefined,
    poweredBy: typeof poweredBy === 'string' ? poweredBy : undefined,
    on: on !== false,
    fields: Object.fromEntries(
      Object.keys(kind.value.fields).map((field) => [field, read.value[field]]),
    ),
  });
}

function drivenFields({ drives }: FaceKind): Readonly<Record<string, field.FieldSpec>> {
  if (drives === 'machine') return { machine: { check: field.name } };
  return {
    feeds: {
      check: (value) =>
        Array.isArray(value) && value.every((one) => one === null || field.name(one) === undefined)
          ? undefined
          : 'a list with a machine, or null, for each outlet',
    },
    on: { check: field.flag, default: true },
  };
}

function readStep(value: unknown, place: string): Result<ScriptStep, string> {
  const read = field.readFields(value, place, {
    after: { check: field.text },
    device: { check: field.name, default: undefined },
    fault: { check: field.anything, default: undefined },
    outlet: { check: field.between(1, 1024), default: undefined },
    switch: { check: field.oneOf('on', 'off', 'reboot'), default: undefined },
    machine: { check: field.name, default: undefined },
    press: { check: field.oneOf('on', 'off', 'reset'), default: undefined },
  });
  if (!read.ok) return read;
  const after = parseDuration(String(read.value['after']));
  if (!after.ok) return fail(`${place}: after must be a length of time, as in 2s or 500ms`);
  const afterMs: number = after.value;
  const { device, fault, outlet, machine, switch: command, press } = read.value;
  if (device !== undefined && field.isFields(fault)) {
    const faults = readFaults(NO_FAULTS, fault);
    if (!faults.ok) return fail(`${place}: ${faults.fault}`);
    return ok({ afterMs, kind: 'fault', device: field.word(device), fault });
  }
  if (device !== undefined && outlet !== undefined && command !== undefined) {
    return ok({
      afterMs,
      kind: 'switch',
      device: field.word(device),
      outlet: Number(outlet),
      // Passed `oneOf` above, as has `press`.
      command: command as 'on' | 'off' | 'reboot',
    });
  }
  if (machine !== undefined && press !== undefined) {
    const button = press as 'on' | 'off' | 'reset';
    return ok({ afterMs, kind: 'press', machine: field.word(machine), button });
  }
  return fail(
    `${place} needs device and fault, or device, outlet and switch, or machine and press`,
  );
}

/** Names must be there once, and what is named must be there. */
function firstWrongName({ machines, devices, script }: Scenario): string | undefined {
  const known = new Set<string>();
  for (const { name } of [...machines, ...devices]) {
    if (known.has(name)) return `the name ${name} is there twice`;
    known.add(name);
  }
  const isMachine = (name: string): boolean => machines.some((machine) => machine.name === name);
  for (const device of devices) {
    const named = [...device.feeds, device.machine, device.poweredBy];
    const missing = named.find((name) => typeof name === 'string' && !isMachine(name));
    if (missing !== undefined)
      return `${device.name} names ${String(missing)}, which is no machine`;
  }
  for (const [index, step] of script.entries()) {
    const place = `script[${index}]`;
    if (step.kind === 'press') {
      if (!isMachine(step.machine)) return `${place} names ${step.machine}, which is no machine`;
      continue;
    }
    if (!devices.some(({ name }) => name === step.device)) {
      return `${place} names ${step.device}, which is no device`;
    }
  }
  return undefined;
}
