/** What an order constraint means for two actions (B4.3.1 to B4.3.3). */
import type { OrderConstraint } from '@holdfast/cib';
import type { ClusterResource } from '@holdfast/status';
import { type Action, keyOf } from '../work/action.ts';
import {
  ASYMMETRIC,
  BLOCKS,
  FIRST_MAKES_THEN,
  FIRST_SHOWS_THEN,
  MIN_RUNNABLE,
  ORD,
  SERIAL,
  THEN_MAKES_FIRST,
} from '../work/relation.ts';
import type { Work } from '../work/work.ts';
import { order } from './deferred.ts';

export type OrderKind = OrderConstraint['orderKind'];
export type Symmetry = 'asymmetric' | 'symmetric' | 'inverse';

const INVERSE: Readonly<Record<string, string>> = {
  start: 'stop',
  stop: 'start',
  promote: 'demote',
  demote: 'promote',
  promoted: 'demoted',
  demoted: 'promoted',
  running: 'stopped',
  stopped: 'running',
};

export function inverseOf(task: string): string | undefined {
  return INVERSE[task];
}

/** B4.3.2. */
export function symmetryOf(kind: OrderKind, symmetrical: boolean | undefined): Symmetry {
  if (kind === 'Serialize') return 'asymmetric';
  return symmetrical === false ? 'asymmetric' : 'symmetric';
}

/** B4.3.3. */
export function flagsOf(kind: OrderKind, firstTask: string, symmetry: Symmetry): number {
  if (kind === 'Optional') return ORD;
  if (kind === 'Serialize') return SERIAL;
  switch (symmetry) {
    case 'asymmetric':
      return ORD | ASYMMETRIC;
    case 'inverse':
      return ORD | THEN_MAKES_FIRST;
    case 'symmetric': {
      const isUp = ['start', 'promote', 'migrate_from'].includes(firstTask);
      return ORD | FIRST_MAKES_THEN | (isUp ? BLOCKS : 0);
    }
  }
}

export function orderToGate(
  work: Work,
  resource: ClusterResource,
  task: string,
  gate: Action,
): void {
  const flags = MIN_RUNNABLE | FIRST_SHOWS_THEN;
  const first = { resource, key: keyOf(resource, task), action: undefined };
  order(work, first, { resource: undefined, key: undefined, action: gate }, flags);
}
