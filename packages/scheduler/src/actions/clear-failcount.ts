/** Forgetting failures that no longer count (B1.7.1). */
import type { ClusterNode, ClusterResource } from '@holdfast/status';
import type { Action } from '../work/action.ts';
import { request } from '../work/request.ts';
import type { Work } from '../work/work.ts';

export function clearFailCount(
  work: Work,
  resource: ClusterResource,
  node: ClusterNode,
  reason: string,
): Action {
  const action = request(work, { resource, task: 'clear_failcount', node, isOptional: false });
  action.meta.set('op_no_wait', 'true');
  work.explainer?.term(resource, node, 0, `its failures are forgotten: ${reason}`);
  return action;
}
