/** The datagram port: send bytes to a node, receive bytes from whoever knows the address. */
import type { NodeId } from '@holdfast/base';

export type TransportEvents = {
  /** Bytes that arrived. Who sent them is for the sealed frame inside to say, not for the address. */
  readonly onDatagram: (bytes: Uint8Array) => void;
  /** Something the operator may want to know: a send that failed, an address that went away. */
  readonly onTrouble: (what: string) => void;
};

export type Transport = {
  /** Sends to one node, or to every peer. Never throws and never blocks; loss is the ring's business. */
  readonly send: (to: NodeId | 'all', bytes: Uint8Array) => void;
  readonly close: () => Promise<void>;
};
