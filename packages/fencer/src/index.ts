export { canFence, delayBefore, hostMap, planFor, plugOf } from './device.ts';
export { deadline, fencer, step } from './machine.ts';
export type {
  DeviceRun,
  FenceAction,
  FenceDevice,
  FenceLevel,
  FencerConfig,
  FencerEffect,
  FencerInput,
} from './protocol.ts';
export type { FencerState } from './state.ts';
export { fencerView, type FencingView } from './view.ts';
