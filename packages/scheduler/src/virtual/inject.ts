/** What if: changes to the status of a cluster in memory, before it is decided for (B8.3). */
import { type EpochMs, fail, type NodeName, nodeName, ok, type Result } from '@holdfast/base';
import { type Cib, ensureNode, type NodeState, type TicketState } from '@holdfast/cib';
import { findResource, readCluster } from '@holdfast/status';
import type { Action } from '../work/action.ts';
import { namesOf } from './effects.ts';
import { countFailure, type NodeStates, recordResult, stateOf } from './record.ts';

/** One result of one operation on one node: `web_monitor_10000@haone=7`. */
export type OpSpec = {
  /** As it was written. */
  readonly text: string;
  readonly resource: string;
  readonly task: string;
  readonly intervalMs: number;
  readonly node: NodeName;
  readonly rc: number;
};

export type Injection =
  | { readonly kind: 'quorum'; readonly isQuorate: boolean; readonly text: string }
  | { readonly kind: 'node'; readonly node: string; readonly to: 'up' | 'down' | 'fail' }
  | {
      readonly kind: 'ticket';
      readonly ticket: string;
      readonly to: 'grant' | 'revoke' | 'standby' | 'activate';
    }
  | { readonly kind: 'op'; readonly op: OpSpec };

export type InjectFault =
  | { readonly kind: 'bad-op'; readonly text: string }
  | { readonly kind: 'unknown-node'; readonly name: string; readonly known: readonly string[] }
  | { readonly kind: 'unknown-resource'; readonly name: string };

export function describeInjectFault(fault: InjectFault): string {
  switch (fault.kind) {
    case 'bad-op':
      return `"${fault.text}" is no result of an operation: write RESOURCE_OPERATION_INTERVAL@NODE=RC, such as web_monitor_10000@haone=7`;
    case 'unknown-node':
      return `there is no node "${fault.name}": the cluster has ${fault.known.join(', ')}`;
    case 'unknown-resource':
      return `there is no primitive "${fault.name}"`;
  }
}

const OP = /^(.+)_(migrate_to|migrate_from|[^_@=]+)_(\d{1,10})@([^@=]+)=(\d{1,3})$/;

export function parseOpSpec(text: string): Result<OpSpec, InjectFault> {
  const [, resource, task, interval, node, rc] = OP.exec(text.trim()) ?? [];
  if (resource === undefined || task === undefined || node === undefined) {
    return fail({ kind: 'bad-op', text });
  }
  return ok({
    text,
    resource,
    task,
    intervalMs: Number(interval),
    node: nodeName(node),
    rc: Number(rc),
  });
}

export type Injected = {
  readonly cib: Cib;
  /** What was done, one line each. */
  readonly lines: readonly string[];
};

/** One after the other, in the order of the reference: quorum, nodes, tickets, operations. */
export function inject(
  cib: Cib,
  injections: readonly Injection[],
  now: EpochMs,
): Result<Injected, InjectFault> {
  let injected: Injected = { cib, lines: [] };
  const sorted = [...injections].sort((left, right) => placeOf(left) - placeOf(right));
  for (const injection of sorted) {
    const next = injectOne(injected.cib, injection, now);
    if (!next.ok) return next;
    injected = { cib: next.value.cib, lines: [...injected.lines, ...next.value.lines] };
  }
  return ok(injected);
}

function placeOf(injection: Injection): number {
  switch (injection.kind) {
    case 'quorum':
      return 0;
    case 'node':
      return 1 + ['up', 'down', 'fail'].indexOf(injection.to);
    case 'ticket':
      return 4 + ['grant', 'revoke', 'standby', 'activate'].indexOf(injection.to);
    case 'op':
      return 8;
  }
}

function injectOne(cib: Cib, injection: Injection, now: EpochMs): Result<Injected, InjectFault> {
  switch (injection.kind) {
    case 'quorum': {
      const lines = [`Setting quorum: ${injection.text}`];
      return ok({ cib: { ...cib, quorate: injection.isQuorate }, lines });
    }
    case 'node':
      return injectNode(cib, injection.node, injection.to, now);
    case 'ticket':
      return ok(injectTicket(cib, injection.ticket, injection.to));
    case 'op':
      return injectOp(cib, injection.op, now);
  }
}

const NODE_LINES = {
  up: (name: string) => `Bringing node ${name} online`,
  down: (name: string) => `Taking node ${name} offline`,
  fail: (name: string) => `Failing node ${name}`,
} as const;

const STANDING = {
  up: { inCluster: true, daemonOnline: true, join: 'member', expected: 'member' },
  down: { inCluster: false, daemonOnline: false, join: 'down', expected: 'down' },
  fail: { inCluster: false },
} as const satisfies Readonly<Record<string, Partial<NodeState>>>;

