export type { FenceEnd } from './fence.ts';
export { createRunners, type Runners, type RunnersOptions } from './runners.ts';
export type { RunnerOptions } from './work.ts';
