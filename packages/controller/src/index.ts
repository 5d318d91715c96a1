export { readCluster } from './cluster.ts';
export { devicesFor } from './fence-drills.ts';
export { executorAmong, priorityDelayMs } from './fence-order.ts';
export { heldNames } from './fence-holds.ts';
export { readFencerConfig } from './fencing-config.ts';
export { isFailure } from './history.ts';
export { deadline, step } from './machine.ts';
export type {
  Answer,
  ControllerConfig,
  ControllerEffect,
  ControllerInput,
  DiskEffect,
  QuorumNews,
  QuorumReading,
  ReceiptReading,
  Request,
  RequestFault,
} from './protocol.ts';
export { controller, type ControllerState, dcOf, isDc, nameOf, selfName } from './state.ts';
export type { Attempts, FenceEntry, FenceProgress, FenceProof } from './commands.ts';
