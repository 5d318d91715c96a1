/** Why a resource is not on the other nodes. */
import type { NodeName } from '@holdfast/base';
import { type ClusterNode, type ClusterResource, isAvailable } from '@holdfast/status';
import type { Term } from './term.ts';

export type Loser = {
  readonly node: NodeName;
  /** Undefined: there is no entry for the node at all. */
  readonly score: number | undefined;
  readonly why: string;
};

const INFINITE = 1_000_000;

export function losersOf(
  resource: ClusterResource,
  chosen: ClusterNode | undefined,
  terms: readonly Term[],
): readonly Loser[] {
  const best = chosen === undefined ? undefined : resource.allowed.get(chosen.id)?.score;
  const losers: Loser[] = [];
  for (const { node, score } of resource.allowed.values()) {
    if (node === chosen) continue;
    losers.push({ node: node.name, score, why: whyNot(node, score, best, terms) });
  }
  return losers;
}

function whyNot(
  node: ClusterNode,
  score: number,
  best: number | undefined,
  terms: readonly Term[],
): string {
  if (!isAvailable(node)) return `${node.name} ${stateOf(node)}`;
  if (score <= -INFINITE) {
    const bans = terms.filter((term) => term.node === node.name && term.amount <= -INFINITE);
    const sources = [...new Set(bans.map(({ source }) => source))];
    return sources.length === 0 ? 'it is forbidden there' : `forbidden by ${sources.join(', ')}`;
  }
  if (score < 0) return `its score there is below 0 (${score})`;
  if (best === undefined) return 'it is to run nowhere';
  if (score < best) return `its score there is lower (${shown(score)} against ${shown(best)})`;
  return 'just as good, but it runs more resources or comes later';
}

function shown(score: number): string {
  return score >= INFINITE ? 'INFINITY' : String(score);
}

/** What makes a node unfit to take anything. */
export function stateOf(node: ClusterNode): string {
  if (node.isUnclean) return node.isOnline ? 'must be fenced first' : 'is lost and not proven off';
  if (!node.isOnline) return 'is offline';
  if (node.isPending) return 'has not joined yet';
  if (node.isLeaving) return 'is leaving';
  if (node.isStandby) return 'is on standby';
  return node.isMaintenance ? 'is in maintenance' : 'is available';
}
