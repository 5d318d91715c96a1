export { decodeFrame, encodeFrame, type Frame, type Header } from './codec.ts';
export type { Counters, Depths } from './counters.ts';
export { GROUP_NAME_MAX, type GroupMember, MEMBERSHIPS_MAX } from './group-codec.ts';
export {
  type GroupEffect,
  type GroupInput,
  groups,
  type GroupsState,
  type GroupView,
  stepGroups,
} from './groups.ts';
export { deadline, frozenFor, ringStatus, type RingStatus, room, step } from './machine.ts';
export {
  type Group,
  type Handlers,
  Member,
  type MemberOptions,
  type MemberWorld,
} from './member.ts';
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
