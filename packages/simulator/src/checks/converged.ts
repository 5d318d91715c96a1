/** Has the cluster come to rest as one? Each answer names the first thing that is not so yet. */
import { sameXml } from '@holdfast/cib';
import { readNode } from '@holdfast/node';
import type { Host } from '../host.ts';
import type { Owners } from './owners.ts';

/** Undefined: it has. */
export function whatIsMissing(
  hosts: readonly Host[],
  resources: readonly string[],
  owners: Owners,
): string | undefined {
  return members(hosts) ?? running(resources, owners) ?? decided(hosts);
}

function members(hosts: readonly Host[]): string | undefined {
  const views = new Set<string>();
  for (const host of hosts) {
    if (host.daemon === undefined) return `${host.name} has no daemon running`;
    const { view } = host.daemon.node.controller;
    if (view.kind !== 'agreed') return `${host.name} is in no agreed view`;
    if (view.members.length !== hosts.length)
      return `${host.name} sees ${view.members.length} of ${hosts.length} members`;
    if (!readNode(host.daemon.node).quorum.quorate) return `${host.name} is not quorate`;
    views.add(view.id);
  }
  return views.size === 1 ? undefined : `the nodes are in ${views.size} views`;
}

function running(resources: readonly string[], owners: Owners): string | undefined {
  for (const resource of resources) {
    const count = owners.ownersOf(resource).size;
    if (count !== 1) return `${resource} runs on ${count} nodes`;
  }
  return undefined;
}

function decided(hosts: readonly Host[]): string | undefined {
  for (const host of hosts) {
    if (host.daemon === undefined) return `${host.name} has no daemon`;
    const { activity, fences } = readNode(host.daemon.node);
    if (activity !== 'idle') return `${host.name} is busy: ${activity}`;
    const pending = fences.find(({ state }) => state === 'pending');
    if (pending !== undefined) return `${pending.target} is being fenced`;
  }
  return undefined;
}

/** What two members at rest must hold in common; undefined: they do. */
export function whatDiffers(hosts: readonly Host[]): string | undefined {
  const [first] = hosts;
  if (first?.daemon === undefined) return 'nobody is there to compare with';
  const model = readNode(first.daemon.node).cib;
  const status = JSON.stringify(byName(model.status.nodes));
  for (const host of hosts) {
    if (host.daemon === undefined) return `${host.name} has no daemon`;
    const { cib } = readNode(host.daemon.node);
    if (!sameXml(cib.root, model.root))
      return `the configurations of ${first.name} and ${host.name} differ`;
    const { term } = host.daemon.node.controller.store;
    if (term !== first.daemon.node.controller.store.term)
      return `${first.name} and ${host.name} are in different terms`;
    if (JSON.stringify(byName(cib.status.nodes)) !== status)
      return `the status on ${first.name} and on ${host.name} differ`;
    if (fencesOf(host) !== fencesOf(first))
      return `${first.name} and ${host.name} remember different fences`;
    const onDisk = host.disk.read();
    if (!sameXml(onDisk.root, cib.root))
      return `${host.name} has another configuration on disk than in force`;
  }
  return undefined;
}

/** History, proofs and failed tries, as one text. */
function fencesOf({ daemon }: Host): string {
  if (daemon === undefined) return '';
  const { fences, proofs, attempts } = daemon.node.controller.replica;
  return JSON.stringify([fences, proofs, [...attempts].sort(([a], [b]) => (a < b ? -1 : 1))]);
}

function byName<Named extends { readonly name: string }>(
  nodes: readonly Named[],
): readonly Named[] {
  return [...nodes].sort((a, b) => (a.name < b.name ? -1 : 1));
}
