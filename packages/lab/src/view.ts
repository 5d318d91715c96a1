/** The lab as text: what is on, who is logged in, who shot; drawn again and again on a terminal. */
import type { PduEvent, Source } from './event-log.ts';
import { NO_FAULTS } from './faults.ts';
import type { LabStatus } from './lab.ts';

const NAME_WIDTH = 14;
const EVENTS_SHOWN = 12;

/** The whole view, a line each; `events` as many of the last as there is room for. */
export function drawLab(status: LabStatus, events: readonly PduEvent[]): string[] {
  return [
    `lab ${status.name}`,
    '',
    'machines',
    ...status.machines.map(
      ({ name, power, standby, pid }) =>
        `  ${pad(name)} ${power.padEnd(4)} ${standby ? 'standby power' : 'no power at all'}${pid === null ? '' : `, process group ${pid}`}`,
    ),
    '',
    'devices',
    ...status.devices.flatMap(deviceLines),
    '',
    'what happened last',
    ...events
      .filter(({ kind }) => kind !== 'get')
      .slice(-EVENTS_SHOWN)
      .map((event) => `  ${describeEvent(event)}`),
  ];
}

function deviceLines(device: LabStatus['devices'][number]): string[] {
  const { name, kind, where, isAlive, sessions, outlets, faults, shots } = device;
  const planted = Object.entries(faults)
    .filter(([field, value]) => JSON.stringify(value) !== JSON.stringify(defaultOf(field)))
    .map(([field, value]) => `${field}=${JSON.stringify(value)}`);
  const facts = [
    isAlive ? '' : 'DEAD: no power',
    sessions === null ? '' : `${sessions} logged in`,
    `${shots} shots`,
    planted.length === 0 ? '' : `faults ${planted.join(' ')}`,
  ].filter((fact) => fact !== '');
  return [
    `  ${pad(name)} ${kind} ${where}, ${facts.join(', ')}`,
    ...outlets.map(
      ({ number, name: outlet, power, machine }) =>
        `    ${String(number).padStart(2)} ${pad(outlet)} ${power.padEnd(4)}${machine === null || machine === outlet ? '' : ` feeds ${machine}`}`,
    ),
  ];
}

function defaultOf(field: string): unknown {
  return Object.entries(NO_FAULTS).find(([name]) => name === field)?.[1];
}

/** One event as one line. */
export function describeEvent(event: PduEvent): string {
  const at = new Date(event.at).toISOString().slice(11, 23);
  const where = event.device === undefined ? '' : `${event.device} `;
  return `${at} ${where}${fact(event)}${asker(event.by)}`;
}

function fact(event: PduEvent): string {
  switch (event.kind) {
    case 'get':
      return `outlet ${event.outlet} was asked and said ${event.value}`;
    case 'set':
      return `outlet ${event.outlet} was told ${event.command}: ${event.outcome}`;
    case 'refused':
      return `refused ${event.oid} with error ${event.status}`;
    case 'cutting':
      return `outlet ${event.outlet} is being cut`;
    case 'off':
      return `outlet ${event.outlet} is off`;
    case 'on':
      return `outlet ${event.outlet} is on`;
    case 'exited':
      return `the machine ended by itself: ${event.how}`;
    case 'fault':
      return 'faults were planted';
    case 'session':
      return `${event.user === '' ? 'somebody' : event.user}: session ${event.what}`;
    case 'machine':
      return `machine ${event.machine} is ${event.power}`;
  }
}

function asker(by: Source): string {
  switch (by.kind) {
    case 'hand':
      return '';
    case 'script':
      return ' (script)';
    case 'snmp':
      return ` (SNMP from ${by.address}:${by.port})`;
    case 'console':
    case 'redfish':
    case 'bmc':
      return ` (${by.kind} from ${by.address}:${by.port})`;
  }
}

function pad(text: string): string {
  return text.padEnd(NAME_WIDTH);
}
