/**
 * The object ids of an APC rack PDU that managers use: who it is, its outlets' states, its outlets'
 * controls. Values as the vendor's MIB names them: 1 on, 2 off, 3 reboot.
 */
import snmp, { type Column, type Mib } from 'net-snmp';
import type { Command } from './event-log.ts';

const RPDU = '1.3.6.1.4.1.318.1.1.12';
const SYSTEM = '1.3.6.1.2.1.1';
/** What an AP7900-like switched rack PDU answers as its sysObjectID: managers choose by it. */
const SYSTEM_OBJECT_ID = '1.3.6.1.4.1.318.1.3.4.5';

const CONTROL = 'rPDUOutletControlTable';
const STATUS = 'rPDUOutletStatusTable';
export const CONTROL_COMMAND_OID = `${RPDU}.3.3.1.1.4`;
export const STATUS_STATE_OID = `${RPDU}.3.5.1.1.4`;

const COLUMN = { index: 1, name: 2, phase: 3, state: 4, pending: 5, bank: 6 } as const;
const BANK_IN_CONTROL = 5;

/** The delayed commands (4 to 7) are not simulated and are refused as wrong values. */
const COMMANDS: Readonly<Record<number, Command>> = { 1: 'on', 2: 'off', 3: 'reboot' };
const STATE_ON = 1;
const STATE_OFF = 2;

export type OutletRow = { readonly number: number; readonly name: string };

/** Registers everything; all outlets are off. */
export function registerObjects(mib: Mib, pduName: string, outlets: readonly OutletRow[]): void {
  registerScalars(mib, pduName, outlets.length);
  const integer = snmp.ObjectType.Integer;
  const text = snmp.ObjectType.OctetString;
  const command = {
    ...column(COLUMN.state, 'rPDUOutletControlOutletCommand', integer),
    maxAccess: snmp.MaxAccess['read-write'],
    constraints: { enumeration: Object.fromEntries(Object.entries(COMMANDS)) },
  };
  registerTable(mib, CONTROL, `${RPDU}.3.3.1.1`, [
    column(COLUMN.index, 'rPDUOutletControlIndex', integer),
    column(COLUMN.name, 'rPDUOutletControlOutletName', text),
    column(COLUMN.phase, 'rPDUOutletControlOutletPhase', integer),
    command,
    column(BANK_IN_CONTROL, 'rPDUOutletControlOutletBank', integer),
  ]);
  registerTable(mib, STATUS, `${RPDU}.3.5.1.1`, [
    column(COLUMN.index, 'rPDUOutletStatusIndex', integer),
    column(COLUMN.name, 'rPDUOutletStatusOutletName', text),
    column(COLUMN.phase, 'rPDUOutletStatusOutletPhase', integer),
    column(COLUMN.state, 'rPDUOutletStatusOutletState', integer),
    column(COLUMN.pending, 'rPDUOutletStatusCommandPending', integer),
    column(COLUMN.bank, 'rPDUOutletStatusOutletBank', integer),
  ]);
  for (const { number, name } of outlets) {
    mib.addTableRow(CONTROL, [number, name, 1, STATE_OFF, 1]);
    mib.addTableRow(STATUS, [number, name, 1, STATE_OFF, 2, 1]);
  }
}

/** Makes both tables say what is true. */
export function showPower(mib: Mib, outlet: number, power: 'on' | 'off'): void {
  const value = power === 'on' ? STATE_ON : STATE_OFF;
  mib.setTableSingleCell(CONTROL, COLUMN.state, [outlet], value);
  mib.setTableSingleCell(STATUS, COLUMN.state, [outlet], value);
}

/** The outlet that an object id of the given column names, where it is one. */
export function outletOf(oid: string, columnOid: string): number | undefined {
  if (!oid.startsWith(`${columnOid}.`)) return undefined;
  const index = oid.slice(columnOid.length + 1);
  return /^\d+$/.test(index) ? Number(index) : undefined;
}

export function commandOf(value: unknown): Command | undefined {
  return typeof value === 'number' ? COMMANDS[value] : undefined;
}

function registerScalars(mib: Mib, pduName: string, outlets: number): void {
  const { Integer, OctetString, OID } = snmp.ObjectType;
  const scalars: readonly [string, string, number, string | number][] = [
    ['sysDescr', `${SYSTEM}.1`, OctetString, 'APC Switched Rack PDU (simulated by Holdfast)'],
    ['sysObjectID', `${SYSTEM}.2`, OID, SYSTEM_OBJECT_ID],
    ['sysContact', `${SYSTEM}.4`, OctetString, 'nobody'],
    ['sysName', `${SYSTEM}.5`, OctetString, pduName],
    ['sysLocation', `${SYSTEM}.6`, OctetString, 'lab'],
    ['rPDUIdentName', `${RPDU}.1.1`, OctetString, pduName],
    ['rPDUIdentHardwareRev', `${RPDU}.1.2`, OctetString, 'simulated'],
    ['rPDUIdentFirmwareRev', `${RPDU}.1.3`, OctetString, 'v3.9.2'],
    ['rPDUIdentModelNumber', `${RPDU}.1.5`, OctetString, 'AP7900'],
    ['rPDUIdentSerialNumber', `${RPDU}.1.6`, OctetString, 'HOLDFAST-LAB'],
    ['rPDUIdentDeviceNumOutlets', `${RPDU}.1.8`, Integer, outlets],
    ['rPDUIdentDeviceNumPhases', `${RPDU}.1.9`, Integer, 1],
  ];
  for (const [name, oid, scalarType, value] of scalars) {
    mib.registerProvider({
      name,
      type: snmp.MibProviderType.Scalar,
      oid,
      scalarType,
      maxAccess: snmp.MaxAccess['read-only'],
    });
    mib.setScalarValue(name, value);
  }
}

function registerTable(mib: Mib, name: string, oid: string, columns: Column[]): void {
  const [index] = columns;
  mib.registerProvider({
    name,
    type: snmp.MibProviderType.Table,
    oid,
    maxAccess: snmp.MaxAccess['read-only'],
    tableColumns: columns,
    tableIndex: index === undefined ? [] : [{ columnName: index.name }],
  });
}

function column(number: number, name: string, type: number): Column {
  return { number, name, type, maxAccess: snmp.MaxAccess['read-only'] };
}
