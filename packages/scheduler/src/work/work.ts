/** Everything one calculation builds up: constraints, actions, orderings, scores. */
import type { Cluster, ClusterNode, ClusterResource, AnyRole } from '@holdfast/status';
import type { Discovery } from '@holdfast/cib';
import type { Explainer } from '../explain/explainer.ts';
import type { Action } from './action.ts';

export type Location = {
  readonly id: string;
  /** Holds for that next role only. */
  readonly role: AnyRole | undefined;
  readonly scores: ReadonlyMap<ClusterNode, number>;
  readonly discovery: Discovery;
};

export type Colocation = {
  readonly id: string;
  readonly dependent: ClusterResource;
  readonly primary: ClusterResource;
  readonly dependentRole: AnyRole | undefined;
  readonly primaryRole: AnyRole | undefined;
  readonly score: number;
  readonly attribute: string;
  /** Does the dependent's liking move the primary? */
  readonly hasInfluence: boolean;
  /** Somebody wrote it. */
  readonly isExplicit: boolean;
};

export type TicketDependency = {
  readonly id: string;
  readonly ticket: string;
  readonly resource: ClusterResource;
  readonly role: AnyRole | undefined;
};

/** One side of an ordering: an action that exists, or one to be found by its key (B4.2.2). */
export type OrderingSide = {
  readonly resource: ClusterResource | undefined;
  readonly key: string | undefined;
  readonly action: Action | undefined;
};

export type Ordering = {
  readonly first: OrderingSide;
  readonly then: OrderingSide;
  readonly flags: number;
};

/** What recursions through several files call; tied when they begin. */
export type Knots = {
  /** Gives a resource its node (assign/assign.ts). */
  assign: (
    resource: ClusterResource,
    preferred: ClusterNode | undefined,
    isFinal: boolean,
  ) => ClusterNode | undefined;
  /** Settles an action by what stands before it (ordering/update.ts). */
  update: (action: Action) => void;
  /** Settles everything behind an action. */
  updateAfter: (action: Action) => void;
};

export type Work = {
  readonly knots: Knots;
  readonly cluster: Cluster;
  /** In order of creation. */
  readonly actions: Action[];
  readonly actionsOf: Map<ClusterResource, Action[]>;
  readonly actionsByKey: Map<string, Action[]>;
  readonly orderings: Ordering[];
  /** Constraints by the very resource they name, the newest first. */
  readonly locationsOf: Map<ClusterResource, Location[]>;
  /** In order of creation. */
  readonly locations: { readonly resource: ClusterResource; readonly location: Location }[];
  /** Sorted (A4.2.14). */
  readonly primariesOf: Map<ClusterResource, Colocation[]>;
  readonly dependentsOf: Map<ClusterResource, Colocation[]>;
  readonly ticketsOf: Map<ClusterResource, TicketDependency[]>;
  /** Score lines as they are printed; undefined: nobody asks. */
  readonly scores: string[] | undefined;
  readonly explainer: Explainer | undefined;
  /** Roles of these promotable clones are being chosen, or were. */
  readonly choosingRoles: Set<ClusterResource>;
  /** Promotion scores were added to the tables of these. */
  readonly promotionAdded: Set<ClusterResource>;
  readonly promotionCombined: Set<ClusterResource>;
  /** Guards of recursions. */
  readonly merging: Set<ClusterResource>;
  readonly checkLater: (() => void)[];
};

export function newWork(
  cluster: Cluster,
  { wantsScores, explainer }: { readonly wantsScores: boolean; readonly explainer?: Explainer },
): Work {
  return {
    knots: { assign: () => undefined, update: () => undefined, updateAfter: () => undefined },
    cluster,
    actions: [],
    actionsOf: new Map(),
    actionsByKey: new Map(),
    orderings: [],
    locationsOf: new Map(),
    locations: [],
    primariesOf: new Map(),
    dependentsOf: new Map(),
    ticketsOf: new Map(),
    scores: wantsScores ? [] : undefined,
    explainer,
    choosingRoles: new Set(),
    promotionAdded: new Set(),
    promotionCombined: new Set(),
    merging: new Set(),
    checkLater: [],
  };
}

/** The resource's actions, oldest first. */
export function actionsOf(work: Work, resource: ClusterResource): readonly Action[] {
  return work.actionsOf.get(resource) ?? [];
}
