/** Node health, which is a matter of location (A4.3). */
import { integerPrefix } from '@holdfast/cib';
import { add, type Cluster, type ClusterNode } from '@holdfast/status';
import type { Work } from '../work/work.ts';
import { addLocation } from './locations.ts';

export function readHealth(work: Work): void {
  const { cluster } = work;
  if (cluster.options.healthStrategy === 'none') return;
  for (const node of cluster.nodes) {
    const score = healthOf(cluster, node);
    if (score === 0) continue;
    for (const resource of cluster.resources) {
      const isExempt = score < 0 && resource.meta.get('allow-unhealthy-nodes') === 'true';
      if (isExempt) continue;
      const scores = new Map([[node, score]]);
      addLocation(work, resource, {
        id: `health of ${node.name}`,
        role: undefined,
        scores,
        discovery: 'always',
      });
    }
  }
}

/** All attributes that begin with `#health` together. */
export function healthOf({ options }: Cluster, node: ClusterNode): number {
  let sum = options.healthBase;
  for (const [name, value] of node.attributes) {
    if (!name.startsWith('#health')) continue;
    const score = healthScore(options, value);
    if (score !== undefined) sum = add(sum, score);
  }
  return sum;
}

function healthScore(options: Cluster['options'], text: string): number | undefined {
  switch (text.toLowerCase()) {
    case 'red':
      return options.healthRed;
    case 'yellow':
      return options.healthYellow;
    case 'green':
      return options.healthGreen;
    case 'infinity':
      return 1_000_000;
    case '-infinity':
      return -1_000_000;
    default:
      return integerPrefix(text);
  }
}
