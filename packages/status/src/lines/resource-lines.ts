/** Every resource, running or not; two blanks for each level inside (B8.4). */
import type { Cluster } from '../model/cluster.ts';
import type { ClusterResource } from '../model/resource.ts';
import { currentNode } from '../read/active.ts';
import { cloneLines } from './clone-lines.ts';
import {
  inBrackets,
  indented,
  type LineOptions,
  primitiveLine,
  primitiveName,
  standingFlags,
} from './primitive-line.ts';

export function resourceLines(cluster: Cluster, options: LineOptions): readonly string[] {
  return cluster.resources.flatMap((resource) => {
    if (resource.isRemoved && resource.active.length === 0) return [];
    if (resource.isInternal && resource.variant === 'primitive') return [];
    return linesOf(cluster, resource, options);
  });
}

export function linesOf(
  cluster: Cluster,
  resource: ClusterResource,
  options: LineOptions,
): readonly string[] {
  switch (resource.variant) {
    case 'primitive':
      return [primitiveLine(resource, options)];
    case 'group':
      return groupLines(cluster, resource, options);
    case 'clone':
      return cloneLines(resource, options, (instance) => linesOf(cluster, instance, options));
    case 'bundle':
      return bundleLines(resource, options);
  }
}

function groupLines(
  cluster: Cluster,
  group: ClusterResource,
  options: LineOptions,
): readonly string[] {
  return [
    `Resource Group: ${group.id}${inBrackets(standingFlags(group))}:`,
    ...indented(group.children.flatMap((member) => linesOf(cluster, member, options))),
  ];
}

function bundleLines(bundle: ClusterResource, options: LineOptions): readonly string[] {
  const { configured, replicas } = bundle;
  const image = configured?.kind === 'bundle' ? (configured.container['image'] ?? '') : '';
  const flags = [
    ...(bundle.isUnique ? [' (unique)'] : []),
    ...(bundle.isMaintenance ? [' (maintenance)'] : bundle.isManaged ? [] : [' (unmanaged)']),
  ];
  const set = replicas.length > 1 ? ' set' : '';
  return [
    `Container bundle${set}: ${bundle.id} [${image}]${flags.join('')}:`,
    ...indented(
      replicas.map(({ container, connection, inner, address }) => {
        const name = primitiveName(connection ?? container);
        const shown = address === undefined ? name : `${name} (${address})`;
        const node = currentNode(container);
        return primitiveLine(inner ?? container, options, { name: shown, node });
      }),
    ),
  ];
}
