/** The objects that a device of a family has, over the outlets of a bank. */
import type { Bank, Shown } from './bank.ts';
import type { Command } from './command.ts';
import type { Source } from './event-log.ts';
import { type ControlColumn, type Family, oidFor, type StateColumn } from './families.ts';
import type { SnmpObject } from './snmp-tree.ts';

const SYSTEM = '1.3.6.1.2.1.1';

type StateSaid = { readonly outlet: number; readonly value: 'on' | 'off' };

export type DeviceFacts = {
  readonly name: string;
  readonly family: Family;
  readonly bank: Bank;
  /** Whose request is being answered. */
  readonly asker: () => Source;
};

export function familyObjects(facts: DeviceFacts): SnmpObject[] {
  const { bank } = facts;
  return [...scalars(facts), ...bank.outlets.flatMap(({ number }) => outletObjects(facts, number))];
}

function scalars({ name, family, bank }: DeviceFacts): SnmpObject[] {
  const rpdu = '1.3.6.1.4.1.318.1.1.12.1';
  const isApc = family.name === 'apc-rpdu';
  return [
    text(`${SYSTEM}.1.0`, family.description),
    { oid: `${SYSTEM}.2.0`, type: 'oid', read: () => family.sysObjectId },
    text(`${SYSTEM}.4.0`, 'nobody'),
    text(`${SYSTEM}.5.0`, name),
    text(`${SYSTEM}.6.0`, 'lab'),
    ...(isApc
      ? [text(`${rpdu}.1.0`, name), integer(`${rpdu}.8.0`, () => bank.outlets.length)]
      : []),
    ...family.others.filter(({ oid }) => !oid.includes('{n')).map(other),
  ];
}

function outletObjects(facts: DeviceFacts, number: number): SnmpObject[] {
  const { family } = facts;
  const shown = (): Shown => shownOf(facts.bank, number);
  const state = (): StateSaid => ({ outlet: number, value: shown().power });
  const at = (template: string): string => oidFor(template, number);
  return [
    ...family.indexes.map((oid) => integer(at(oid), () => ownNumber(oid, number))),
    ...family.names.map((oid) => text(at(oid), shown().name)),
    ...family.states.map((column) => ({
      ...integer(at(column.oid), () => stateOf(column, shown())),
      state,
    })),
    ...family.controls.map((column) => ({
      ...control(facts, column, number),
      ...(column.reads === 'state' ? { state } : {}),
    })),
    ...family.others
      .filter(({ oid }) => oid.includes('{n'))
      .map(({ oid, value }) => other({ oid: at(oid), value })),
    ...(family.name === 'apc-rpdu'
      ? [integer(at('1.3.6.1.4.1.318.1.1.12.3.5.1.1.5.{n}'), () => (shown().isPending ? 1 : 2))]
      : []),
  ];
}

function control(facts: DeviceFacts, column: ControlColumn, number: number): SnmpObject {
  const { bank, asker } = facts;
  const commandOf = (value: number): Command | undefined =>
    'any' in column.orders ? (value >= 0 ? column.orders.any : undefined) : column.orders[value];
  return {
    oid: oidFor(column.oid, number),
    type: 'integer',
    read: () => (column.reads === 'state' ? reading(facts, column, number) : column.reads),
    write: {
      accepts: (value) => commandOf(value) !== undefined,
      perform: (value) => {
        const command = commandOf(value);
        const outcome = command === undefined ? undefined : bank.order(number, command, asker());
        return outcome === undefined || outcome === 'refused' ? 'refused' : 'taken';
      },
    },
  };
}

/** A control that is read says the state in the words of its own orders. */
function reading({ bank }: DeviceFacts, { orders }: ControlColumn, number: number): number {
  const { power } = shownOf(bank, number);
  const word = Object.entries(orders).find(([, command]) => command === power);
  return Number(word?.[0] ?? 0);
}

function stateOf(column: StateColumn, { power, isPending }: Shown): number {
  const { on, off, pendingOff = on, pendingOn = off } = column;
  if (power === 'on') return isPending ? pendingOff : on;
  return isPending ? pendingOn : off;
}

function shownOf(bank: Bank, number: number): Shown {
  const found = bank.shown().find((each) => each.number === number);
  return found ?? { number, name: '', power: 'off', isPending: false };
}

function ownNumber(template: string, number: number): number {
  return Number(oidFor(template, number).split('.').at(-1));
}

function integer(oid: string, read: () => number): SnmpObject {
  return { oid, type: 'integer', read };
}

function text(oid: string, value: string): SnmpObject {
  return { oid, type: 'text', read: () => value };
}

function other({
  oid,
  value,
}: {
  readonly oid: string;
  readonly value: number | string;
}): SnmpObject {
  return typeof value === 'number' ? integer(oid, () => value) : text(oid, value);
}
