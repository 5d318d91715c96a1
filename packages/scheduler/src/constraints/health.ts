/** Node health, which is a matter of location (A4.3). */
import { healthOf } from '@holdfast/status';
import type { Work } from '../work/work.ts';
import { addLocation } from './locations.ts';

export function readHealth(work: Work): void {
  const { cluster } = work;
  if (cluster.options.healthStrategy === 'none') return;
  for (const node of cluster.nodes) {
    const { score } = healthOf(cluster, node);
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
