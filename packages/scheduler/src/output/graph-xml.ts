/** The transition as the XML that cluster daemons exchange (B7.1, B7.5). */
import { element, formatXml, type XmlElement } from '@holdfast/cib';
import type { ClusterNode, ClusterResource } from '@holdfast/status';
import type { Action } from '../work/action.ts';
import type { Work } from '../work/work.ts';
import { attributesOf, isPlainPseudo } from './action-attributes.ts';
import type { GraphBuild, Synapse } from './graph.ts';
import { filedKey } from './names.ts';
import { recheckAt } from './recheck.ts';
import { routerOf } from './router.ts';

type Attributes = Record<string, string>;

export function graphXml(work: Work, graph: GraphBuild): string {
  const synapses = graph.synapses.map((synapse, index) => synapseXml(work, graph, synapse, index));
  return formatXml(element('transition_graph', rootAttributes(work), synapses));
}

function rootAttributes({ cluster }: Work): Attributes {
  const { options } = cluster;
  const recheck = recheckAt(cluster);
  const attributes: Attributes = {
    'cluster-delay': options.clusterDelay,
    'fencing-timeout': options.fencingTimeout,
    'failed-stop-offset': 'INFINITY',
    'failed-start-offset': options.isStartFailureFatal ? 'INFINITY' : '1',
    'batch-limit': options.batchLimit,
    transition_id: '1',
  };
  if (options.migrationLimit > 0) attributes['migration-limit'] = String(options.migrationLimit);
  if (recheck !== undefined) attributes['recheck-by'] = String(Math.floor(recheck / 1000));
  return attributes;
}

function synapseXml(
  work: Work,
  graph: GraphBuild,
  { action, inputs }: Synapse,
  index: number,
): XmlElement {
  const attributes: Attributes = { id: String(index) };
  const priority = Math.max(action.priority, action.resource?.priority ?? 0);
  if (priority > 0) attributes['priority'] = String(priority);
  return element('synapse', attributes, [
    element('action_set', {}, [actionXml(work, graph, action)]),
    element(
      'inputs',
      {},
      inputs.map((input) => element('trigger', {}, [headXml(input, [])])),
    ),
  ]);
}

function actionXml(work: Work, graph: GraphBuild, action: Action): XmlElement {
  const parts: XmlElement[] = [];
  const { resource } = action;
  if (resource?.agent !== undefined && !action.isPseudo) {
    parts.push(primitiveXml(resource));
  }
  parts.push(attributesXml(attributesOf(work, action)));
  const downed = downedBy(work, graph, action);
  if (downed.length > 0) parts.push(element('downed', {}, downed.map(nodeXml)));
  if (action.key === 'maintenance_nodes') parts.push(maintenanceXml(graph.maintenance));
  return headXml(action, parts);
}

const TO_CONTROLLERS: ReadonlySet<string> = new Set([
  'do_shutdown',
  'clear_failcount',
  'lrm_delete',
]);

function elementName({ task, isPseudo }: Action): string {
  if (task === 'stonith') return isPseudo ? 'pseudo_event' : 'crm_event';
  if (TO_CONTROLLERS.has(task)) return 'crm_event';
  return isPseudo ? 'pseudo_event' : 'rsc_op';
}

function headXml(action: Action, children: readonly XmlElement[]): XmlElement {
  const { id, task, key, node, resource } = action;
  const attributes: Attributes = task === 'lrm_delete' ? { mode: 'cib' } : {};
  attributes['id'] = String(id);
  attributes['operation'] = task;
  attributes['operation_key'] = filedKey(action);
  if (resource?.historyName !== undefined) attributes['internal_operation_key'] = key;
  if (node !== undefined && !isPlainPseudo(action)) {
    attributes['on_node'] = node.name;
    attributes['on_node_uuid'] = node.id;
    const router = routerOf(action);
    if (router !== undefined && !action.isPseudo) attributes['router_node'] = router.name;
  }
  if (isLocking(action)) attributes['shutdown-lock'] = String(resource?.lockedSince ?? 0);
  return element(elementName(action), attributes, children);
}

/** What is shut down cleanly is kept for its node. */
function isLocking({ resource, node, task }: Action): boolean {
  if (resource?.lockedTo === undefined || resource.lockedTo !== node) return false;
  return task === 'stop' || !node.isLeaving;
}

function primitiveXml(resource: ClusterResource): XmlElement {
  const { id, xmlId, historyName, isRemoved, isUnique, agent } = resource;
  const attributes: Attributes = { id };
  if (isRemoved && historyName !== undefined) {
    attributes['id'] = historyName;
    attributes['long-id'] = id;
  } else if (!isUnique) {
    attributes['id'] = xmlId;
    attributes['long-id'] = historyName === undefined || historyName === xmlId ? id : historyName;
  }
  attributes['class'] = agent?.class ?? '';
  if (agent !== undefined && agent.provider !== '') attributes['provider'] = agent.provider;
  attributes['type'] = agent?.type ?? '';
  return element('primitive', attributes, []);
}

/** A name that XML does not allow goes into an element of its own. */
function attributesXml(values: ReadonlyMap<string, string>): XmlElement {
  const names = [...values.keys()].sort();
  const isNumbered = (name: string): boolean => /^\d/.test(name);
  return element(
    'attributes',
    Object.fromEntries(
      names.filter((name) => !isNumbered(name)).map((name) => [name, values.get(name) ?? '']),
    ),
    names
      .filter(isNumbered)
      .map((name) => element('param', { name, value: values.get(name) ?? '' }, [])),
  );
}

/** Nodes that are gone when the action is done. */
function downedBy(work: Work, graph: GraphBuild, action: Action): readonly string[] {
  const { task, node, isPseudo, resource } = action;
  switch (task) {
    case 'do_shutdown':
      return node === undefined ? [] : [node.id];
    case 'stonith':
      return node === undefined || !turnsOff(action) ? [] : [node.id, ...guestsOn(work, node)];
    case 'stop':
      if (isPseudo || resource?.remoteNode === undefined) return [];
      return isMoving(graph, action) ? [] : [resource.id];
    default:
      return [];
  }
}

function turnsOff({ meta }: Action): boolean {
  const op = meta.get('stonith_action');
  return op === 'off' || op === 'reboot';
}

/** The connection was taken over elsewhere before. */
function isMoving({ before }: GraphBuild, action: Action): boolean {
  return (before.get(action) ?? []).some(
    ({ action: first }) => first.resource === action.resource && first.task === 'migrate_from',
  );
}

function guestsOn({ cluster }: Work, host: ClusterNode): readonly string[] {
  return cluster.nodes
    .filter(
      ({ kind, connection }) => kind === 'guest' && connection?.active.includes(host) === true,
    )
    .map(({ id }) => id);
}

function nodeXml(id: string): XmlElement {
  return element('node', { id }, []);
}

function maintenanceXml(nodes: readonly ClusterNode[]): XmlElement {
  return element(
    'maintenance',
    {},
    nodes.map(({ id, isMaintenance }) =>
      element('node', { id, node_in_maintenance: isMaintenance ? '1' : '0' }, []),
    ),
  );
}
