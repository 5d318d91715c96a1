/**
 * Where we ask for more than the reference does before something is done that cannot be taken back.
 * What is decided stays the same; only its order is stricter, or a goodbye has to wait.
 */
import type { ClusterNode } from '@holdfast/status';
import type { Action } from '../work/action.ts';
import type { Work } from '../work/work.ts';
import type { Synapse } from './graph.ts';

/**
 * A node may leave only when everybody has looked what runs there: its goodbye counts as a proof that
 * nothing does. A look that finds something fails, and holds the word back.
 */
export function withPrudence(work: Work, synapses: readonly Synapse[]): readonly Synapse[] {
  if (!synapses.some(({ action }) => action.task === 'do_shutdown')) return synapses;
  const probes = synapses.map(({ action }) => action).filter(isProbe);
  return synapses.flatMap((synapse) => {
    const { action, inputs } = synapse;
    if (action.task !== 'do_shutdown' || action.node === undefined) return [synapse];
    if (isBusy(work, action.node)) return [];
    const looks = probes.filter(({ node }) => node === action.node);
    return [{ action, inputs: [...new Set([...inputs, ...looks])] }];
  });
}

function isProbe({ task, intervalMs }: Action): boolean {
  return task === 'monitor' && intervalMs === 0;
}

/** Something was begun there, and nobody knows yet how it ended. */
function isBusy({ cluster }: Work, node: ClusterNode): boolean {
  const state = cluster.cib.status.nodes.find(
    ({ id, name }) => id === node.id || name === node.name,
  );
  return (state?.history ?? []).some(({ ops }) => ops.some(({ opStatus }) => opStatus === -1));
}
