/** A transition graph: what the scheduler decided to do, and in what order. Plain data (JSON-able). */
import type { AgentName, Milliseconds, NodeName } from '@holdfast/base';

/** Unique within one graph. */
export type ActionId = number;

type ActionBase = {
  readonly id: ActionId;
  /** Every one of these must have completed before this action may fire. */
  readonly after: readonly ActionId[];
  /** Higher fires first where several may. */
  readonly priority: number;
};

/** An operation on a resource, to be run on `node`. */
export type ResourceAction = ActionBase & {
  readonly kind: 'resource';
  readonly node: NodeName;
  readonly resource: string;
  readonly agent: AgentName;
  readonly task: string;
  readonly intervalMs: Milliseconds;
  readonly timeoutMs: Milliseconds;
  readonly startDelayMs: Milliseconds;
  readonly parameters: Readonly<Record<string, string>>;
  /** The exit code that counts as success (7 for a probe that should find nothing). */
  readonly targetRc: number;
  /** Filed with the result (`op-digest`, B3.1): a later change of parameters is seen by it. */
  readonly opDigest: string | undefined;
};

/** Stop a recurring operation on `node`. */
export type CancelAction = ActionBase & {
  readonly kind: 'cancel';
  readonly node: NodeName;
  readonly resource: string;
  readonly task: string;
  readonly intervalMs: Milliseconds;
};

export type FenceGraphAction = ActionBase & {
  readonly kind: 'fence';
  readonly target: NodeName;
  readonly action: 'off' | 'on' | 'reboot';
  /** Why, in words: `haone is unclean: it left without saying goodbye`. */
  readonly reason: string;
};

/** A node's own shutdown may proceed: everything on it has stopped. */
export type ShutdownAction = ActionBase & { readonly kind: 'shutdown'; readonly node: NodeName };

/** A rendezvous: completes as soon as its inputs have (`web-group_start_0`, implied stops). */
export type PseudoAction = ActionBase & {
  readonly kind: 'pseudo';
  readonly resource: string;
  readonly task: string;
  readonly node?: NodeName;
};

/** Take what is recorded of a resource on a node off the records. */
export type ForgetAction = ActionBase & {
  readonly kind: 'forget';
  readonly node: NodeName;
  readonly resource: string;
  /** How often it failed, or all that was ever done with it. */
  readonly what: 'failures' | 'history';
};

export type GraphAction =
  ResourceAction | CancelAction | FenceGraphAction | ShutdownAction | ForgetAction | PseudoAction;

export type Graph = {
  readonly actions: readonly GraphAction[];
  /** How many actions may be in flight at once; 0: no limit. */
  readonly batchLimit: number;
};
