/** The reasons of a decision, as data: every score with its terms, every choice, every action with its cause. */
import type { NodeName } from '@holdfast/base';
import type { ClusterNode, ClusterResource, AnyRole } from '@holdfast/status';
import type { Calculation } from '../calculate.ts';
import { actionReasons, type ActionReason } from './action-reasons.ts';
import type { Explainer } from './explainer.ts';
import { losersOf, type Loser } from './losers.ts';
import type { Term } from './term.ts';

export type { Term } from './term.ts';

export type Choice = {
  readonly node: NodeName | undefined;
  readonly why: string;
  /** The table as it was when the choice was made, the chosen node left out. */
  readonly losers: readonly Loser[];
};

export type ResourceLedger = {
  readonly id: string;
  readonly role: AnyRole;
  readonly nextRole: AnyRole;
  readonly isManaged: boolean;
  readonly isBlocked: boolean;
  /** Where it runs now. */
  readonly active: readonly NodeName[];
  readonly terms: readonly Term[];
  readonly choice: Choice | undefined;
  readonly actions: readonly ActionReason[];
};

export type FenceReason = { readonly node: NodeName; readonly op: string; readonly why: string };

export type Ledger = {
  /** By id; instances of clones by theirs (`web:0`). */
  readonly resources: ReadonlyMap<string, ResourceLedger>;
  readonly fences: readonly FenceReason[];
};

export type Keeper = {
  readonly explainer: Explainer;
  readonly ledger: (calculation: Calculation) => Ledger;
};

type Draft = { readonly terms: Term[]; choice: Choice | undefined };

export function keepLedger(): Keeper {
  const drafts = new Map<ClusterResource, Draft>();
  const draftOf = (resource: ClusterResource): Draft => {
    let draft = drafts.get(resource);
    if (draft === undefined) {
      draft = { terms: [], choice: undefined };
      drafts.set(resource, draft);
    }
    return draft;
  };
  const explainer: Explainer = {
    term: (resource, node, amount, source) => {
      const { terms } = draftOf(resource);
      const isKnown = terms.some((each) => each.node === node.name && each.source === source);
      if (!isKnown) terms.push({ node: node.name, amount, source });
    },
    chosen: (resource, node, why) => {
      const draft = draftOf(resource);
      draft.choice = choiceOf(resource, node, why, draft.terms);
    },
  };
  return { explainer, ledger: (calculation) => ledgerOf(calculation, drafts) };
}

function choiceOf(
  resource: ClusterResource,
  node: ClusterNode | undefined,
  why: string,
  terms: readonly Term[],
): Choice {
  return { node: node?.name, why, losers: losersOf(resource, node, terms) };
}

function ledgerOf(calculation: Calculation, drafts: ReadonlyMap<ClusterResource, Draft>): Ledger {
  const { work, cluster } = calculation;
  const resources = new Map<string, ResourceLedger>();
  const add = (resource: ClusterResource): void => {
    for (const child of resource.children) add(child);
    const draft = drafts.get(resource);
    const { id, role, nextRole, isManaged, isBlocked, active } = resource;
    resources.set(id, {
      id,
      role,
      nextRole,
      isManaged,
      isBlocked,
      active: active.map(({ name }) => name),
      terms: draft?.terms ?? [],
      choice: draft?.choice,
      actions: actionReasons(calculation, resource),
    });
  };
  for (const resource of cluster.resources) add(resource);
  const fences = work.actions
    .filter(({ task, isOptional, node }) => task === 'stonith' && !isOptional && node !== undefined)
    .map(({ node, meta, reason }) => ({
      node: node?.name ?? ('' as NodeName),
      op: meta.get('stonith_action') ?? 'reboot',
      why: reason ?? 'node is unclean',
    }));
  return { resources, fences };
}
