export {
  type Cluster,
  type ClusterOptions,
  type Findings,
  NO_FINDINGS,
  noteRecheck,
  pairKey,
} from './model/cluster.ts';
export { type ClusterNode, isAvailable } from './model/node.ts';
export {
  type AllowedTable,
  type AnyRole,
  type ClusterResource,
  type Entry,
  rankOf,
  type Replica,
  variantRank,
} from './model/resource.ts';
export { activeCount, block, currentNode } from './read/active.ts';
export {
  add,
  addScore,
  addScoreEverywhere,
  copyEntry,
  copyTable,
  newEntry,
} from './read/allowed.ts';
export { clusterLines, disabledLine } from './lines/cluster-lines.ts';
export { nodeLines } from './lines/node-lines.ts';
export { resourceLines } from './lines/resource-lines.ts';
export { healthOf } from './read/health.ts';
export { compareNames } from './read/names.ts';
export { compareAge, inOrder, startAndStop } from './read/entry-order.ts';
export {
  compareDigests,
  type Comparison,
  digestOfParameters,
  digestsFor,
  hasSameSecureDigest,
  isNewer,
  oldSecureDigest,
} from './read/digests.ts';
export { effectiveFailCount, failCountWithLaunched, rawFailCount } from './read/fail-counts.ts';
export { canFence, hasFencing, markForFencing } from './read/fencing.ts';
export { guestConnectionOf, isConnectionAgent, makesNode } from './read/guests.ts';
export { findResource } from './read/instance-choice.ts';
export { findOperation, isDisabled, readInterval } from './read/intervals.ts';
export { insertSorted, stableMergeSort } from './read/merge-sort.ts';
export { isRemoteAgent, nowMs } from './read/node-entries.ts';
export { nodeOfState } from './read/node-states.ts';
export { isRemoteConnection, onFailOf, onFailText } from './read/on-fail.ts';
export {
  addressByHost,
  instanceParameters,
  isReachedByHost,
  nodeContext,
  operationParameters,
  optionsOf,
  ownParameters,
  timeoutOf,
} from './read/parameters.ts';
export { readCluster } from './read/read-cluster.ts';
export {
  bundleOf,
  everyPart,
  needsFencing,
  primitivesOf,
  requestedRole,
  topOf,
} from './read/traits.ts';
