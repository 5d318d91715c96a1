export type { ExecutorState } from './lane.ts';
export { deadline, executor, step } from './machine.ts';
export type { ExecutorEffect, ExecutorInput, Operation, OpResult } from './protocol.ts';
export { type LaneView, type RecurringView, type RunningView, view } from './view.ts';
