/** The datagram port: several links, each with one address here and one for every peer. */
import type { NodeId } from '@holdfast/base';

export type TransportEvents = {
  /** Bytes that arrived on a link. Who sent them is for the bytes to prove, not for the address. */
  readonly onDatagram: (bytes: Buffer, link: number) => void;
  /**
   * The local end of a link came, with the largest UDP payload that its interface sends in one piece;
   * or went (undefined). Told at the start as well.
   */
  readonly onInterface: (link: number, payloadBytes: number | undefined) => void;
  /** Something the operator may want to know: a send that failed, a port that somebody else has. */
  readonly onTrouble: (what: string) => void;
};

export type Transport = {
  /**
   * Sends on a link. Never throws and never blocks; loss is the ring's business. The bytes are the
   * transport's until `onDone` is called, once.
   */
  readonly send: (to: NodeId, link: number, bytes: Uint8Array, onDone?: () => void) => void;
  readonly close: () => Promise<void>;
};
