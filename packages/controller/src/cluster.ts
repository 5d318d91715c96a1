/** The cluster as one member sees it, for those who decide or look. */
import type { Cib, Configuration, NodeEntry } from '@holdfast/cib';
import { versionOf } from '@holdfast/cib-store';
import { statusOf } from './replica.ts';
import { type ControllerState, dcOf, nameOf } from './state.ts';

/** Configuration in force, and status. */
export function readCluster(state: ControllerState): Cib {
  const dc = dcOf(state);
  return {
    root: state.store.root,
    version: versionOf(state.store),
    configuration: withMembers(state),
    status: statusOf(state.replica),
    quorate: state.quorum.quorate,
    dc: dc === undefined ? undefined : nameOf(state, dc),
  };
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
