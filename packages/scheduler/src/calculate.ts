/** One whole calculation, stage by stage (B0.4). */
import type { EpochMs } from '@holdfast/base';
import type { Cib } from '@holdfast/cib';
import { type Cluster, readCluster } from '@holdfast/status';
import { createActions } from './actions/collectives.ts';
import { checkConfiguration } from './actions/config-changes.ts';
import { findingsFor } from './actions/findings.ts';
import { clearRemoved, createProbes } from './actions/probes.ts';
import { assignAll } from './assign/assign.ts';
import { applyNodeCriteria, readConstraints } from './constraints/all-constraints.ts';
import type { Explainer } from './explain/explainer.ts';
import { fenceAndShutDown } from './ordering/fencing.ts';
import { orderInternally } from './ordering/internal.ts';
import { orderRemote } from './ordering/remote.ts';
import { resolveOrderings } from './ordering/resolve.ts';
import { buildGraph, type GraphBuild } from './output/graph.ts';
import { summarize, type SummaryLine } from './output/summary.ts';
import { newWork, type Work } from './work/work.ts';

export type CalculateInput = {
  readonly cib: Cib;
  readonly now: EpochMs;
  readonly wantsScores?: boolean;
  readonly explainer?: Explainer;
};

export type Calculation = {
  readonly cluster: Cluster;
  readonly work: Work;
  readonly graph: GraphBuild;
  readonly summary: readonly SummaryLine[];
};

export function calculate({
  cib,
  now,
  wantsScores = false,
  explainer,
}: CalculateInput): Calculation {
  let made: Work | undefined;
  const cluster = readCluster(cib, now, (empty) => {
    made = newWork(empty, { wantsScores, ...(explainer === undefined ? {} : { explainer }) });
    return findingsFor(made);
  });
  const work = made ?? newWork(cluster, { wantsScores });
  readConstraints(work);
  applyNodeCriteria(work);
  for (const resource of cluster.resources) orderInternally(work, resource);
  checkConfiguration(work);
  assignAll(work);
  for (const check of work.checkLater) check();
  createProbes(work);
  clearRemoved(work);
  for (const resource of cluster.resources) createActions(work, resource);
  orderRemote(work);
  fenceAndShutDown(work);
  resolveOrderings(work);
  const summary = summarize(work);
  const graph = buildGraph(work);
  return { cluster, work, graph, summary };
}
