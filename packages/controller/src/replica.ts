/**
 * What every member in step holds in common besides the configuration: who is where, what ran, who
 * was fenced. Changed only by the agreed stream and by views, in the same order everywhere.
 */
import type { AgentName, NodeId, NodeName } from '@holdfast/base';
import type { HistoryEntry, NodeState, Status, TicketState } from '@holdfast/cib';
import type { Attempts, FenceEntry, FenceProof } from './commands.ts';
import { countFailure, dropRecurring, dropResource, fileEntry, forgetFailures } from './history.ts';

export type Replica = {
  nodes: Map<NodeName, NodeState>;
  tickets: readonly TicketState[];
  /** Members by how long they have been in the view; the first is the DC. */
  seniority: readonly NodeId[];
  /** The life of each node that was seen last. */
  incarnations: Map<NodeName, string>;
  /** Lives proven off while their node still counted as a member; void once another life is seen. */
  shot: Map<NodeName, string>;
  fences: readonly FenceEntry[];
  /** Targets whose fences keep failing. */
  attempts: Map<NodeName, Attempts>;
  /** The last known of each way to fence a node, in order of the key. */
  proofs: readonly FenceProof[];
  /** Armed watchdogs, by node, as it said when it was seen last; in ms. */
  watchdogs: Map<NodeName, number>;
};

export function replica(): Replica {
  return {
    nodes: new Map(),
    tickets: [],
    seniority: [],
    incarnations: new Map(),
    shot: new Map(),
    fences: [],
    attempts: new Map(),
    proofs: [],
    watchdogs: new Map(),
  };
}

export function statusOf(state: Replica): Status {
  return { nodes: [...state.nodes.values()], tickets: state.tickets };
}

function blankNode(name: NodeName, id: string): NodeState {
  return {
    id,
    name,
    inCluster: undefined,
    daemonOnline: undefined,
    join: undefined,
    expected: undefined,
    nodeFenced: undefined,
    inMaintenance: false,
    transientAttributes: {},
    history: [],
    remote: false,
  };
}

function update(state: Replica, name: NodeName, change: (before: NodeState) => NodeState): void {
  const before = state.nodes.get(name);
  if (before !== undefined) state.nodes.set(name, change(before));
}

/** A member of the view, with what it says of itself. */
export function admit(
  state: Replica,
  member: { readonly id: NodeId; readonly name: NodeName; readonly incarnation: string },
  own: Pick<NodeState, 'history' | 'transientAttributes'>,
): void {
  const before = state.nodes.get(member.name) ?? blankNode(member.name, '');
  state.incarnations.set(member.name, member.incarnation);
  state.nodes.set(member.name, {
    ...before,
    id: String(member.id),
    inCluster: true,
    daemonOnline: true,
    join: 'member',
    expected: 'member',
    nodeFenced: undefined,
    history: own.history,
    transientAttributes: own.transientAttributes,
  });
}

/**
 * A node that is no longer in the view. It stays unclean until somebody proves it down; its transient
 * attributes go with it (it brings them back itself), so that one that had asked to leave, and was
 * lost before it could, is not taken for one that left.
 */
export function markAbsent(state: Replica, name: NodeName): void {
  update(state, name, (before) => ({
    ...before,
    inCluster: false,
    daemonOnline: false,
    transientAttributes: {},
  }));
}

/** It said goodbye after everything on it had stopped: proof enough. */
export function markLeaving(state: Replica, name: NodeName): void {
  update(state, name, (before) => ({ ...before, join: 'down', expected: 'down' }));
}

/** Proven off: nothing runs there, and what was remembered of it is void (C4.6, C6.8.1). */
export function markDown(state: Replica, name: NodeName): void {
  const before = state.nodes.get(name) ?? blankNode(name, '');
  state.nodes.set(name, {
    ...before,
    inCluster: false,
    daemonOnline: false,
    join: 'down',
    expected: 'down',
    history: [],
    transientAttributes: {},
  });
}

/** Was the life of this node that was seen last proven off while it was still in the view? */
export function wasShot(state: Replica, name: NodeName): boolean {
  const life = state.incarnations.get(name);
  return life !== undefined && state.shot.get(name) === life;
}

/** Down beyond doubt: it left cleanly or was fenced, and has not been seen since. */
export function isProvenDown(state: Replica, name: NodeName): boolean {
  const node = state.nodes.get(name);
  return node !== undefined && node.inCluster !== true && node.expected === 'down';
}

export function fileResult(
  state: Replica,
  name: NodeName,
  what: { readonly resource: string; readonly agent: AgentName; readonly entry: HistoryEntry },
  startFailureIsFatal: boolean,
): void {
  update(state, name, (before) => ({
    ...before,
    history: fileEntry(before.history, what.resource, what.agent, what.entry),
    transientAttributes: countFailure(
      before.transientAttributes,
      what.entry,
      what.resource,
      startFailureIsFatal,
    ),
  }));
}

export function fileCancelled(state: Replica, name: NodeName, resource: string, key: string): void {
  update(state, name, (before) => ({
    ...before,
    history: dropRecurring(before.history, resource, key),
  }));
}

/**
 * Forgets failures and history of a resource (null: of all) on a node, so that it is probed anew; or
 * one of the two.
 */
export function cleanUp(
  state: Replica,
  name: NodeName,
  resource: string | null,
  what?: 'failures' | 'history',
): void {
  update(state, name, (before) => ({
    ...before,
    history: what === 'failures' ? before.history : dropResource(before.history, resource),
    transientAttributes:
      what === 'history'
        ? before.transientAttributes
        : forgetFailures(before.transientAttributes, resource),
  }));
}

export function setTransient(
  state: Replica,
  name: NodeName,
  attribute: string,
  value: string | null,
): void {
  update(state, name, (before) => {
    const rest = Object.entries(before.transientAttributes).filter(([key]) => key !== attribute);
    return {
      ...before,
      transientAttributes: Object.fromEntries(
        value === null ? rest : [...rest, [attribute, value]],
      ),
    };
  });
}
