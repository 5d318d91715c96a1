/** How an action is called in the outputs (B8.2). */
import type { Action } from '../work/action.ts';

/** As the executor will know it: by the name of the resource's history, where there is one. */
export function operationKey(action: Action): string {
  const { resource, task, intervalMs, meta, key } = action;
  const name = resource?.historyName;
  if (resource === undefined || name === undefined) return key;
  if (task === 'notify' || task === 'notified') {
    const type = meta.get('notify_key_type') ?? meta.get('notify_type') ?? '';
    const operation = meta.get('notify_key_operation') ?? meta.get('notify_operation') ?? '';
    return `${name}_${type}_notify_${operation}_0`;
  }
  return `${name}_${action.cancelled ?? task}_${intervalMs}`;
}

export function labelOf(action: Action): string {
  const { resource, task, node, meta, key } = action;
  if (task === 'stonith')
    return `stonith '${meta.get('stonith_action') ?? ''}' ${node?.name ?? ''}`;
  if (resource !== undefined) {
    const prefix = task === 'cancel' ? 'Cancel ' : '';
    const place = node === undefined ? (action.isPseudo ? '' : ' <none>') : ` ${node.name}`;
    const name = resource.historyName === undefined ? key : operationKey(action);
    return `${prefix}${name}${place}`;
  }
  return node === undefined ? key : `${task} ${node.name}`;
}

/** As the controller files it: notifications go by what they are about, not by when they are done. */
export function filedKey(action: Action): string {
  const { resource, task, intervalMs, meta, key } = action;
  const name = resource?.historyName;
  if (resource === undefined || name === undefined) return key;
  if (task === 'notify') {
    const type = meta.get('notify_type') ?? '';
    return `${name}_${type}_notify_${meta.get('notify_operation') ?? ''}_0`;
  }
  return `${name}_${action.cancelled ?? task}_${intervalMs}`;
}
