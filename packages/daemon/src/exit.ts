/** Exit codes of the daemon (docs/spec/interfaces.md, 4a), and the one sentence that goes with them. */

export const EXIT = {
  ok: 0,
  usage: 64,
  noInput: 66,
  noHost: 68,
  unavailable: 69,
  bug: 70,
  io: 74,
  permission: 77,
  config: 78,
  exists: 108,
  /** The cluster has proof that this node is off: stay down. */
  fenced: 100,
  /** The same, and the machine is to be reset. */
  panic: 101,
} as const;

export type StartFault = { readonly code: number; readonly sentences: readonly string[] };
