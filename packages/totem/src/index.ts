export { decodeFrame, encodeFrame, type Frame, type Header } from './codec.ts';
export { deadline, ringStatus, type RingStatus, step } from './machine.ts';
export type { CommitToken, Join, Mcast, Message, Token } from './message.ts';
export { PAYLOAD_BYTES_MAX } from './packing.ts';
export type { Membership, RingDown, RingId, RingUp } from './port.ts';
export { ring, type RingConfig, type RingEffect, type RingInput, type RingState } from './state.ts';
export { ringTimeouts, type RingTimeouts, type TimeoutChoice } from './timeouts.ts';
