/** How well a node says it is (A4.3). */
import { integerPrefix } from '@holdfast/cib';
import type { Cluster } from '../model/cluster.ts';
import type { ClusterNode } from '../model/node.ts';
import { add } from './allowed.ts';

/** All attributes that begin with `#health` together; `worst`: 1 green, 0 yellow, -1 red. */
export function healthOf(
  { options }: Cluster,
  node: ClusterNode,
): { readonly score: number; readonly worst: number } {
  let score = options.healthBase;
  let worst = 1;
  for (const [name, value] of node.attributes) {
    if (!name.startsWith('#health')) continue;
    const own = healthScore(options, value);
    if (own === undefined) continue;
    score = add(score, own);
    worst = Math.min(worst, gradeOf(value, own));
  }
  return { score, worst };
}

function gradeOf(text: string, score: number): number {
  switch (text.toLowerCase()) {
    case 'red':
      return -1;
    case 'yellow':
      return 0;
    case 'green':
      return 1;
    default:
      return Math.sign(score);
  }
}

function healthScore(options: Cluster['options'], text: string): number | undefined {
  switch (text.toLowerCase()) {
    case 'red':
      return options.healthRed;
    case 'yellow':
      return options.healthYellow;
    case 'green':
      return options.healthGreen;
    default:
      break;
  }
  if (text === 'INFINITY' || text === '+INFINITY') return 1_000_000;
  return text === '-INFINITY' ? -1_000_000 : integerPrefix(text);
}
