/** The cluster as an operator sees it: nodes, resources and what failed, as plain data. */
import {
  childElements,
  parseBoolean,
  readStatus,
  type NodeState,
  type XmlElement,
} from '@holdfast/cib';
import { isResource, pairOf, section } from '../draft/places.ts';
import { everyInstance, type Instance } from './running.ts';

export type NodeView = {
  readonly name: string;
  readonly isOnline: boolean;
  readonly isPending: boolean;
  /** Gone, and not proven off. */
  readonly isUnclean: boolean;
  readonly isStandby: boolean;
  readonly isMaintenance: boolean;
  readonly attributes: Readonly<Record<string, string>>;
};

export type ResourceView = {
  readonly id: string;
  readonly kind: 'primitive' | 'group' | 'clone' | 'bundle';
  readonly agent: string;
  readonly isPromotable: boolean;
  readonly isDisabled: boolean;
  readonly isManaged: boolean;
  readonly isMaintenance: boolean;
  readonly instances: readonly InstanceView[];
  readonly members: readonly ResourceView[];
};

export type InstanceView = {
  readonly node: string;
  readonly role: 'Started' | 'Promoted' | 'Unpromoted';
  readonly isFailed: boolean;
};

export type FailureView = {
  readonly resource: string;
  readonly operation: string;
  readonly node: string;
  readonly rc: number;
  readonly callId: number;
  readonly reason: string;
  readonly opStatus: number;
  /** Wall-clock seconds. */
  readonly at: number;
  readonly execMs: number;
  readonly queueMs: number;
};

export type View = {
  readonly nodes: readonly NodeView[];
  readonly resources: readonly ResourceView[];
  readonly failures: readonly FailureView[];
  readonly lastChange: string;
};

export function viewOf(cib: XmlElement): View {
  const states = readStatus(cib).nodes;
  const instances = everyInstance(cib);
  return {
    nodes: section(cib, 'nodes').map((node) => nodeView(node, states)),
    resources: section(cib, 'resources')
      .filter(isResource)
      .map((resource) => resourceView(resource, instances, NOTHING_SAID)),
    failures: instances.flatMap(failureView),
    lastChange: lastChange(cib),
  };
}

function lastChange({ attributes }: XmlElement): string {
  const at = attributes['cib-last-written'];
  if (at === undefined) return '';
  const by = attributes['update-user'];
  const via = attributes['update-client'];
  const on = attributes['update-origin'];
  return [
    at,
    ...(by ? [`by ${by}`] : []),
    ...(via ? [`via ${via}`] : []),
    ...(on ? [`on ${on}`] : []),
  ].join(' ');
}

function nodeView(node: XmlElement, states: readonly NodeState[]): NodeView {
  const name = node.attributes['uname'] ?? '';
  const state = states.find((each) => each.name === name);
  const pairs = childElements(node, 'instance_attributes').flatMap((set) =>
    childElements(set, 'nvpair'),
  );
  const lasting = Object.fromEntries(
    pairs.map(({ attributes }) => [attributes['name'] ?? '', attributes['value'] ?? '']),
  );
  const attributes: Readonly<Record<string, string>> = {
    ...lasting,
    ...state?.transientAttributes,
  };
  const isIn = state?.inCluster === true;
  const isOnline =
    isIn && state.daemonOnline !== false && state.join !== 'pending' && state.join !== 'down';
  const isOn = (key: string): boolean =>
    [lasting[key], state?.transientAttributes[key]].some((value) => parseBoolean(value) === true);
  return {
    name,
    isOnline,
    isPending: isIn && !isOnline,
    isUnclean: !isIn && state?.expected === 'member',
    isStandby: isOn('standby'),
    isMaintenance: isOn('maintenance') || state?.inMaintenance === true,
    attributes,
  };
}

/** What a collection says of its members, unless they say otherwise. */
type Inherited = {
  readonly isPromotable: boolean;
  readonly isDisabled: boolean;
  readonly isManaged: boolean;
  readonly isMaintenance: boolean;
};

const NOTHING_SAID: Inherited = {
  isPromotable: false,
  isDisabled: false,
  isManaged: true,
  isMaintenance: false,
};

function resourceView(
  resource: XmlElement,
  instances: readonly Instance[],
  inherited: Inherited,
): ResourceView {
  const id = resource.attributes['id'] ?? '';
  const meta = (name: string): string | undefined => pairOf(resource, 'meta_attributes', name);
  const role = meta('target-role');
  const said: Inherited = {
    isPromotable:
      inherited.isPromotable ||
      resource.name === 'master' ||
      parseBoolean(meta('promotable')) === true,
    isDisabled: role === undefined ? inherited.isDisabled : /^stopped$/i.test(role),
    isManaged: parseBoolean(meta('is-managed')) ?? inherited.isManaged,
    isMaintenance: parseBoolean(meta('maintenance')) ?? inherited.isMaintenance,
  };
  return {
    ...said,
    id,
    kind: kindOf(resource.name),
    agent: agentOf(resource),
    instances: instances
      .filter((each) => each.resource === id && each.role !== undefined)
      .map((each) => instanceView(each, said.isPromotable)),
    members: childElements(resource)
      .filter(isResource)
      .map((member) => resourceView(member, instances, said)),
  };
}

function kindOf(name: string): ResourceView['kind'] {
  switch (name) {
    case 'group':
    case 'bundle':
      return name;
    case 'clone':
    case 'master':
      return 'clone';
    default:
      return 'primitive';
  }
}

function agentOf({ attributes }: XmlElement): string {
  const { class: standard, provider, type, template } = attributes;
  return [standard, provider, type ?? (template === undefined ? undefined : `@${template}`)]
    .filter((part) => part !== undefined)
    .join(':');
}

function instanceView({ node, role, failure }: Instance, isPromotable: boolean): InstanceView {
  const shown = role === 'Promoted' ? 'Promoted' : isPromotable ? 'Unpromoted' : 'Started';
  return { node, role: shown, isFailed: failure !== undefined };
}

function failureView({ resource, node, failure }: Instance): readonly FailureView[] {
  if (failure === undefined) return [];
  const { operationKey, rc, callId, exitReason, opStatus, lastRcChange, execMs, queueMs } = failure;
  return [
    {
      resource,
      operation: operationKey,
      node,
      rc,
      callId,
      reason: exitReason,
      opStatus,
      at: lastRcChange,
      execMs,
      queueMs,
    },
  ];
}
