/** The status section: from XML to the typed model, and back as Pacemaker writes it. */
import { nodeName } from '@holdfast/base';
import { parseBoolean } from './read-context.ts';
import type {
  HistoryEntry,
  NodeState,
  ResourceHistory,
  Status,
  TicketState,
} from './status-model.ts';
import { childElements, element, firstChild } from './xml-walk.ts';
import type { XmlElement } from './xml.ts';

export function readStatus(cib: XmlElement): Status {
  const section = firstChild(cib, 'status');
  if (section === undefined) return { nodes: [], tickets: [] };
  const tickets = firstChild(section, 'tickets');
  return {
    nodes: childElements(section, 'node_state').map(readNodeState),
    tickets: tickets === undefined ? [] : childElements(tickets, 'ticket_state').map(readTicket),
  };
}

/** `true`, `false`, or the time since when (newer Pacemaker; 0 means no). */
function presence(text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  const flag = parseBoolean(text);
  if (flag !== undefined) return flag;
  return /^\d+$/.test(text) ? Number(text) > 0 : undefined;
}

function daemonPresence(text: string | undefined): boolean | undefined {
  if (text === 'online') return true;
  if (text === 'offline') return false;
  return presence(text);
}

function readNodeState(state: XmlElement): NodeState {
  const { attributes } = state;
  const lrm = firstChild(firstChild(state, 'lrm'), 'lrm_resources');
  return {
    id: attributes['id'] ?? '',
    name: nodeName(attributes['uname'] ?? attributes['id'] ?? 'nameless'),
    inCluster: presence(attributes['in_ccm']),
    daemonOnline: daemonPresence(attributes['crmd']),
    join: attributes['join'],
    expected: attributes['expected'],
    nodeFenced: attributes['node_fenced'],
    inMaintenance: presence(attributes['node_in_maintenance']) ?? false,
    transientAttributes: readTransient(state),
    history: lrm === undefined ? [] : childElements(lrm, 'lrm_resource').map(readHistory),
    remote: parseBoolean(attributes['remote_node']) ?? false,
  };
}

function readTransient(state: XmlElement): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  const section = firstChild(state, 'transient_attributes');
  for (const set of section === undefined ? [] : childElements(section, 'instance_attributes')) {
    for (const pair of childElements(set, 'nvpair')) {
      const name = pair.attributes['name'];
      if (name !== undefined) found[name] ??= pair.attributes['value'] ?? '';
    }
  }
  return found;
}

function readHistory(resource: XmlElement): ResourceHistory {
  const { attributes } = resource;
  return {
    resource: attributes['id'] ?? '',
    agent: {
      class: attributes['class'] ?? '',
      provider: attributes['provider'] ?? '',
      type: attributes['type'] ?? '',
    },
    container: attributes['container'],
    ops: childElements(resource, 'lrm_rsc_op').map(readEntry),
  };
}

function readEntry(op: XmlElement): HistoryEntry {
  const { attributes } = op;
  const key = attributes['transition-key'] ?? '';
  return {
    id: attributes['id'] ?? '',
    task: attributes['operation'] ?? '',
    intervalMs: number(attributes['interval'], 0),
    operationKey: attributes['operation_key'] ?? attributes['id'] ?? '',
    callId: number(attributes['call-id'], 0),
    rc: number(attributes['rc-code'], 0),
    opStatus: number(attributes['op-status'], 0),
    targetRc: number(key.split(':')[2], -1),
    transitionKey: key,
    exitReason: attributes['exit-reason'] ?? '',
    lastRcChange: number(attributes['last-rc-change'], 0),
    lastRun: attributes['last-run'] === undefined ? undefined : number(attributes['last-run'], 0),
    execMs: number(attributes['exec-time'], 0),
    queueMs: number(attributes['queue-time'], 0),
    opDigest: attributes['op-digest'],
    opForceRestart: attributes['op-force-restart'],
    opRestartDigest: attributes['op-restart-digest'],
    opSecureParams: attributes['op-secure-params'],
    opSecureDigest: attributes['op-secure-digest'],
    onNode: attributes['on_node'] === undefined ? undefined : nodeName(attributes['on_node']),
    migrateSource: attributes['migrate_source'],
    migrateTarget: attributes['migrate_target'],
  };
}

