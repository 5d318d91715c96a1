/** What must not run together is stopped before it is started elsewhere (B4.4.1). */
import type { AnyRole, ClusterResource } from '@holdfast/status';
import { REQUIRED_SAME_NODE } from '../work/relation.ts';
import type { Colocation, Work } from '../work/work.ts';
import { orderTasks } from './deferred.ts';

export function orderAgainstEachOther(work: Work, colocation: Colocation): void {
  const { dependent, primary, dependentRole, primaryRole } = colocation;
  orderLoss(work, [dependent, dependentRole], [primary, primaryRole]);
  orderLoss(work, [primary, primaryRole], [dependent, dependentRole]);
}

type Side = readonly [resource: ClusterResource, role: AnyRole | undefined];

function orderLoss(work: Work, [loser, loserRole]: Side, [winner, winnerRole]: Side): void {
  for (const loss of lossesOf(loserRole)) {
    for (const gain of gainsOf(winnerRole)) {
      orderTasks(work, loser, loss, winner, gain, REQUIRED_SAME_NODE);
    }
  }
}

function lossesOf(role: AnyRole | undefined): readonly string[] {
  if (role === 'Promoted') return ['demote'];
  return role === 'Unpromoted' ? ['stop', 'promote'] : ['stop'];
}

function gainsOf(role: AnyRole | undefined): readonly string[] {
  if (role === 'Promoted') return ['promote'];
  return role === 'Unpromoted' ? ['start', 'demote'] : ['start'];
}
