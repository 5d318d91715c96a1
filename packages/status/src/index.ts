export { type ActiveReading, findActive, type Instance, momentOf, type Trace } from './active.ts';
export { type Activity, readActivity } from './activity.ts';
export { type FailCountReading, readClusterStatus, type StatusReading } from './cluster-status.ts';
export { describeBan, type FailureReading, readFailures } from './failures.ts';
export { type HistoryReading, inOrder, readHistory } from './history.ts';
export { type OnFail, type Surroundings } from './judge.ts';
export { compareNames, determineNodes, type NodeStanding } from './node-standing.ts';
export { type NodeReading, quorumPolicy, readNodes } from './nodes.ts';
export { type Place, readPlaces } from './places.ts';
export type {
  BundleReading,
  CloneReading,
  GroupReading,
  InstanceReading,
  PrimitiveReading,
  ResourceReading,
} from './resource-reading.ts';
export { parseScoreText } from './scores.ts';
export { nodeLines, primitiveLine, resourceLines } from './status-lines.ts';
export {
  canFence,
  type Cluster,
  type FailCount,
  failCountOf,
  surroundingsOf,
} from './surroundings.ts';
