/** What reading the status asks for, as actions (B1.7). */
import { byKey } from '../work/find.ts';
import { keyOf } from '../work/action.ts';
import { FIRST_MAKES_THEN, relate } from '../work/relation.ts';
import { request } from '../work/request.ts';
import type { Work } from '../work/work.ts';
import type { Findings } from '@holdfast/status';
import { clearFailCount } from './clear-failcount.ts';
import { fenceAction } from './fence-action.ts';

export function findingsFor(work: Work): Findings {
  return {
    fence: (node, reason, hasPriorityDelay) => {
      fenceAction(work, node, { isOptional: true, reason, hasPriorityDelay });
    },
    stop: (resource, node) => {
      request(work, { resource, task: 'stop', node, isOptional: false });
    },
    demote: (resource, node) => {
      request(work, { resource, task: 'demote', node, isOptional: false });
    },
    spareStops: (resource, node) => {
      for (const action of byKey(work, resource, keyOf(resource, 'stop'))) {
        if (action.node === node) action.isOptional = true;
      }
    },
    recurring: (resource, node, task, intervalMs) => {
      request(work, { resource, task, intervalMs, node, isOptional: true });
    },
    clearFailCount: (resource, node, reason) => {
      const action = clearFailCount(work, resource, node, reason);
      const { remoteNode } = resource;
      if (!work.cluster.options.isFencing || resource.reconnectMs <= 0) return;
      if (remoteNode === undefined) return;
      const fence = fenceAction(work, remoteNode, { isOptional: true });
      relate(fence, action, FIRST_MAKES_THEN);
    },
    forgetHistory: (resource, node) => {
      request(work, { resource, task: 'lrm_delete', node, isOptional: false });
    },
  };
}
