/** Wrong worlds: each breaks one promise from outside, so that a checker must notice. */
import type { Graph, GraphAction } from '@holdfast/transition';
import type { Planned, Planner } from './host-setup.ts';

/** How long an answer runs ahead of the platter where a disk acknowledges too early, in ms. */
export const EARLY_ACK_LAG_MS = 30_000;

/** A scheduler whose actions do not wait for fences: what a fence was to protect goes on at once. */
export function withoutFenceWait(planner: Planner): Planner {
  return (cib, wallMs): Planned => {
    const planned = planner(cib, wallMs);
    return { ...planned, graph: stripFences(planned.graph) };
  };
}

/** Leaves the fences in, but nothing comes after them. */
function stripFences(graph: Graph): Graph {
  const fences = new Set(graph.actions.filter(({ kind }) => kind === 'fence').map(({ id }) => id));
  if (fences.size === 0) return graph;
  const actions = graph.actions.map((action): GraphAction => ({
    ...action,
    after: action.after.filter((id) => !fences.has(id)),
  }));
  return { ...graph, actions };
}
