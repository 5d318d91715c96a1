/** The transition as a picture, in the language of Graphviz (B8.2). */
import type { Action } from '../work/action.ts';
import { TARGET_NODE } from '../work/relation.ts';
import type { Work } from '../work/work.ts';
import type { GraphBuild } from './graph.ts';
import { labelOf } from './names.ts';

export function dotOf(work: Work, graph: GraphBuild): string {
  const lines = [' digraph "g" {'];
  const shown = new Set<Action>();
  const actions = [...work.actions].reverse();
  for (const action of actions) {
    const style = styleOf(action);
    if (style === undefined) continue;
    shown.add(action);
    const font = action.isPseudo ? 'orange' : 'black';
    lines.push(`"${labelOf(action)}" [ style=${style} fontcolor="${font}"]`);
  }
  for (const action of actions) {
    const inputs = graph.inputs.get(action);
    for (const { action: first, flags } of graph.before.get(action) ?? []) {
      if (flags === 0 && inputs?.has(first) !== true) continue;
      const isBold = inputs?.has(first) === true;
      const isDashed = shown.has(first) && shown.has(action) && flags !== TARGET_NODE;
      if (!isBold && !isDashed) continue;
      const style = isBold ? 'bold' : 'dashed';
      lines.push(`"${labelOf(first)}" -> "${labelOf(action)}" [ style = ${style}]`);
    }
  }
  return [...lines, '}', ''].join('\n');
}

function styleOf({ isGraphed, resource, isOptional }: Action): string | undefined {
  if (isGraphed) return 'bold color="green"';
  if (resource?.isManaged === false || isOptional) return undefined;
  return 'dashed color="red"';
}
