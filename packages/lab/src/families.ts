/**
 * Device families by their object ids, as data: who the device says it is, where it shows its outlets
 * and where it takes orders. `{n}` in an id is the outlet's number, `{n-1}` and `{n+1}` beside it.
 */
import { fail, ok, type Result } from '@holdfast/base';
import type { Command } from './command.ts';

const ENTERPRISES = '1.3.6.1.4.1';
const APC = `${ENTERPRISES}.318.1.1`;
const EATON = `${ENTERPRISES}.534.6.6`;
const RARITAN = `${ENTERPRISES}.13742.6`;
const EMERSON = `${ENTERPRISES}.476.1.42`;

export type StateColumn = {
  readonly oid: string;
  readonly on: number;
  readonly off: number;
  /** While an order is being carried out, where the family says so. */
  readonly pendingOff?: number;
  readonly pendingOn?: number;
};

export type ControlColumn = {
  readonly oid: string;
  /** What each value orders; `any` for families whose value is a delay: from 0 on it is that order. */
  readonly orders: Readonly<Record<number, Command>> | { readonly any: Command };
  /** What it reads as: the state, as in `states[0]`, or a number of its own. */
  readonly reads: 'state' | number;
};

export type Family = {
  readonly name: string;
  readonly sysObjectId: string;
  readonly description: string;
  readonly states: readonly StateColumn[];
  readonly controls: readonly ControlColumn[];
  readonly names: readonly string[];
  /** Columns that hold the outlet's own number. */
  readonly indexes: readonly string[];
  /** Columns and scalars of no consequence that real ones have: managers ask for some. */
  readonly others: readonly { readonly oid: string; readonly value: number | string }[];
};

const APC_ORDERS = { 1: 'on', 2: 'off', 3: 'reboot' } as const;
const RPDU = `${APC}.12`;

const APC_IDENTITY = [
  { oid: `${RPDU}.1.2.0`, value: 'simulated' },
  { oid: `${RPDU}.1.3.0`, value: 'v3.9.2' },
  { oid: `${RPDU}.1.5.0`, value: 'AP7900' },
  { oid: `${RPDU}.1.6.0`, value: 'HOLDFAST-LAB' },
  { oid: `${RPDU}.1.9.0`, value: 1 },
];

