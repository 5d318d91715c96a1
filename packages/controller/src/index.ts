export { readCluster } from './deciding.ts';
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
export type { FenceEntry } from './commands.ts';
