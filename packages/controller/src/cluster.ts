/** The cluster as one member sees it, for those who decide or look. */
import { score } from '@holdfast/base';
import type { Cib, Configuration, NodeEntry, NvSet, Status } from '@holdfast/cib';
import { versionOf } from '@holdfast/cib-store';
import { statusOf } from './replica.ts';
import { type ControllerState, dcOf, nameOf } from './state.ts';

/** Configuration in force, and status. */
export function readCluster(state: ControllerState): Cib {
  const dc = dcOf(state);
  return {
    root: state.store.root,
    version: versionOf(state.store),
    configuration: withWatchdog(state, withMembers(state)),
    status: withHeld(state, statusOf(state.replica)),
    quorate: state.quorum.quorate,
    dc: dc === undefined ? undefined : nameOf(state, dc),
  };
}

/**
 * Members that may yet be shot are shown as not let in; nothing is decided meanwhile. The replica keeps
 * them as they are, so that one which is lost before that has ended counts as unclean, like any other.
 */
function withHeld({ held }: ControllerState, status: Status): Status {
  if (held.length === 0) return status;
  const nodes = status.nodes.map((node) =>
    held.some(({ target }) => target === node.name) ? { ...node, join: 'pending' } : node,
  );
  return { ...status, nodes };
}

/** A member that the configuration does not name yet takes part all the same. */
function withMembers(state: ControllerState): Configuration {
  const { configuration } = state.store;
  if (state.view.kind !== 'agreed') return configuration;
  const known = new Set(configuration.nodes.map(({ name }) => name));
  const missing = state.view.members
    .map((id) => ({ id, name: nameOf(state, id) }))
    .filter(({ name }) => !known.has(name));
  if (missing.length === 0) return configuration;
  const nodes = missing.map(({ id, name }): NodeEntry => {
    return { id: String(id), name, kind: 'member', attributes: [], utilization: [] };
  });
  return { ...configuration, nodes: [...configuration.nodes, ...nodes] };
}

/** Somebody has an armed watchdog: silence may be proof, and fencing is possible without devices. */
function withWatchdog({ replica }: ControllerState, configuration: Configuration): Configuration {
  if (replica.watchdogs.size === 0) return configuration;
  const known: NvSet = {
    id: 'watchdogs-seen',
    score: score(0),
    rule: undefined,
    pairs: [{ id: 'watchdogs-seen-any', name: 'have-watchdog', value: 'true' }],
  };
  return { ...configuration, properties: [...configuration.properties, known] };
}
