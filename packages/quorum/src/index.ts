export { deadline, step } from './machine.ts';
export { type Cast, type QuorumDigests, type QuorumOrder, readOrder } from './orders.ts';
export type {
  QuorateEpoch,
  QuorumAsk,
  QuorumConfig,
  QuorumDevice,
  QuorumEffect,
  QuorumInfo,
  QuorumInput,
  QuorumMember,
  QuorumRecord,
  QuorumView,
} from './protocol.ts';
export { info, quorum, type QuorumState } from './state.ts';
export { view } from './view.ts';
export { dependsOnEpochs, votesNeeded, votesOf } from './votes.ts';
