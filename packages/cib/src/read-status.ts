/** The status section: from XML to the typed model, and back as Pacemaker writes it. */
import { type NodeName, nodeName } from '@holdfast/base';
import { parseBoolean } from './literals.ts';
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
    nodes: childElements(section, 'node_state')
      .filter(({ attributes }) => (attributes['id'] ?? '') !== '')
      .map(readNodeState),
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
    name: nameOf(attributes['uname']) ?? nodeName(attributes['id'] ?? ''),
    ...(nameOf(attributes['uname']) === undefined ? { isNameless: true } : {}),
    inCluster: presence(attributes['in_ccm']),
    ...sinceOf('inClusterSince', attributes['in_ccm']),
    daemonOnline: daemonPresence(attributes['crmd']),
    join: attributes['join'],
    expected: attributes['expected'],
    nodeFenced: attributes['node_fenced'],
    inMaintenance: presence(attributes['node_in_maintenance']) ?? false,
    transientAttributes: readTransient(state, 'instance_attributes'),
    ...utilizationOf(state),
    history: lrm === undefined ? [] : childElements(lrm, 'lrm_resource').map(readHistory),
    remote: parseBoolean(attributes['remote_node']) ?? false,
  };
}

function nameOf(text: string | undefined): NodeName | undefined {
  return text === undefined || text === '' ? undefined : nodeName(text);
}

/** A time in place of a flag; 0 and 1 are flags. */
function sinceOf<Key extends string>(
  key: Key,
  text: string | undefined,
): Partial<Readonly<Record<Key, number>>> {
  const since = number(text, 0);
  return since > 1 ? ({ [key]: since } as Partial<Readonly<Record<Key, number>>>) : {};
}

/** Of several sets the last counts first, as everywhere (A0.13). */
function readTransient(state: XmlElement, tag: string): Readonly<Record<string, string>> {
  const found = new Map<string, string>();
  const section = firstChild(state, 'transient_attributes');
  const sets = section === undefined ? [] : childElements(section, tag);
  for (const set of [...sets].reverse()) {
    for (const { attributes } of childElements(set, 'nvpair')) {
      const { name, value } = attributes;
      if (name !== undefined && value !== undefined && !found.has(name)) found.set(name, value);
    }
  }
  return Object.fromEntries(found);
}

function utilizationOf(state: XmlElement): Pick<NodeState, 'transientUtilization'> {
  const transientUtilization = readTransient(state, 'utilization');
  return Object.keys(transientUtilization).length === 0 ? {} : { transientUtilization };
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
    ...sinceOf('shutdownLock', attributes['shutdown-lock']),
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
    callId: number(attributes['call-id'], -1),
    rc: number(attributes['rc-code'], -1),
    opStatus: number(attributes['op-status'], -2),
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
    onNode: nameOf(attributes['on_node']),
    migrateSource: attributes['migrate_source'],
    migrateTarget: attributes['migrate_target'],
    ...(attributes['crm_feature_set'] === undefined
      ? {}
      : { featureSet: attributes['crm_feature_set'] }),
  };
}

function number(text: string | undefined, fallback: number): number {
  const value = /^-?\d+$/.test(text ?? '') ? Number(text) : Number.NaN;
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
  const { inCluster, daemonOnline, join, expected, nodeFenced } = state;
  const attributes = present({
    id: state.id,
    uname: state.isNameless === true ? undefined : state.name,
    remote_node: state.remote ? 'true' : undefined,
    in_ccm: inCluster === undefined ? undefined : String(state.inClusterSince ?? inCluster),
    crmd: daemonOnline === undefined ? undefined : onlineText(daemonOnline),
    join,
    expected,
    node_fenced: nodeFenced,
    node_in_maintenance: state.inMaintenance ? 'true' : undefined,
  });
  return element('node_state', attributes, [...transientOf(state), ...historyOf(state)]);
}

const onlineText = (isOnline: boolean): string => (isOnline ? 'online' : 'offline');

function historyOf({ id, history }: NodeState): readonly XmlElement[] {
  if (history.length === 0) return [];
  const resources = element('lrm_resources', {}, history.map(historyToXml));
  return [element('lrm', { id }, [resources])];
}

function transientOf({
  id,
  transientAttributes,
  transientUtilization = {},
}: NodeState): readonly XmlElement[] {
  const attributes = Object.entries(transientAttributes);
  const utilization = Object.entries(transientUtilization);
  const isEmpty = attributes.length === 0 && utilization.length === 0;
  return isEmpty ? [] : [transientToXml(id, attributes, utilization)];
}

type Pairs = readonly (readonly [string, string])[];

function transientToXml(id: string, attributes: Pairs, utilization: Pairs): XmlElement {
  const set = (tag: string, setId: string, pairs: Pairs): readonly XmlElement[] =>
    pairs.length === 0 ? [] : [element(tag, { id: setId }, pairs.map(nvpair(setId)))];
  return element('transient_attributes', { id }, [
    ...set('instance_attributes', `status-${id}`, attributes),
    ...set('utilization', `status-${id}-utilization`, utilization),
  ]);
}

const nvpair =
  (setId: string) =>
  ([name, value]: readonly [string, string]): XmlElement =>
    element('nvpair', { id: `${setId}-${name.replace(/[^\w.-]/g, '.')}`, name, value });

function historyToXml({
  resource,
  agent,
  container,
  shutdownLock,
  ops,
}: ResourceHistory): XmlElement {
  return element(
    'lrm_resource',
    {
      id: resource,
      class: agent.class,
      ...(agent.provider === '' ? {} : { provider: agent.provider }),
      type: agent.type,
      ...(container === undefined ? {} : { container }),
      ...(shutdownLock === undefined ? {} : { 'shutdown-lock': String(shutdownLock) }),
    },
    ops.map(entryToXml),
  );
}

/** What was not recorded is not written; a number below its smallest meaning says so. */
function entryToXml(entry: HistoryEntry): XmlElement {
  const given = (value: number, least: number): string | undefined =>
    value < least ? undefined : String(value);
  return element(
    'lrm_rsc_op',
    present({
      id: entry.id,
      operation_key: entry.operationKey,
      operation: entry.task,
      crm_feature_set: entry.featureSet,
      'transition-key': entry.transitionKey,
      'transition-magic': `${entry.opStatus}:${entry.rc};${entry.transitionKey}`,
      'exit-reason': entry.exitReason,
      on_node: entry.onNode,
      'call-id': String(entry.callId),
      'rc-code': given(entry.rc, 0),
      'op-status': given(entry.opStatus, -1),
      interval: String(entry.intervalMs),
      'last-rc-change': given(entry.lastRcChange, 1),
      'last-run': entry.lastRun === undefined ? undefined : String(entry.lastRun),
      'exec-time': String(entry.execMs),
      'queue-time': String(entry.queueMs),
      'op-digest': entry.opDigest,
      'op-force-restart': entry.opForceRestart,
      'op-restart-digest': entry.opRestartDigest,
      'op-secure-params': entry.opSecureParams,
      'op-secure-digest': entry.opSecureDigest,
      migrate_source: entry.migrateSource,
      migrate_target: entry.migrateTarget,
    }),
  );
}

function present(
  values: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const pairs = Object.entries(values).filter((pair): pair is [string, string] => {
    return pair[1] !== undefined;
  });
  return Object.fromEntries(pairs);
}
