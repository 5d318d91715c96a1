/** Live migration: two actions that take the place of stop and start, as long as they can (B1.10). */
import type { ClusterNode, ClusterResource } from '@holdfast/status';
import { isConnectionAgent } from '@holdfast/status';
import { orderTasks } from '../constraints/deferred.ts';
import { ELSE, MIGRATES, ORD } from '../work/relation.ts';
import { request } from '../work/request.ts';
import type { Work } from '../work/work.ts';

/** B1.10.1. */
export function mayMigrate(
  resource: ClusterResource,
  from: ClusterNode | undefined,
  to: ClusterNode | undefined,
): boolean {
  return (
    resource.isMigratable &&
    resource.isManaged &&
    !resource.isFailed &&
    !resource.isStartPending &&
    from?.isUnclean === false &&
    to?.isUnclean === false
  );
}

export function createMigration(
  work: Work,
  resource: ClusterResource,
  from: ClusterNode,
  to: ClusterNode,
): void {
  const isPartial = resource.partialTarget !== undefined;
  const start = request(work, { resource, task: 'start', node: to, isOptional: true });
  const stop = request(work, { resource, task: 'stop', node: from, isOptional: true });
  start.isPseudo = true;
  start.isMigratable = true;
  stop.isMigratable = true;
  const ends = (meta: Map<string, string>): void => {
    meta.set('migrate_source', from.name);
    meta.set('migrate_target', to.name);
  };
  if (!isPartial) {
    const away = request(work, { resource, task: 'migrate_to', node: from, isOptional: true });
    away.isMigratable = true;
    away.needs = start.needs;
    ends(away.meta);
    if (!isConnectionAgent(resource)) away.meta.set('record-pending', 'true');
    orderTasks(work, resource, 'monitor', resource, 'migrate_to', ORD);
  } else {
    orderTasks(work, resource, 'monitor', resource, 'migrate_from', ORD);
  }
  const here = request(work, { resource, task: 'migrate_from', node: to, isOptional: true });
  here.isMigratable = true;
  if (isPartial) here.needs = start.needs;
  ends(here.meta);
  orderTasks(work, resource, 'migrate_to', resource, 'migrate_from', ORD | MIGRATES);
  orderTasks(work, resource, 'migrate_from', resource, 'stop', ORD | MIGRATES);
  orderTasks(work, resource, 'migrate_from', resource, 'start', ORD | MIGRATES | ELSE);
}
