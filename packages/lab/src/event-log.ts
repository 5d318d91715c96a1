/** What happened at the devices and when: kept in memory for whoever asks, and in a file for the judge. */
import { appendFileSync } from 'node:fs';
import { nowMs } from './clock.ts';
import type { Command, Outcome } from './command.ts';
import type { Faults } from './faults.ts';

/** Events kept in memory; older ones are only in the file. */
export const EVENTS_MAX = 20_000;

/** Whose doing an event was: a manager at one of the faces, the script, or the hand of whoever runs the lab. */
export type Source =
  | { readonly kind: 'hand' }
  | { readonly kind: 'script' }
  | {
      readonly kind: 'snmp';
      readonly address: string;
      readonly port: number;
      /** The community, or the user of version 3. */
      readonly community: string;
      /** SNMP's own number of the request: a retransmission has the same. */
      readonly request: number;
    }
  | {
      readonly kind: 'console' | 'redfish' | 'bmc';
      readonly address: string;
      readonly port: number;
      readonly user: string;
    };

export type PduFact =
  | { readonly kind: 'get'; readonly outlet: number; readonly value: 'on' | 'off' }
  | {
      readonly kind: 'set';
      readonly outlet: number;
      readonly command: Command;
      readonly outcome: Outcome;
    }
  /** A request answered with an SNMP error; `status` is its number. */
  | { readonly kind: 'refused'; readonly oid: string; readonly status: number }
  /** The power began to go: the kill signals leave now. */
  | { readonly kind: 'cutting'; readonly outlet: number }
  /** No process of the outlet is left. */
  | { readonly kind: 'off'; readonly outlet: number }
  | { readonly kind: 'on'; readonly outlet: number; readonly pid: number }
  /** The command ended by itself; the outlet still has power. */
  | { readonly kind: 'exited'; readonly outlet: number; readonly how: string }
  /** What is planted from now on. */
  | { readonly kind: 'fault'; readonly faults: Faults }
  /** Somebody logged in, left, or was not let in. */
  | { readonly kind: 'session'; readonly what: SessionChange; readonly user: string }
  /** A machine started or ended, whatever feeds it. */
  | { readonly kind: 'machine'; readonly machine: string; readonly power: 'on' | 'off' };

export type SessionChange = 'opened' | 'closed' | 'busy' | 'denied' | 'locked-out';

/** `at`: milliseconds since the epoch. `seq` rises by one from 1. */
export type PduEvent = PduFact & {
  readonly seq: number;
  readonly at: number;
  readonly by: Source;
  /** Which device, where several write into one log. */
  readonly device?: string;
};

export type EventLog = {
  add(fact: PduFact, by: Source): PduEvent;
  /** All that are still in memory with a higher `seq`. */
  after(seq: number): PduEvent[];
  /** The same log, for one device: its events carry the name. */
  as(device: string): EventLog;
};

/** Appends to `path`, one JSON object a line; `onEvent` hears of each as well. */
export function openEventLog(path: string, onEvent?: (event: PduEvent) => void): EventLog {
  const events: PduEvent[] = [];
  let seq = 0;
  const after = (from: number): PduEvent[] => events.filter((event) => event.seq > from);
  const log = (device?: string): EventLog => ({
    add: (fact, by) => {
      seq += 1;
      const named = device === undefined ? {} : { device };
      const event: PduEvent = { ...fact, ...named, seq, at: nowMs(), by };
      events.push(event);
      if (events.length > EVENTS_MAX) events.shift();
      appendFileSync(path, `${JSON.stringify(event)}\n`);
      onEvent?.(event);
      return event;
    },
    after,
    as: log,
  });
  return log();
}

/** Orders of managers to cut power, each once however often it was sent. */
export function shotsIn(events: readonly PduEvent[], outlet?: number): PduEvent[] {
  const seen = new Set<string>();
  return events.filter((event) => {
    if (event.kind !== 'set' || event.command === 'on') return false;
    if (event.by.kind === 'hand' || event.by.kind === 'script') return false;
    if (outlet !== undefined && event.outlet !== outlet) return false;
    if (event.by.kind !== 'snmp') return true;
    const key = `${event.device ?? ''}/${event.by.address}:${event.by.port}:${event.by.request}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
