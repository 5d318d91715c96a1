/** What surrounds an action of a clone whose instances want to be told (B6.1). */
import { INFINITY } from '@holdfast/base';
import type { ClusterResource } from '@holdfast/status';
import { type Action, notifyKey } from '../work/action.ts';
import { findByKey } from '../work/find.ts';
import { FIRST_MAKES_THEN, ORD, relate } from '../work/relation.ts';
import { request } from '../work/request.ts';
import type { Work } from '../work/work.ts';

export type NotifyPair = {
  readonly pre: Action;
  readonly preDone: Action;
  readonly post: Action;
  readonly postDone: Action;
};

const DONE: Readonly<Record<string, string>> = {
  start: 'running',
  stop: 'stopped',
  promote: 'promoted',
  demote: 'demoted',
};

export function doneForm(task: string): string {
  return DONE[task] ?? task;
}

/** Only the first creation counts (B6.5). */
export function notifyPair(
  work: Work,
  clone: ClusterResource,
  task: string,
  action: Action,
  done: Action,
): NotifyPair | undefined {
  if (!clone.isNotified || clone.variant === 'bundle') return undefined;
  const known = findPair(work, clone, task);
  if (known !== undefined) return known;
  const of = (type: string, operation: string, like: Action, isRunnable: boolean): Action => {
    const isDoneForm = type.startsWith('confirmed');
    const made = request(work, {
      resource: clone,
      key: notifyKey(clone, type, operation),
      task: isDoneForm ? 'notified' : 'notify',
      node: undefined,
      isOptional: like.isOptional,
    });
    made.isPseudo = true;
    made.isRunnable = isRunnable;
    made.meta.set('notify_key_type', type);
    made.meta.set('notify_key_operation', operation);
    made.meta.set('notify_type', type.endsWith('pre') ? 'pre' : 'post');
    made.meta.set('notify_operation', task);
    return made;
  };
  const pre = of('pre', task, action, true);
  const preDone = of('confirmed-pre', task, action, true);
  const post = of('post', doneForm(task), done, done.isRunnable);
  const postDone = of('confirmed-post', doneForm(task), done, done.isRunnable);
  post.priority = INFINITY;
  postDone.priority = INFINITY;
  relate(pre, preDone, ORD);
  relate(preDone, action, ORD);
  relate(done, post, FIRST_MAKES_THEN);
  relate(post, postDone, ORD);
  relate(preDone, post, ORD);
  return { pre, preDone, post, postDone };
}

export function findPair(work: Work, clone: ClusterResource, task: string): NotifyPair | undefined {
  const find = (type: string, operation: string): Action | undefined =>
    findByKey(work, clone, notifyKey(clone, type, operation), undefined);
  const done = doneForm(task);
  const [pre, preDone] = [find('pre', task), find('confirmed-pre', task)];
  const [post, postDone] = [find('post', done), find('confirmed-post', done)];
  if (pre === undefined || preDone === undefined) return undefined;
  if (post === undefined || postDone === undefined) return undefined;
  return { pre, preDone, post, postDone };
}
