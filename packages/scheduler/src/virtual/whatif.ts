/** A CIB and what is to be pretended in, everything that can be shown of the decision out. */
import { type EpochMs, ok, type Result } from '@holdfast/base';
import type { Cib } from '@holdfast/cib';
import { calculate, type Calculation } from '../calculate.ts';
import { keepLedger, type Ledger } from '../explain/ledger.ts';
import { dotOf } from '../output/dot.ts';
import { graphXml } from '../output/graph-xml.ts';
import { afterwards } from './effects.ts';
import { executionOrder } from './execute.ts';
import { failuresOf, inject, type Injection, type InjectFault, type OpSpec } from './inject.ts';
import { reportText } from './report.ts';

export type WhatIf = {
  readonly cib: Cib;
  readonly now: EpochMs;
  /** What is said about the time, on a line of its own. */
  readonly timeLine?: string | undefined;
  readonly injections?: readonly Injection[];
  /** Operations that fail when they are done. */
  readonly failing?: readonly OpSpec[];
  readonly explain?: boolean;
};

export type Pretended = {
  /** With what was injected: what was decided for. */
  readonly input: Cib;
  /** As it would be when all is done; made when asked for. */
  readonly output: () => Cib;
  readonly summary: () => string;
  readonly dot: () => string;
  readonly scores: () => string;
  readonly graph: () => string;
  readonly calculation: Calculation;
  readonly ledger: Ledger | undefined;
};

export function pretend(asked: WhatIf): Result<Pretended, InjectFault> {
  const { cib: before, now, timeLine, explain = false } = asked;
  const injected = inject(before, asked.injections ?? [], now);
  if (!injected.ok) return injected;
  const { cib, lines } = injected.value;
  const keeper = explain ? keepLedger() : undefined;
  const calculation = calculate({
    cib,
    now,
    wantsScores: true,
    ...(keeper === undefined ? {} : { explainer: keeper.explainer }),
  });
  const { work, graph } = calculation;
  const failureOf = failuresOf(asked.failing ?? []);
  return ok({
    input: cib,
    output: () => afterwards(cib, calculation, executionOrder(calculation, failureOf)).cib,
    summary: () =>
      reportText({ cib, now, calculation, timeLine, modifications: lines, before, failureOf }),
    dot: () => dotOf(work, graph),
    scores: () => ['', ...(work.scores ?? []), ''].join('\n'),
    graph: () => graphXml(work, graph),
    calculation,
    ledger: keeper?.ledger(calculation),
  });
}