function number(text: string | undefined, fallback: number): number {
  const value = Number(text ?? Number.NaN);
  return Number.isSafeInteger(value) ? value : fallback;
}

function readTicket(ticket: XmlElement): TicketState {
  const {
    id = '',
    granted,
    standby,
    'last-granted': lastGranted,
    ...attributes
  } = ticket.attributes;
  return {
    id,
    granted: parseBoolean(granted) ?? false,
    standby: parseBoolean(standby) ?? false,
    lastGranted,
    attributes,
  };
}

/** The section as `cibadmin --query` would show it. */
export function statusToXml(status: Status): XmlElement {
  const nodes = status.nodes.map(nodeStateToXml);
  if (status.tickets.length === 0) return element('status', {}, nodes);
  const tickets = status.tickets.map(({ id, granted, standby, lastGranted, attributes }) =>
    element('ticket_state', {
      id,
      granted: String(granted),
      ...(standby ? { standby: 'true' } : {}),
      ...(lastGranted === undefined ? {} : { 'last-granted': lastGranted }),
      ...attributes,
    }),
  );
  return element('status', {}, [...nodes, element('tickets', {}, tickets)]);
}

function nodeStateToXml(state: NodeState): XmlElement {
  const attributes: Record<string, string> = { id: state.id, uname: state.name };
  if (state.remote) attributes['remote_node'] = 'true';
  if (state.inCluster !== undefined) attributes['in_ccm'] = String(state.inCluster);
  if (state.daemonOnline !== undefined)
    attributes['crmd'] = state.daemonOnline ? 'online' : 'offline';
  if (state.join !== undefined) attributes['join'] = state.join;
  if (state.expected !== undefined) attributes['expected'] = state.expected;
  if (state.nodeFenced !== undefined) attributes['node_fenced'] = state.nodeFenced;
  if (state.inMaintenance) attributes['node_in_maintenance'] = 'true';
  const children: XmlElement[] = [];
  const transient = Object.entries(state.transientAttributes);
  if (transient.length > 0) children.push(transientToXml(state.id, transient));
  if (state.history.length > 0) {
    const resources = state.history.map(historyToXml);
    children.push(element('lrm', { id: state.id }, [element('lrm_resources', {}, resources)]));
  }
  return element('node_state', attributes, children);
}

function transientToXml(id: string, pairs: readonly (readonly [string, string])[]): XmlElement {
  const setId = `status-${id}`;
  const nvpairs = pairs.map(([name, value]) =>
    element('nvpair', { id: `${setId}-${name.replace(/[^\w.-]/g, '.')}`, name, value }),
  );
  return element('transient_attributes', { id }, [
    element('instance_attributes', { id: setId }, nvpairs),
  ]);
}

function historyToXml({ resource, agent, container, ops }: ResourceHistory): XmlElement {
  return element(
    'lrm_resource',
    {
      id: resource,
      class: agent.class,
      ...(agent.provider === '' ? {} : { provider: agent.provider }),
      type: agent.type,
      ...(container === undefined ? {} : { container }),
    },
    ops.map(entryToXml),
  );
}

function entryToXml(entry: HistoryEntry): XmlElement {
  const optional: Readonly<Record<string, string | undefined>> = {
    'op-digest': entry.opDigest,
    'op-force-restart': entry.opForceRestart,
    'op-restart-digest': entry.opRestartDigest,
    'op-secure-params': entry.opSecureParams,
    'op-secure-digest': entry.opSecureDigest,
    migrate_source: entry.migrateSource,
    migrate_target: entry.migrateTarget,
  };
  const present = Object.entries(optional).filter(
    (pair): pair is [string, string] => pair[1] !== undefined,
  );
  return element('lrm_rsc_op', {
    id: entry.id,
    operation_key: entry.operationKey,
    operation: entry.task,
    'transition-key': entry.transitionKey,
    'transition-magic': `${entry.opStatus}:${entry.rc};${entry.transitionKey}`,
    'exit-reason': entry.exitReason,
    ...(entry.onNode === undefined ? {} : { on_node: entry.onNode }),
    'call-id': String(entry.callId),
    'rc-code': String(entry.rc),
    'op-status': String(entry.opStatus),
    interval: String(entry.intervalMs),
    'last-rc-change': String(entry.lastRcChange),
    'exec-time': String(entry.execMs),
    'queue-time': String(entry.queueMs),
    ...Object.fromEntries(present),
  });
}
