/** What every piece of the world stands on: time, chance, the record, and the way to object. */
import type { Prng } from '@holdfast/base';
import type { Agenda } from './agenda.ts';
import type { History } from './history.ts';

/** What is checked (issue 2), each by its name. */
export type CheckerName =
  | 'two-owners'
  | 'fenced-before-recovered'
  | 'delivery-order'
  | 'equal-cibs'
  | 'acknowledged-lost'
  | 'one-survivor'
  | 'fence-loop'
  | 'liveness'
  | 'answers'
  | 'invariant';

export type Violation = {
  readonly checker: CheckerName;
  readonly at: number;
  readonly text: string;
};

export type Stage = {
  readonly agenda: Agenda;
  readonly history: History;
  readonly dice: Prng;
  /** The first objection ends the run. */
  violation: Violation | undefined;
};

export function tell(stage: Stage, who: string, text: string): void {
  stage.history.tell(stage.agenda.now(), who, text);
}

export function violate(stage: Stage, checker: CheckerName, text: string): void {
  tell(stage, 'CHECKER', `${checker}: ${text}`);
  stage.violation ??= { checker, at: stage.agenda.now(), text };
}

/** A whole number from `least` to `most`, both included. */
export function between(dice: Prng, least: number, most: number): number {
  return least + dice.below(most - least + 1);
}

/** One of several; there must be one. */
export function pick<Value>(dice: Prng, values: readonly [Value, ...Value[]]): Value {
  return values[dice.below(values.length)] ?? values[0];
}

/** One of a list that may be empty. */
export function pickAny<Value>(dice: Prng, values: readonly Value[]): Value | undefined {
  return values[dice.below(Math.max(1, values.length))];
}
