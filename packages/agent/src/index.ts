export {
  type Action,
  type Actions,
  type Agent,
  type AgentDefinition,
  type Context,
  defineAgent,
  type Performed,
} from './agent.ts';
export type { Asked } from './asked.ts';
export { checkParameters, type Given, type Parametrised } from './check.ts';
export {
  defineFenceAgent,
  type FenceActions,
  type FenceAgent,
  type FenceAgentDefinition,
  type FenceContext,
  type FenceOutcome,
  type Outlet,
} from './fence-agent.ts';
export { type Host, hostWorld, type WorldOptions } from './host.ts';
export { fenceMain, readFenceInput } from './main-fence.ts';
export { ocfMain, type Shell } from './main-ocf.ts';
export type { ActionFacts, Facts } from './metadata.ts';
export { failed, notRunning, OCF, type Outcome, promoted, success } from './outcome.ts';
export {
  describeParameterFault,
  type ParameterFault,
  type ParameterSpec,
  type ParameterSpecs,
  type ParametersOf,
} from './parameters.ts';
export type { DeviceAnswer, PowerState } from './power.ts';
export type { LaunchOptions, ProcessInfo, Ran, RunOptions, World } from './world.ts';
