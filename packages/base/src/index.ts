export { type AgentName, formatAgentName } from './agent-name.ts';
export { assert, InvariantError, unreachable } from './assert.ts';
export type { Brand } from './brand.ts';
export { md5, sha256 } from './digest.ts';
export { type DurationFault, formatDuration, parseDuration } from './duration.ts';
export {
  type CallId,
  callId,
  type NodeId,
  nodeId,
  type NodeName,
  nodeName,
  type ResourceId,
  resourceId,
} from './ids.ts';
export { type Note, note, type Severity } from './note.ts';
export { type Prng, prng } from './prng.ts';
export { fail, ok, type Result } from './result.ts';
export {
  addScores,
  formatScore,
  INFINITY,
  MINUS_INFINITY,
  parseScore,
  score,
  type Score,
  type ScoreFault,
  ZERO,
} from './score.ts';
export { nearest } from './suggest.ts';
export {
  after,
  earliest,
  epochMs,
  type EpochMs,
  instant,
  type Instant,
  milliseconds,
  type Milliseconds,
} from './time.ts';
