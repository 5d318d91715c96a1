export { deadline, info, quorum, type QuorumState, step, view } from './machine.ts';
export type {
  QuorateEpoch,
  QuorumConfig,
  QuorumEffect,
  QuorumInfo,
  QuorumInput,
  QuorumMember,
  QuorumRecord,
  QuorumView,
} from './protocol.ts';
export { votesNeeded, votesOf } from './votes.ts';
