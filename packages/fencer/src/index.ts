export { type DelayBounds, delayBefore, delayBounds, timeoutOf, triesOf } from './device.ts';
export { hostMap, type Knowledge, knows, plugOf } from './host-check.ts';
export { deadline, fencer, step } from './machine.ts';
export { budgetOf, isWatchdog, planFor } from './plan.ts';
export type {
  DeviceRun,
  FenceAction,
  FenceDevice,
  FenceLevel,
  FenceOrder,
  FencerConfig,
  FencerEffect,
  FencerInput,
  FencerNews,
  Progress,
  ProvenBy,
} from './protocol.ts';
export type { FencerState } from './state.ts';
export { fencerView, type FencingView } from './view.ts';
