/** What each kind of relation does to its two actions (B4.8). */
import type { ClusterResource } from '@holdfast/status';
import { rankOf } from '@holdfast/status';
import type { Action } from '../work/action.ts';
import {
  ASYMMETRIC,
  BLOCKS,
  ELSE,
  FIRST_MAKES_THEN,
  MIGRATES,
  PROMOTED_THEN_MAKES_FIRST,
  RESTART,
  THEN_MAKES_FIRST,
} from '../work/relation.ts';
import type { Effective } from './effective.ts';

export type Changes = { first: boolean; then: boolean };

export type Pair = {
  readonly first: Action;
  readonly then: Action;
  readonly firstEffect: Effective;
  readonly thenEffect: Effective;
};

/** B4.8.5: only between different resources, and only where nothing was said yet. */
export function because(changed: Action, other: Action, word: string): void {
  if (changed.reason !== undefined || changed.resource === other.resource) return;
  const { resource, task } = other;
  changed.reason = [word, resource?.id, task].filter((part) => part !== undefined).join(' ');
}

export function applyRule(pair: Pair, flag: number, changes: Changes): void {
  switch (flag) {
    case FIRST_MAKES_THEN:
      firstMakesThen(pair, changes);
      return;
    case THEN_MAKES_FIRST:
      thenMakesFirst(pair, changes);
      return;
    case PROMOTED_THEN_MAKES_FIRST:
      promotedThenMakesFirst(pair, changes);
      return;
    case BLOCKS:
      blocks(pair, changes);
      return;
    case MIGRATES:
      migrates(pair, changes);
      return;
    case ELSE:
      elseReal(pair, changes);
      return;
    case RESTART:
      restarts(pair, changes);
      return;
    case ASYMMETRIC:
      asymmetric(pair, changes);
      return;
    default:
  }
}

function firstMakesThen({ first, then, firstEffect }: Pair, changes: Changes): void {
  if (firstEffect.isOptional || !then.isOptional || first.isMigratable) return;
  then.isOptional = false;
  because(then, first, 'required');
  changes.then = true;
}

function thenMakesFirst({ first, then, firstEffect, thenEffect }: Pair, changes: Changes): void {
  if (then.isOptional) return;
  if (!firstEffect.isOptional && first.isOptional) {
    first.isOptional = false;
    because(first, then, 'required');
    changes.first = true;
  }
  if (firstEffect.isMigratable && !thenEffect.isMigratable && first.isMigratable) {
    first.isMigratable = false;
    because(first, then, 'unmigrateable');
    changes.first = true;
  }
}

function promotedThenMakesFirst({ first, then }: Pair, changes: Changes): void {
  if (then.resource?.role !== 'Promoted') return;
  if (!then.isOptional && first.isOptional) {
    first.isOptional = false;
    because(first, then, 'required');
    changes.first = true;
  }
  if (first.isMigratable && !then.isMigratable) {
    first.isMigratable = false;
    changes.first = true;
  }
}

function blocks({ first, then, firstEffect }: Pair, changes: Changes): void {
  if (!then.isRunnable || firstEffect.isRunnable) return;
  then.isRunnable = false;
  then.isMigratable = false;
  because(then, first, 'unrunnable');
  changes.then = true;
}

function migrates({ first, then }: Pair, changes: Changes): void {
  if ((!then.isMigratable || !then.isRunnable) && first.isRunnable) {
    first.isRunnable = false;
    because(first, then, 'unrunnable');
    changes.first = true;
  }
  if (!then.isOptional && first.isOptional) {
    first.isOptional = false;
    because(first, then, 'required');
    changes.first = true;
  }
}

function elseReal({ first, then }: Pair, changes: Changes): void {
  if (first.isRunnable || (!then.isMigratable && !then.isPseudo)) return;
  then.isMigratable = false;
  then.isPseudo = false;
  because(then, first, 'unmigrateable');
  changes.then = true;
}

/** B4.8.6: the stop of what will be started again, or cannot be. */
function restarts({ first, then }: Pair, changes: Changes): void {
  const isRestart = !then.isOptional;
  const isStop =
    !then.isRunnable && then.resource?.isManaged === true && first.resource === then.resource;
  if (!isRestart && !isStop) return;
  if (first.isRunnable && first.isOptional) {
    first.isOptional = false;
    because(first, then, 'required');
    changes.first = true;
  }
  if (!then.isOptional && first.isOptional) {
    first.isOptional = false;
    because(first, then, 'required');
    changes.first = true;
  }
  if (!then.isMigratable && first.isMigratable) {
    first.isMigratable = false;
    because(first, then, 'unmigrateable');
    changes.first = true;
  }
  if (!first.isOptional && !first.isRunnable && then.isRunnable) {
    then.isRunnable = false;
    because(then, first, 'unrunnable');
    changes.then = true;
  }
}

/** B4.8.1. */
function asymmetric({ first, then }: Pair, changes: Changes): void {
  const { resource } = then;
  if (resource === undefined || first.isRunnable) return;
  if (then.isOptional && isDoneAlready(then, resource)) return;
  if (then.isOptional) {
    then.isOptional = false;
    because(then, first, 'required');
    changes.then = true;
  }
  if (then.isRunnable) {
    then.isRunnable = false;
    because(then, first, 'unrunnable');
    changes.then = true;
  }
}

function isDoneAlready({ task, node }: Action, { role, active }: ClusterResource): boolean {
  if (task === 'stop') return role === 'Stopped';
  if (task !== 'start') return false;
  return rankOf(role) >= rankOf('Started') && active.length === 1 && active[0] === node;
}
