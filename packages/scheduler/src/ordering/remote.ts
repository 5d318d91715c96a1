/** What happens on a remote or guest node needs its connection (B4.13). */
import {
  type ClusterNode,
  type ClusterResource,
  currentNode,
  makesNode,
  markForFencing,
} from '@holdfast/status';
import { actionSide, order, sideOf } from '../constraints/deferred.ts';
import type { Action } from '../work/action.ts';
import { BLOCKS, FIRST_MAKES_THEN, GUEST, ORD, THEN_MAKES_FIRST } from '../work/relation.ts';
import { actionsOf, type Work } from '../work/work.ts';
import { connectionState } from './connection-state.ts';

export function orderRemote(work: Work): void {
  if (work.cluster.nodes.every(({ kind }) => kind === 'member')) return;
  for (const action of [...work.actions].reverse()) {
    const { resource, node } = action;
    if (resource === undefined) continue;
    if (makesNode(resource) && action.task === 'clear_failcount') {
      order(work, actionSide(action), sideOf(resource, 'start'), ORD);
      continue;
    }
    if (node === undefined || node.kind === 'member' || action.isPseudo) continue;
    const { connection } = node;
    if (connection === undefined) continue;
    if (action.task === 'start') orderMove(work, resource, node, connection);
    if (connection.launcher === undefined) orderOnRemote(work, action, node, connection);
    else orderOnGuest(work, action, node, connection);
  }
}

/** The new node must be reachable before anything leaves the old one for it. */
function orderMove(
  work: Work,
  resource: ClusterResource,
  node: ClusterNode,
  connection: ClusterResource,
): void {
  for (const action of actionsOf(work, resource)) {
    if (action.task !== 'stop' || action.node === undefined || action.node === node) continue;
    order(work, sideOf(connection, 'start'), actionSide(action), ORD);
  }
}

function kindOf({
  task,
  intervalMs,
  meta,
}: Action): 'up' | 'stop' | 'demote' | 'recurring' | 'other' {
  switch (task) {
    case 'start':
    case 'promote':
      return 'up';
    case 'stop':
    case 'migrate_to':
    case 'migrate_from':
      return 'stop';
    case 'demote':
      return 'demote';
    default:
      return intervalMs > 0 || meta.has('interval') ? 'recurring' : 'other';
  }
}

type Orders = {
  readonly afterStart: (more?: number) => void;
  readonly beforeStop: (more?: number) => void;
};

function ordersFor(work: Work, action: Action, connection: ClusterResource): Orders {
  return {
    afterStart: (more = 0) => {
      order(work, sideOf(connection, 'start'), actionSide(action), GUEST | BLOCKS | more);
    },
    beforeStop: (more = 0) => {
      order(work, actionSide(action), sideOf(connection, 'stop'), GUEST | more);
    },
  };
}

/** B4.13.3. */
function orderOnRemote(
  work: Work,
  action: Action,
  node: ClusterNode,
  connection: ClusterResource,
): void {
  const state = connectionState(node);
  const { afterStart, beforeStop } = ordersFor(work, action, connection);
  switch (kindOf(action)) {
    case 'up':
      afterStart(state === 'failed' ? FIRST_MAKES_THEN : 0);
      return;
    case 'stop':
      if (state === 'alive') beforeStop(THEN_MAKES_FIRST);
      else if (state === 'failed') {
        const reason = 'resources are active but connection is unrecoverable';
        markForFencing(work.cluster, node, reason);
      } else if (connection.nextRole === 'Stopped') beforeStop(THEN_MAKES_FIRST);
      else afterStart();
      return;
    case 'demote':
      if (state === 'resting' || state === 'unknown') afterStart();
      return;
    case 'recurring':
      afterStart(FIRST_MAKES_THEN);
      return;
    case 'other':
      if (action.task === 'monitor' && state === 'failed') {
        const reason = 'resources are in unknown state and connection is unrecoverable';
        markForFencing(work.cluster, node, reason);
      }
      if (currentNode(connection) !== undefined && state === 'stopped') beforeStop(BLOCKS);
      else afterStart();
  }
}

/** B4.13.4. */
function orderOnGuest(
  work: Work,
  action: Action,
  node: ClusterNode,
  connection: ClusterResource,
): void {
  const { launcher } = connection;
  if (launcher === undefined) return;
  if (launcher.isFailed) markForFencing(work.cluster, node, 'container failed');
  const { afterStart, beforeStop } = ordersFor(work, action, connection);
  switch (kindOf(action)) {
    case 'up': {
      const flags = GUEST | BLOCKS | FIRST_MAKES_THEN;
      order(work, sideOf(launcher, 'start'), actionSide(action), flags);
      afterStart();
      return;
    }
    case 'stop':
    case 'demote':
      if (!launcher.isFailed) beforeStop();
      return;
    case 'recurring':
      if (action.task === 'monitor' || action.cancelled === 'monitor') afterStart(FIRST_MAKES_THEN);
      return;
    case 'other':
      afterStart();
  }
}
