/** What is written down while a decision is made, where somebody wants to know why. */
import type { ClusterNode, ClusterResource } from '@holdfast/status';

export type Explainer = {
  /** One term of a score: `source` says where it comes from. */
  readonly term: (
    resource: ClusterResource,
    node: ClusterNode,
    amount: number,
    source: string,
  ) => void;
  /** The table at the moment a node was chosen. */
  readonly chosen: (resource: ClusterResource, node: ClusterNode | undefined, why: string) => void;
};
