/** What may go wrong between a client and the daemon, and how JSON-RPC spells it on the wire. */

/** Every fault a call can end with. One word for machines; the sentence beside it is for people. */
export const FAULT_CODES = [
  /** What was asked is wrong in itself; asking again will not help. */
  'invalid',
  /** Somebody else changed the configuration since it was read. */
  'stale',
  /** This partition may not change anything. */
  'no-quorum',
  'unknown-node',
  'unknown-resource',
  'unknown-agent',
  'unknown-method',
  /** The daemon is there, but has not joined a cluster yet. */
  'not-ready',
  'timeout',
  /** It could be done, but could harm; only a stronger word does it. */
  'unsafe',
  /** Not through this socket. */
  'forbidden',
  'unsupported',
  /** It was tried, and failed. */
  'failed',
  /** No daemon behind the socket, or it went away. */
  'unreachable',
  /** What came over the socket is not the agreed language. */
  'garbled',
] as const;

export type FaultCode = (typeof FAULT_CODES)[number];

export type RpcFault = {
  readonly code: FaultCode;
  /** One clear sentence. */
  readonly message: string;
  /** Where there is more than one thing to say: one sentence each. */
  readonly details?: readonly string[];
};

/** JSON-RPC's own numbers where they fit; every other fault of ours is -32000 and told apart by its word. */
const WIRE_CODES: Readonly<Partial<Record<FaultCode, number>>> = {
  garbled: -32700,
  'unknown-method': -32601,
  invalid: -32602,
};

export function wireCode(code: FaultCode): number {
  return WIRE_CODES[code] ?? -32000;
}

export function isFaultCode(word: unknown): word is FaultCode {
  return FAULT_CODES.some((code) => code === word);
}

/** A socket that could not be served or reached. `fault` says it for machines. */
export class IpcError extends Error {
  readonly fault: RpcFault;

  constructor(fault: RpcFault, options?: ErrorOptions) {
    super(fault.message, options);
    this.name = 'IpcError';
    this.fault = fault;
  }
}
