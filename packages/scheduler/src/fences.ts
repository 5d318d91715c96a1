/** Which nodes are to be fenced, and why: decided before anything is placed. */
import type { NodeName } from '@holdfast/base';
import { booleanProperty } from '@holdfast/cib';
import { quorumPolicy } from '@holdfast/status';
import type { Observed } from './situation.ts';

/** Lost nodes, and nodes on which something could not be stopped (A2.4); only with quorum. */
export function nodesToFence(observed: Observed): ReadonlyMap<NodeName, string> {
  const fences = new Map<NodeName, string>();
  const { cib, nodes, units, activity } = observed;
  const mayFence =
    quorumPolicy(cib) === 'full' && booleanProperty(cib.configuration, 'stonith-enabled');
  if (!mayFence) return fences;
  for (const node of nodes) {
    if (node.isUnclean) fences.set(node.name, `${node.name} is lost and not proven down`);
  }
  for (const unit of units) {
    for (const { name, isOnline } of nodes) {
      const { isStuck, why } = activity(unit, name);
      if (!isOnline || !isStuck || !unit.isManaged) continue;
      fences.set(name, `${unit.id} could not be stopped on ${name}: ${why}`);
    }
  }
  return fences;
}