export const FAMILIES: readonly Family[] = [
  {
    name: 'apc-rpdu',
    sysObjectId: `${ENTERPRISES}.318.1.3.4.5`,
    description: 'APC Switched Rack PDU (simulated by Holdfast)',
    states: [{ oid: `${RPDU}.3.5.1.1.4.{n}`, on: 1, off: 2 }],
    controls: [{ oid: `${RPDU}.3.3.1.1.4.{n}`, orders: APC_ORDERS, reads: 'state' }],
    names: [`${RPDU}.3.3.1.1.2.{n}`, `${RPDU}.3.5.1.1.2.{n}`],
    indexes: [`${RPDU}.3.3.1.1.1.{n}`, `${RPDU}.3.5.1.1.1.{n}`],
    others: [
      ...APC_IDENTITY,
      { oid: `${RPDU}.3.3.1.1.3.{n}`, value: 1 },
      { oid: `${RPDU}.3.3.1.1.5.{n}`, value: 1 },
      { oid: `${RPDU}.3.5.1.1.3.{n}`, value: 1 },
      { oid: `${RPDU}.3.5.1.1.6.{n}`, value: 1 },
    ],
  },
  {
    name: 'apc-masterswitch',
    sysObjectId: `${ENTERPRISES}.318.1.3.4.1`,
    description: 'APC MasterSwitch (simulated by Holdfast)',
    states: [],
    controls: [{ oid: `${APC}.4.4.2.1.3.{n}`, orders: APC_ORDERS, reads: 'state' }],
    names: [`${APC}.4.4.2.1.4.{n}`],
    indexes: [`${APC}.4.4.2.1.1.{n}`],
    others: [],
  },
  {
    name: 'apc-masterswitch-6',
    sysObjectId: `${ENTERPRISES}.318.1.3.4.6`,
    description: 'APC MasterSwitch, firmware 6 (simulated by Holdfast)',
    states: [{ oid: `${APC}.4.4.2.1.3.{n}`, on: 1, off: 2 }],
    controls: [{ oid: `${RPDU}.3.3.1.1.4.{n}`, orders: APC_ORDERS, reads: 'state' }],
    names: [`${APC}.4.4.2.1.4.{n}`, `${RPDU}.3.3.1.1.2.{n}`],
    indexes: [`${APC}.4.4.2.1.1.{n}`, `${RPDU}.3.3.1.1.1.{n}`],
    others: [],
  },
  {
    name: 'apc-masterswitch-plus',
    sysObjectId: `${ENTERPRISES}.318.1.3.4.4`,
    description: 'APC MasterSwitch Plus (simulated by Holdfast)',
    states: [{ oid: `${APC}.6.7.1.1.5.1.1.{n}`, on: 1, off: 2 }],
    controls: [{ oid: `${APC}.6.5.1.1.5.1.1.{n}`, orders: { 1: 'on', 3: 'off' }, reads: 'state' }],
    names: [`${APC}.6.7.1.1.4.1.1.{n}`],
    indexes: [],
    others: [],
  },
  {
    name: 'eaton-managed',
    sysObjectId: `${EATON}.6`,
    description: 'Eaton managed ePDU (simulated by Holdfast)',
    states: [],
    controls: [
      {
        oid: `${EATON}.6.1.2.2.1.3.{n-1}`,
        orders: { 0: 'off', 1: 'on', 2: 'reboot' },
        reads: 'state',
      },
    ],
    names: [`${EATON}.6.1.2.2.1.2.{n-1}`],
    indexes: [`${EATON}.6.1.2.2.1.1.{n-1}`],
    others: [],
  },
  {
    name: 'eaton-g3',
    sysObjectId: `${EATON}.7`,
    description: 'Eaton ePDU G3 (simulated by Holdfast)',
    states: [{ oid: `${EATON}.7.6.6.1.2.0.{n}`, on: 1, off: 0, pendingOff: 2, pendingOn: 3 }],
    controls: [
      { oid: `${EATON}.7.6.6.1.3.0.{n}`, orders: { any: 'off' }, reads: -1 },
      { oid: `${EATON}.7.6.6.1.4.0.{n}`, orders: { any: 'on' }, reads: -1 },
      { oid: `${EATON}.7.6.6.1.5.0.{n}`, orders: { any: 'reboot' }, reads: -1 },
    ],
    names: [`${EATON}.7.6.1.1.3.0.{n}`],
    indexes: [],
    others: [],
  },
  {
    name: 'eaton-switched',
    sysObjectId: `${ENTERPRISES}.20677.1`,
    description: 'Eaton switched ePDU (simulated by Holdfast)',
    states: [{ oid: `${ENTERPRISES}.20677.2.6.3.{n}.0`, on: 1, off: 2 }],
    controls: [
      {
        oid: `${ENTERPRISES}.20677.2.6.2.{n+1}.0`,
        orders: { 1: 'on', 2: 'off', 3: 'reboot' },
        reads: 'state',
      },
    ],
    names: [],
    indexes: [],
    others: [],
  },
  {
    name: 'raritan',
    sysObjectId: RARITAN,
    description: 'Raritan PX2 (simulated by Holdfast)',
    states: [{ oid: `${RARITAN}.4.1.2.1.3.1.{n}`, on: 7, off: 8 }],
    controls: [
      {
        oid: `${RARITAN}.4.1.2.1.2.1.{n}`,
        orders: { 0: 'off', 1: 'on', 2: 'reboot' },
        reads: 'state',
      },
    ],
    names: [`${RARITAN}.3.5.3.1.3.1.{n}`],
    indexes: [],
    others: [],
  },
  {
    name: 'emerson',
    sysObjectId: EMERSON,
    description: 'Emerson rack PDU (simulated by Holdfast)',
    states: [{ oid: `${EMERSON}.3.8.50.20.1.95.{n}`, on: 2, off: 1 }],
    controls: [
      { oid: `${EMERSON}.3.8.50.20.1.100.{n}`, orders: { 0: 'off', 1: 'on' }, reads: 'state' },
    ],
    names: [],
    indexes: [],
    others: [],
  },
  {
    name: 'tripplite',
    sysObjectId: `${ENTERPRISES}.850.1`,
    description: 'Tripp Lite PDU (simulated by Holdfast)',
    states: [{ oid: `${ENTERPRISES}.850.10.2.3.5.1.2.1.{n}`, on: 2, off: 1 }],
    controls: [
      {
        oid: `${ENTERPRISES}.850.10.2.3.5.1.4.1.{n}`,
        orders: { 1: 'off', 2: 'on' },
        reads: 'state',
      },
    ],
    names: [],
    indexes: [],
    others: [],
  },
];

export function familyNamed(name: string): Result<Family, string> {
  const family = FAMILIES.find((each) => each.name === name);
  if (family !== undefined) return ok(family);
  const names = FAMILIES.map((each) => each.name).join(', ');
  return fail(`there is no family ${name}; there are ${names}`);
}

/** The id of one outlet's object. */
export function oidFor(template: string, outlet: number): string {
  return template
    .replace('{n}', String(outlet))
    .replace('{n-1}', String(outlet - 1))
    .replace('{n+1}', String(outlet + 1));
}
