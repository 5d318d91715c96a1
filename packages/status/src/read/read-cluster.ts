/** From a CIB to nodes and resources as they stand: A0.1 up to the constraints. */
import type { EpochMs } from '@holdfast/base';
import type { Cib } from '@holdfast/cib';
import { type Cluster, type Findings, NO_FINDINGS } from '../model/cluster.ts';
import type { ClusterNode } from '../model/node.ts';
import { currentNode } from './active.ts';
import { impliedConnections, linkLaunchers } from './guests.ts';
import { readHistories } from './histories.ts';
import { stableMergeSort } from './merge-sort.ts';
import { addConfiguredNodes, addImpliedNodes } from './node-entries.ts';
import { nodeOfState, readNodeStates } from './node-states.ts';
import { readOptions, usesUnfencing } from './options.ts';
import { determineOnline, readRemoteState } from './remote-states.ts';
import { readResource } from './resources.ts';

/** `findingsOf` is given the cluster before anything of the status is read. */
export function readCluster(
  cib: Cib,
  now: EpochMs,
  findingsOf: (cluster: Cluster) => Findings = () => NO_FINDINGS,
): Cluster {
  const holder: { findings: Findings } = { findings: NO_FINDINGS };
  const cluster: Cluster = {
    cib,
    now: Math.floor(now / 1000),
    options: readOptions(cib, now),
    nodes: [],
    nodeById: new Map(),
    nodeByName: new Map(),
    resources: [],
    byId: new Map(),
    byHistoryName: new Map(),
    templates: new Map(),
    tickets: new Map(cib.status.tickets.map((ticket) => [ticket.id, ticket])),
    usesUnfencing: usesUnfencing(cib),
    hasFenceDevice: false,
    dc: undefined,
    get findings() {
      return holder.findings;
    },
    clearing: new Set(),
    expired: new Set(),
    stopLater: [],
    recheckAt: undefined,
  };
  holder.findings = findingsOf(cluster);
  addConfiguredNodes(cluster);
  addImpliedNodes(cluster);
  readResources(cluster);
  readStatus(cluster);
  return cluster;
}

function readResources(cluster: Cluster): void {
  const configured = [...cluster.cib.configuration.resources, ...impliedConnections(cluster)];
  for (const each of configured) {
    const resource = readResource(cluster, each, { parent: undefined });
    if (resource !== undefined) cluster.resources.push(resource);
  }
  linkLaunchers(cluster);
  cluster.resources = stableMergeSort(cluster.resources, (a, b) => b.priority - a.priority);
}

/** A2.1. */
function readStatus(cluster: Cluster): void {
  readNodeStates(cluster);
  const { nodes } = cluster.cib.status;
  for (let pass = 0; pass <= nodes.length && readPass(cluster, isReadable); pass += 1);
  if (cluster.options.isFencing) readPass(cluster, () => true);
  for (const container of cluster.stopLater) {
    const node = currentNode(container);
    if (node !== undefined) cluster.findings.stop(container, node);
  }
  for (const node of cluster.nodes) {
    if (node.kind === 'member') continue;
    if (node.isLeaving && node.connection !== undefined) node.connection.nextRole = 'Stopped';
    if (!node.isHistoryRead) determineOnline(node);
  }
}

/** True: at least one more node was read. */
function readPass(
  cluster: Cluster,
  isEligible: (cluster: Cluster, node: ClusterNode) => boolean,
): boolean {
  let hasRead = false;
  for (const state of cluster.cib.status.nodes) {
    const node = state.isNameless === true ? undefined : nodeOfState(cluster, state);
    if (node === undefined || node.isHistoryRead || !isEligible(cluster, node)) continue;
    node.state ??= state;
    if (node.kind !== 'member') readRemoteState(cluster, node);
    readHistories(cluster, node, state);
    hasRead = true;
  }
  return hasRead;
}

function isReadable({ options }: Cluster, { kind, connection, isOnline }: ClusterNode): boolean {
  switch (kind) {
    case 'guest':
      return connection?.role === 'Started' && connection.launcher?.role === 'Started';
    case 'remote':
      return connection !== undefined && (connection.role === 'Started' || options.isShutdownLock);
    case 'member':
      return isOnline || options.isFencing || options.isShutdownLock;
  }
}
