/** Stage 1: what the status section says of each node (A2). */
import type { NodeName } from '@holdfast/base';
import {
  booleanProperty,
  type Cib,
  type NodeState,
  parseBoolean,
  property,
  unpack,
} from '@holdfast/cib';

export type NodeReading = {
  readonly name: NodeName;
  readonly state: NodeState | undefined;
  /** A full member that takes orders. */
  readonly isOnline: boolean;
  /** Not proven down, and not answering: whatever it ran may still run. */
  readonly isUnclean: boolean;
  readonly isStandby: boolean;
  readonly isMaintenance: boolean;
  /** It wants to leave: everything on it is to be stopped, then it may. */
  readonly isLeaving: boolean;
  readonly attributes: ReadonlyMap<string, string>;
};

export function readNodes(cib: Cib): readonly NodeReading[] {
  const states = new Map(cib.status.nodes.map((state) => [state.name, state]));
  const names = new Set<NodeName>(cib.configuration.nodes.map(({ name }) => name));
  for (const { name } of cib.status.nodes) names.add(name);
  return [...names].sort().map((name) => readNode(cib, name, states.get(name)));
}

function readNode(cib: Cib, name: NodeName, state: NodeState | undefined): NodeReading {
  const attributes = attributesOf(cib, name, state);
  const isPresent = state?.inCluster === true && state.daemonOnline === true;
  const shutdown = attributes.get('shutdown') ?? '0';
  return {
    name,
    state,
    isOnline: isPresent && state.join === 'member',
    isUnclean: isUnclean(cib, state),
    isStandby: isSet(attributes, 'standby'),
    isMaintenance:
      booleanProperty(cib.configuration, 'maintenance-mode') || isSet(attributes, 'maintenance'),
    isLeaving: isPresent && shutdown !== '0' && shutdown !== '',
    attributes,
  };
}

/** Permanent attributes, and the transient ones over them. */
function attributesOf(
  cib: Cib,
  name: NodeName,
  state: NodeState | undefined,
): ReadonlyMap<string, string> {
  const entry = cib.configuration.nodes.find((each) => each.name === name);
  const attributes = new Map(entry === undefined ? [] : unpack(entry.attributes));
  for (const [key, value] of Object.entries(state?.transientAttributes ?? {}))
    attributes.set(key, value);
  return attributes.set('#uname', name);
}

function isSet(attributes: ReadonlyMap<string, string>, name: string): boolean {
  return parseBoolean(attributes.get(name)) ?? false;
}

/** A2.3: gone without a goodbye, or never seen where unseen nodes count as dangerous. */
function isUnclean(cib: Cib, state: NodeState | undefined): boolean {
  if (!booleanProperty(cib.configuration, 'stonith-enabled')) return false;
  if (state?.inCluster === undefined) {
    return state?.expected !== 'down' && booleanProperty(cib.configuration, 'startup-fencing');
  }
  if (state.inCluster) return false;
  return state.expected !== 'down';
}

/** A3: what a partition without quorum may do. */
export function quorumPolicy(cib: Cib): 'full' | 'freeze' | 'stop' {
  if (cib.quorate) return 'full';
  const policy = property(cib.configuration, 'no-quorum-policy');
  if (policy === 'ignore') return 'full';
  return policy === 'freeze' ? 'freeze' : 'stop';
}
