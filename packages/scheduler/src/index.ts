export { calculate, type CalculateInput, type Calculation } from './calculate.ts';
export type { ActionReason } from './explain/action-reasons.ts';
export type { Choice, FenceReason, Ledger, ResourceLedger, Term } from './explain/ledger.ts';
export { explainText } from './explain/text.ts';
export { schedule, type Schedule, type ScheduleInput, sentence } from './schedule.ts';
export { type Moment, momentOf, simulate, type Simulated } from './simulate.ts';
export {
  describeInjectFault,
  type Injection,
  type InjectFault,
  type OpSpec,
  parseOpSpec,
} from './virtual/inject.ts';
export { pretend, type Pretended, type WhatIf } from './virtual/whatif.ts';
