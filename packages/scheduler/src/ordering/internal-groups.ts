/** Orderings inside a group (B4.5.2). */
import { type ClusterResource, topOf } from '@holdfast/status';
import { colocateMember } from '../assign/internal-colocations.ts';
import { orderTasks } from '../constraints/deferred.ts';
import {
  BLOCKS,
  FIRST_MAKES_THEN,
  FIRST_SHOWS_THEN,
  ORD,
  RESTART,
  THEN_MAKES_FIRST,
  THEN_SHOWS_FIRST,
} from '../work/relation.ts';
import type { Work } from '../work/work.ts';

export type OrderInside = (part: ClusterResource) => void;

type GroupState = {
  readonly group: ClusterResource;
  readonly isPromotable: boolean;
  previous: ClusterResource | undefined;
  lastActive: ClusterResource | undefined;
};

/** `orderInside`: the same for a part. */
export function orderGroup(work: Work, group: ClusterResource, orderInside: OrderInside): void {
  const own = (first: string, then: string, flags: number): void => {
    orderTasks(work, group, first, group, then, flags);
  };
  own('stop', 'stopped', BLOCKS);
  own('stopped', 'start', ORD);
  own('start', 'running', BLOCKS);
  const state: GroupState = {
    group,
    isPromotable: topOf(group).isPromotable,
    previous: undefined,
    lastActive: undefined,
  };
  for (const member of group.children) {
    orderInside(member);
    orderMember(work, state, member);
    state.previous = member;
  }
}

function orderMember(work: Work, state: GroupState, member: ClusterResource): void {
  const { group, previous, isPromotable } = state;
  if (previous !== undefined && group.isCollocated) colocateMember(work, member, previous);
  const isFirst = previous === undefined && group.isOrdered;
  const down = THEN_SHOWS_FIRST | (isFirst ? ORD : 0);
  const afterDown = isFirst ? FIRST_MAKES_THEN : FIRST_SHOWS_THEN;
  const up = BLOCKS | FIRST_MAKES_THEN | FIRST_SHOWS_THEN;
  if (isPromotable) {
    orderTasks(work, group, 'demote', member, 'demote', down);
    orderTasks(work, member, 'demote', group, 'demoted', afterDown);
    orderTasks(work, member, 'promote', group, 'promoted', up);
    orderTasks(work, group, 'promote', member, 'promote', THEN_SHOWS_FIRST);
  }
  orderTasks(work, group, 'stop', member, 'stop', down);
  orderTasks(work, member, 'stop', group, 'stopped', afterDown);
  orderTasks(work, group, 'start', member, 'start', THEN_SHOWS_FIRST);
  orderTasks(work, member, 'start', group, 'running', up);
  if (!group.isOrdered) {
    const flags = FIRST_MAKES_THEN | BLOCKS | THEN_SHOWS_FIRST;
    orderTasks(work, group, 'start', member, 'start', flags);
    if (isPromotable) orderTasks(work, group, 'promote', member, 'promote', flags);
  } else if (previous !== undefined) {
    orderAfter(work, state, member, previous);
  }
  noteActive(work, state, member);
}

function orderAfter(
  work: Work,
  { isPromotable }: GroupState,
  member: ClusterResource,
  previous: ClusterResource,
): void {
  orderTasks(work, previous, 'start', member, 'start', FIRST_MAKES_THEN | BLOCKS);
  orderTasks(work, member, 'stop', previous, 'stop', ORD | RESTART);
  if (member.active.length > 0 && previous.active.length === 0) {
    orderTasks(work, member, 'stop', previous, 'start', THEN_MAKES_FIRST | BLOCKS);
  }
  if (!isPromotable) return;
  orderTasks(work, previous, 'promote', member, 'promote', FIRST_MAKES_THEN | BLOCKS);
  orderTasks(work, member, 'demote', previous, 'demote', ORD);
}

/** Members that run stop in order even where one between them does not run. */
function noteActive(work: Work, state: GroupState, member: ClusterResource): void {
  if (member.active.length === 0) return;
  const { group, previous, lastActive } = state;
  if (
    group.isOrdered &&
    previous !== undefined &&
    previous.active.length === 0 &&
    lastActive !== undefined
  ) {
    orderTasks(work, member, 'stop', lastActive, 'stop', ORD);
  }
  state.lastActive = member;
}