function injectNode(
  cib: Cib,
  name: string,
  to: 'up' | 'down' | 'fail',
  now: EpochMs,
): Result<Injected, InjectFault> {
  const { nodes, nodeByName } = readCluster(cib, now);
  const known = nodeByName.get(name.toLowerCase());
  if (known === undefined && to !== 'up') {
    return fail({ kind: 'unknown-node', name, known: nodes.map((node) => node.name) });
  }
  const identity = known ?? { id: name, name: nodeName(name), kind: 'member' };
  const states: NodeStates = new Map(cib.status.nodes.map((state) => [state.id, state]));
  const state = stateOf(states, { ...identity, isRemote: identity.kind !== 'member' });
  states.set(state.id, { ...withoutSince(state), ...STANDING[to] });
  const grown = known === undefined ? withNewNode(cib, state) : cib;
  return ok({ cib: withNodes(grown, states), lines: [NODE_LINES[to](name)] });
}

/** One that nobody had configured. */
function withNewNode(cib: Cib, { id, name }: NodeState): Cib {
  const entry = { id, name, kind: 'member', attributes: [], utilization: [] } as const;
  const { configuration } = cib;
  return {
    ...cib,
    root: ensureNode(cib.root, { id, name }),
    configuration: { ...configuration, nodes: [...configuration.nodes, entry] },
  };
}

/** Where it says since when a node is in the cluster, that would count more than that it is. */
function withoutSince(state: NodeState): NodeState {
  const { inClusterSince, ...others } = state;
  return inClusterSince === undefined ? state : others;
}

function withNodes(cib: Cib, states: NodeStates): Cib {
  return { ...cib, status: { ...cib.status, nodes: [...states.values()] } };
}

const TICKET_LINES = {
  grant: (id: string) => `Granting ticket ${id}`,
  revoke: (id: string) => `Revoking ticket ${id}`,
  standby: (id: string) => `Making ticket ${id} standby`,
  activate: (id: string) => `Activating ticket ${id}`,
} as const;

const TICKET_STANDING = {
  grant: { granted: true },
  revoke: { granted: false },
  standby: { standby: true },
  activate: { standby: false },
} as const satisfies Readonly<Record<string, Partial<TicketState>>>;

function injectTicket(cib: Cib, id: string, to: keyof typeof TICKET_STANDING): Injected {
  const { tickets } = cib.status;
  const known = tickets.find((ticket) => ticket.id === id);
  const blank = { id, granted: false, standby: false, lastGranted: undefined, attributes: {} };
  const changed: TicketState = { ...(known ?? blank), ...TICKET_STANDING[to] };
  const all =
    known === undefined
      ? [...tickets, changed]
      : tickets.map((ticket) => (ticket === known ? changed : ticket));
  return {
    cib: { ...cib, status: { ...cib.status, tickets: all } },
    lines: [TICKET_LINES[to](id)],
  };
}

function injectOp(cib: Cib, op: OpSpec, now: EpochMs): Result<Injected, InjectFault> {
  const cluster = readCluster(cib, now);
  const node = cluster.nodeByName.get(op.node.toLowerCase());
  if (node === undefined) {
    const known = cluster.nodes.map(({ name }) => name);
    return fail({ kind: 'unknown-node', name: op.node, known });
  }
  const resource = findResource(cluster, op.resource) ?? findResource(cluster, `${op.resource}:0`);
  if (resource?.agent === undefined) return fail({ kind: 'unknown-resource', name: op.resource });
  const states: NodeStates = new Map(cib.status.nodes.map((state) => [state.id, state]));
  const identity = { ...node, isRemote: node.kind !== 'member' };
  const { task, intervalMs, rc } = op;
  const at = cluster.now;
  const targetRc = 0;
  recordResult(states, stateOf(states, identity), {
    names: [...new Set([op.resource, ...namesOf(resource)])],
    agent: resource.agent,
    task,
    intervalMs,
    rc,
    targetRc,
    at,
    digest: undefined,
    meta: new Map(),
  });
  const isFailure = rc !== 0 && !(task === 'monitor' && intervalMs === 0 && rc === 7);
  const failed = { name: op.resource, task, intervalMs, at };
  const counted = isFailure ? countFailure(states, stateOf(states, identity), failed) : [];
  return ok({
    cib: withNodes(cib, states),
    lines: [`Injecting ${op.text} into the configuration`, ...counted],
  });
}

/** Says of every action with what it fails, if one of `specs` speaks of it. */
export function failuresOf(specs: readonly OpSpec[]): (action: Action) => number | undefined {
  return ({ resource, task, intervalMs, node }) => {
    if (resource === undefined || node === undefined) return undefined;
    const names = [resource.id, resource.historyName, resource.xmlId];
    return specs.find(
      (spec) =>
        spec.node === node.name &&
        spec.task === task &&
        spec.intervalMs === intervalMs &&
        names.includes(spec.resource),
    )?.rc;
  };
}
