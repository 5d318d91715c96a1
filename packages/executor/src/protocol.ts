/** Everything that goes into the executor and comes out of it. */
import type { AgentName, CallId, EpochMs, Milliseconds, Note, ResourceId } from '@holdfast/base';

/** One thing to do to a resource. `intervalMs` 0 means once; else it recurs until cancelled. */
export type Operation = {
  readonly resource: ResourceId;
  readonly agent: AgentName;
  readonly task: string;
  readonly intervalMs: Milliseconds;
  /** 0: no limit. */
  readonly timeoutMs: Milliseconds;
  readonly startDelayMs: Milliseconds;
  /** Instance attributes and `CRM_meta_*`, flat, exactly as the agent's environment gets them. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Opaque; comes back with every result (the transition key, C4.3). */
  readonly userData: string;
};

/** How a run ended, in the words of the operation history (C0.1, C0.2, C1.6). */
export type OpResult = {
  readonly rc: number;
  readonly status:
    'done' | 'cancelled' | 'timed-out' | 'unsupported' | 'error' | 'not-installed' | 'hard-error';
  /** The agent's own words (`ocf-exit-reason:`), or ours; empty for none. */
  readonly reason: string;
  readonly output: string;
  /** Wall-clock time at which the run began; 0 where nobody can say. */
  readonly startedAt: EpochMs;
  readonly execMs: Milliseconds;
};

export type ExecutorInput =
  | { readonly kind: 'execute'; readonly op: Operation }
  /** Stops a recurring operation; reported as cancelled, exactly once, even if none was there. */
  | {
      readonly kind: 'cancel';
      readonly resource: ResourceId;
      readonly task: string;
      readonly intervalMs: Milliseconds;
      readonly userData: string;
    }
  | { readonly kind: 'exited'; readonly call: CallId; readonly result: OpResult }
  | { readonly kind: 'tick' };

export type ExecutorEffect =
  | { readonly kind: 'run'; readonly call: CallId; readonly op: Operation }
  /**
   * Kill the call and everything it started. Its `exited` comes when it is really gone: no news to
   * anybody, but until then nothing else runs on the resource (C1.7.2).
   */
  | { readonly kind: 'kill'; readonly call: CallId }
  /**
   * One result. A one-off operation is reported once; a recurring one on its first result and then
   * only when rc or status changes (C2).
   */
  | {
      readonly kind: 'report';
      readonly call: CallId;
      readonly op: Operation;
      readonly result: OpResult;
      readonly queueMs: Milliseconds;
    }
  | Note;
