export { calculate, type CalculateInput, type Calculation } from './calculate.ts';
export type { ActionReason } from './explain/action-reasons.ts';
export type { Choice, FenceReason, Ledger, ResourceLedger, Term } from './explain/ledger.ts';
export { explainText } from './explain/text.ts';
export { schedule, type Schedule, type ScheduleInput, sentence } from './schedule.ts';
export { simulate, type Simulated } from './simulate.ts';
