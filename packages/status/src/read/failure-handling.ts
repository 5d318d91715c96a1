/** What the hardest failure on a node asks for (A2.6.5 d, B1.7.3). */
import { MINUS_INFINITY } from '@holdfast/base';
import type { ClusterResource } from '../model/resource.ts';
import { block } from './active.ts';
import { addScore } from './allowed.ts';
import { markForFencing } from './fencing.ts';
import type { Reading } from './reading.ts';
import { bundleOf } from './traits.ts';

export function applyOnFail(reading: Reading, isActive: boolean): void {
  const { cluster, resource, node } = reading;
  switch (reading.onFail) {
    case 'ignore':
      return;
    case 'demote':
      resource.isFailed = true;
      cluster.findings.demote(resource, node);
      return;
    case 'fence':
      markForFencing(cluster, node, `${resource.id} failed there`);
      return;
    case 'standby':
      node.isStandby = true;
      node.isStandbyOnFail = true;
      return;
    case 'block':
      block(resource);
      return;
    case 'ban':
      addScore(resource, node, MINUS_INFINITY);
      return;
    case 'stop':
      resource.nextRole = 'Stopped';
      return;
    case 'restart':
      if (!isActive) return;
      fail(resource);
      cluster.findings.stop(resource, node);
      return;
    case 'restart-container':
      restartContainer(reading, isActive);
      return;
    case 'reset-remote':
      resetRemote(reading, isActive);
      return;
  }
}

function fail(resource: ClusterResource): void {
  resource.isFailed = true;
  resource.mustStop = true;
}

function restartContainer({ cluster, resource, node }: Reading, isActive: boolean): void {
  fail(resource);
  const { launcher } = resource;
  if (launcher !== undefined && bundleOf(resource) !== undefined) cluster.stopLater.push(launcher);
  else if (launcher !== undefined) cluster.findings.stop(launcher, node);
  else if (isActive) cluster.findings.stop(resource, node);
}

function resetRemote({ cluster, resource, node }: Reading, isActive: boolean): void {
  fail(resource);
  const remote = resource.remoteNode;
  if (cluster.options.isFencing && remote?.kind === 'remote' && !remote.isFenced) {
    markForFencing(cluster, remote, 'remote connection is unrecoverable');
  }
  if (isActive) cluster.findings.stop(resource, node);
  if (resource.reconnectMs > 0) resource.nextRole = 'Stopped';
}
