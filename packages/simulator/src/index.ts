export { type Choice, drawPlan, type Plan, type Plant, PLANTS, type Scenario } from './plan.ts';
export { simulate, type Verdict } from './simulate.ts';
export type { CheckerName, Violation } from './stage.ts';
