/** The whole status as text. */
import type { Cluster } from '../model/cluster.ts';
import { everyPart, requestedRole } from '../read/traits.ts';
import { nodeLines } from './node-lines.ts';
import type { LineOptions } from './primitive-line.ts';
import { resourceLines } from './resource-lines.ts';

/** `Node List:` and `Full List of Resources:`, a star before each item. */
export function clusterLines(cluster: Cluster, options: LineOptions): readonly string[] {
  const resources = resourceLines(cluster, options);
  return [
    '  * Node List:',
    ...nodeLines(cluster).map((line) => `    * ${line}`),
    '',
    '  * Full List of Resources:',
    ...(resources.length === 0 ? ['No resources'] : resources).map(starred),
  ];
}

function starred(line: string): string {
  const blanks = /^ */.exec(line)?.[0] ?? '';
  return `    ${blanks}* ${line.slice(blanks.length)}`;
}

/** `3 of 7 resource instances DISABLED and 1 BLOCKED …`; undefined where there are none. */
export function disabledLine(cluster: Cluster): string | undefined {
  let all = 0;
  let disabled = 0;
  let blocked = 0;
  for (const part of everyPart(cluster.resources)) {
    if (part.variant !== 'primitive') continue;
    if (part.isRemoved && part.active.length === 0) continue;
    all += 1;
    if (requestedRole(part) !== undefined) disabled += 1;
    if (part.isBlocked) blocked += 1;
  }
  if (disabled === 0 && blocked === 0) return undefined;
  return [
    `${disabled} of ${all} resource instances DISABLED and ${blocked} BLOCKED`,
    'from further action due to failure',
  ].join(' ');
}
