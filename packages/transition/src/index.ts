export type {
  ActionId,
  CancelAction,
  FenceGraphAction,
  Graph,
  GraphAction,
  ForgetAction,
  PseudoAction,
  ResourceAction,
  ShutdownAction,
} from './graph.ts';
export {
  type Outcome,
  step,
  transition,
  type TransitionEffect,
  type TransitionEvent,
  type TransitionState,
} from './machine.ts';
