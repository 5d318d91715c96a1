export { checkParams, checkResult } from './check.ts';
export { type Client, connect } from './client.ts';
export { type FaultCode, IpcError, type RpcFault } from './faults.ts';
export { MESSAGE_BYTES_MAX } from './framing.ts';
export type {
  ClusterStatus,
  ConfChangeRecord,
  FenceCut,
  FencePath,
  FenceRace,
  FenceRecord,
  FencingStatus,
  Methods,
  Receipt,
  ReloadReport,
} from './methods.ts';
export { socketPath, type SocketChoice } from './paths.ts';
export { isMethodName, METHOD_NAMES, type MethodName, READING_METHODS } from './schemas.ts';
export { type Caller, type Handler, serve, type ServeOptions, type Server } from './server.ts';
