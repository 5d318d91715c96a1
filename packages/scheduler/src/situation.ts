/** What is the case, as the stages of a decision read it. */
import type { EpochMs, NodeName } from '@holdfast/base';
import type { Cib } from '@holdfast/cib';
import type { Activity, NodeReading } from '@holdfast/status';
import type { Constraints } from './constraints.ts';
import type { Unit } from './units.ts';

export type Observed = {
  readonly cib: Cib;
  readonly now: EpochMs;
  readonly nodes: readonly NodeReading[];
  readonly units: readonly Unit[];
  readonly constraints: Constraints;
  /** What is the case with a unit on a node. */
  readonly activity: (unit: Unit, node: NodeName) => Activity;
};

export type Situation = Observed & {
  /** Nodes to be fenced, with the reason. Nothing is placed there. */
  readonly fences: ReadonlyMap<NodeName, string>;
};

/**
 * Does it go on running where it is, whatever its score? Nobody may touch what is not managed, and an
 * operation under way must end before anything else is decided.
 */
export function staysOn({ nodes, fences, activity }: Situation, unit: Unit): NodeName | undefined {
  return nodes.find((node) => {
    if (!node.isOnline || fences.has(node.name)) return false;
    const { standing } = activity(unit, node.name);
    if (standing === 'busy') return true;
    return standing === 'active' && (!unit.isManaged || node.isMaintenance);
  })?.name;
}
