export type { Ledger, Reason, Term } from './ledger.ts';
export { operationDigest } from './operations.ts';
export { schedule, type Schedule, type ScheduleInput } from './schedule.ts';
