export { type Activity, readActivity } from './activity.ts';
export { describeBan, type FailureReading, readFailures } from './failures.ts';
export { type NodeReading, quorumPolicy, readNodes } from './nodes.ts';
export { parseScoreText } from './scores.ts';
