/** What happened at the PDU and when: kept in memory for whoever asks, and in a file for the judge. */
import { appendFileSync } from 'node:fs';
import { nowMs } from './clock.ts';

/** Events kept in memory; older ones are only in the file. */
export const EVENTS_MAX = 20_000;

/** Whose doing an event was: somebody with an SNMP manager, or the hand of whoever runs the lab. */
export type Source =
  | { readonly kind: 'hand' }
  | {
      readonly kind: 'snmp';
      readonly address: string;
      readonly port: number;
      readonly community: string;
      /** SNMP's own number of the request: a retransmission has the same. */
      readonly request: number;
    };

export type Command = 'on' | 'off' | 'reboot';

/** `lie`: acknowledge and do nothing. `silent`: answer nobody. `slowMs`: answer late. */
export type PduFaults = {
  readonly lie: boolean;
  readonly silent: boolean;
  readonly slowMs: number;
};

export type PduFact =
  | { readonly kind: 'get'; readonly outlet: number; readonly value: 'on' | 'off' }
  /** `taken`: it will be done. `lied`: acknowledged, and nothing will be done. */
  | {
      readonly kind: 'set';
      readonly outlet: number;
      readonly command: Command;
      readonly outcome: 'taken' | 'lied';
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
  | { readonly kind: 'fault'; readonly faults: PduFaults };

/** `at`: milliseconds since the epoch. `seq` rises by one from 1. */
export type PduEvent = PduFact & {
  readonly seq: number;
  readonly at: number;
  readonly by: Source;
};

export type EventLog = {
  add(fact: PduFact, by: Source): PduEvent;
  /** All that are still in memory with a higher `seq`. */
  after(seq: number): PduEvent[];
};

/** Appends to `path`, one JSON object a line. */
export function openEventLog(path: string): EventLog {
  const events: PduEvent[] = [];
  let seq = 0;
  return {
    add: (fact, by) => {
      seq += 1;
      const event: PduEvent = { ...fact, seq, at: nowMs(), by };
      events.push(event);
      if (events.length > EVENTS_MAX) events.shift();
      appendFileSync(path, `${JSON.stringify(event)}\n`);
      return event;
    },
    after: (from) => events.filter((event) => event.seq > from),
  };
}

/** Orders to cut power that came by SNMP, each once however often it was sent. */
export function shotsIn(events: readonly PduEvent[], outlet?: number): PduEvent[] {
  const seen = new Set<string>();
  return events.filter((event) => {
    if (event.kind !== 'set' || event.command === 'on' || event.by.kind !== 'snmp') return false;
    if (outlet !== undefined && event.outlet !== outlet) return false;
    const key = `${event.by.address}:${event.by.port}:${event.by.request}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
