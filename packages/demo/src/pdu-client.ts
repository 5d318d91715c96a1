/** The demonstrator's hand on the PDU and on the link. */
import { askControl, type Command, type PduEvent, type PduStatus, shotsIn } from '@holdfast/lab';
import { type Name, outletOf } from './paths.ts';

/** A cut waits until the last process is gone. */
const SWITCH_LIMIT_MS = 20_000;

export type PduClient = {
  status(): Promise<PduStatus>;
  switch(name: Name, command: Command): Promise<void>;
  fault(fault: { readonly lie?: boolean; readonly silent?: boolean }): Promise<void>;
  /** All events with a higher `seq`. */
  events(after: number): Promise<PduEvent[]>;
  /** The `seq` of the last event. */
  cursor(): Promise<number>;
  /** Orders to cut power that a node sent since then. */
  shots(after: number, target?: Name): Promise<PduEvent[]>;
};

export function pduClient(controlPath: string): PduClient {
  const events = async (after: number): Promise<PduEvent[]> => {
    const answer = await askControl(controlPath, { do: 'events', after });
    return (answer as { events: PduEvent[] }).events;
  };
  return {
    status: async () => (await askControl(controlPath, { do: 'status' })) as PduStatus,
    switch: async (name, command) => {
      const request = { do: 'switch', outlet: outletOf(name), command };
      await askControl(controlPath, request, SWITCH_LIMIT_MS);
    },
    fault: async (fault) => {
      await askControl(controlPath, { do: 'fault', ...fault });
    },
    events,
    cursor: async () => (await events(0)).at(-1)?.seq ?? 0,
    shots: async (after, target) =>
      shotsIn(await events(after), target === undefined ? undefined : outletOf(target)),
  };
}
