/**
 * The status section, typed: what nodes report, never what anybody wishes. JSON-able, so that it can
 * travel to a joiner as it is. Field for field what `<node_state>` and `<lrm_rsc_op>` hold.
 */
import type { AgentName, NodeName } from '@holdfast/base';

/** One `<lrm_rsc_op>`: the last result of one operation of one resource on one node. */
export type HistoryEntry = {
  /** `<resource>_<task>_<interval ms>`; `…_last_failure_0` for a kept failure. */
  readonly id: string;
  readonly task: string;
  readonly intervalMs: number;
  /** What the history entry is filed under: `web_monitor_10000`. */
  readonly operationKey: string;
  /** -1: pending, or never given to an executor. */
  readonly callId: number;
  /** The agent's exit code; -1 where none was recorded. */
  readonly rc: number;
  /** Numbers of C0.2: 0 Done, 1 Cancelled, 2 Timed out, 4 Error, …, -1 Pending, -2 none recorded. */
  readonly opStatus: number;
  /** The exit code that would have been a success, from the transition key. */
  readonly targetRc: number;
  /** `<action>:<transition>:<target rc>:<uuid>`. */
  readonly transitionKey: string;
  readonly exitReason: string;
  /** Wall-clock seconds: when this rc was first seen; 0 where that was not recorded. */
  readonly lastRcChange: number;
  readonly lastRun: number | undefined;
  readonly execMs: number;
  readonly queueMs: number;
  readonly opDigest: string | undefined;
  readonly opForceRestart: string | undefined;
  readonly opRestartDigest: string | undefined;
  readonly opSecureParams: string | undefined;
  readonly opSecureDigest: string | undefined;
  readonly onNode: NodeName | undefined;
  readonly migrateSource: string | undefined;
  readonly migrateTarget: string | undefined;
  /** Version of the rules its digests were made by, where it is written. */
  readonly featureSet?: string;
};

export type ResourceHistory = {
  readonly resource: string;
  readonly agent: AgentName;
  readonly container: string | undefined;
  /** Wall-clock seconds since when it is kept for this node, which was shut down cleanly. */
  readonly shutdownLock?: number;
  /** In the order they are written in the status section. */
  readonly ops: readonly HistoryEntry[];
};

/** One `<node_state>`. */
export type NodeState = {
  readonly id: string;
  readonly name: NodeName;
  /** The element gave no name: `name` is its id. */
  readonly isNameless?: boolean;
  /** In the membership (`in_ccm`). Undefined: the section did not say. */
  readonly inCluster: boolean | undefined;
  /** Wall-clock seconds since when, where the section says so (newer Pacemaker). */
  readonly inClusterSince?: number;
  /** Its daemon answers in the group (`crmd` online). */
  readonly daemonOnline: boolean | undefined;
  /** `join`: `member`, `down`, `pending`, `banned`. */
  readonly join: string | undefined;
  /** `expected`: `member` or `down`: did it leave by agreement? */
  readonly expected: string | undefined;
  readonly nodeFenced: string | undefined;
  readonly inMaintenance: boolean;
  /** `transient_attributes`, flat: gone when the node leaves. */
  readonly transientAttributes: Readonly<Record<string, string>>;
  /** Capacity the node itself reports; counts where nothing is configured. */
  readonly transientUtilization?: Readonly<Record<string, string>>;
  readonly history: readonly ResourceHistory[];
  /** True where the element says remote_node. */
  readonly remote: boolean;
};

export type TicketState = {
  readonly id: string;
  readonly granted: boolean;
  readonly standby: boolean;
  readonly lastGranted: string | undefined;
  readonly attributes: Readonly<Record<string, string>>;
};

export type Status = {
  readonly nodes: readonly NodeState[];
  readonly tickets: readonly TicketState[];
};
