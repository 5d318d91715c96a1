export { decodeFrame, encodeFrame, type Frame, type Header } from './codec.ts';
export type { Counters, Depths } from './counters.ts';
export { deadline, frozenFor, ringStatus, type RingStatus, room, step } from './machine.ts';
export type { CommitToken, Join, Mcast, Message, Token } from './message.ts';
export {
  describeRefusal,
  PAYLOAD_BYTES_MAX,
  QUEUE_BYTES_MAX,
  type Refusal,
  type Room,
} from './queue.ts';
export type { Membership, RingDown, RingId, RingUp } from './port.ts';
export { ring, type RingConfig, type RingEffect, type RingInput, type RingState } from './state.ts';
export { ringTimeouts, type RingTimeouts, type TimeoutChoice } from './timeouts.ts';
