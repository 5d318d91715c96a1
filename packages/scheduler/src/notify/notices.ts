/** The notifications of a clone's instances, made when its actions are settled (B6.2 to B6.4). */
import { INFINITY } from '@holdfast/base';
import { type ClusterNode, type ClusterResource, primitivesOf, topOf } from '@holdfast/status';
import { type Action, keyOf, notifyKey } from '../work/action.ts';
import { findByKey } from '../work/find.ts';
import { newestOf } from '../work/find.ts';
import { FIRST_MAKES_THEN, ORD, relate } from '../work/relation.ts';
import { request } from '../work/request.ts';
import { actionsOf, type Work } from '../work/work.ts';
import { findPair, type NotifyPair } from './pseudo.ts';
import { collectNotice, type Notice, variablesOf } from './variables.ts';

const TASKS = ['start', 'stop', 'promote', 'demote'] as const;
type Task = (typeof TASKS)[number];

export function createNotices(work: Work, clone: ClusterResource): void {
  if (!clone.isNotified) return;
  for (const task of TASKS) {
    const pair = findPair(work, clone, task);
    if (pair === undefined) continue;
    const notice = collectNotice(work, clone);
    const variables = variablesOf(work, clone, notice);
    if (notice[task].length > 0) {
      for (const action of [pair.pre, pair.preDone, pair.post, pair.postDone]) {
        action.isOptional = false;
      }
    }
    for (const primitive of primitivesOf(clone)) {
      tell(work, primitive, { task, pair, notice, variables });
    }
  }
}

type Telling = {
  readonly task: Task;
  readonly pair: NotifyPair;
  readonly notice: Notice;
  readonly variables: ReadonlyMap<string, string>;
};

function tell(work: Work, primitive: ClusterResource, telling: Telling): void {
  const { task, notice, variables } = telling;
  tellOwn(work, primitive, variables);
  if (task !== 'stop' && notice[task].length === 0) return;
  if (task === 'stop' || task === 'demote') {
    if (primitive.role !== 'Stopped') tellGoing(work, primitive, telling);
  } else if (primitive.nextRole !== 'Stopped') {
    tellComing(work, primitive, telling);
  }
}

/** What it does itself is told the same as the others. */
function tellOwn(
  work: Work,
  primitive: ClusterResource,
  variables: ReadonlyMap<string, string>,
): void {
  for (const action of actionsOf(work, primitive)) {
    if (action.isOptional || action.node === undefined) continue;
    if (!TASKS.some((each) => each === action.task)) continue;
    for (const [name, value] of variables) action.meta.set(name, value);
  }
}

function tellGoing(work: Work, primitive: ClusterResource, telling: Telling): void {
  const stop = actionsOf(work, primitive).find(({ task }) => task === 'stop');
  for (const node of primitive.active) {
    const isDead = stop?.isPseudo === true && (node.isUnclean || node.needsReset);
    if (isDead) continue;
    createNotice(work, primitive, node, 'pre', telling);
    if (telling.task === 'demote' || stop === undefined || stop.isOptional) {
      createNotice(work, primitive, node, 'post', telling);
    }
  }
}

function tellComing(work: Work, primitive: ClusterResource, telling: Telling): void {
  const node = primitive.assigned?.node;
  const start = newestOf(work, primitive, 'start');
  if (node === undefined || isUnreachable(work, node)) return;
  if (telling.task !== 'start' || start === undefined || start.isOptional) {
    createNotice(work, primitive, node, 'pre', telling);
  }
  createNotice(work, primitive, node, 'post', telling);
}

function isUnreachable(work: Work, { connection, kind }: ClusterNode): boolean {
  if (kind === 'member' || connection === undefined) return false;
  const start = findByKey(work, connection, keyOf(connection, 'start'), undefined);
  return start?.isRunnable === false;
}

function createNotice(
  work: Work,
  primitive: ClusterResource,
  node: ClusterNode,
  type: 'pre' | 'post',
  { task, pair, variables }: Telling,
): void {
  const [around, done] = type === 'pre' ? [pair.pre, pair.preDone] : [pair.post, pair.postDone];
  if (node.isOnline && around.isRunnable && done.isRunnable) {
    const action = request(work, {
      resource: primitive,
      key: notifyKey(primitive, type, task),
      task: 'notify',
      node,
      isOptional: around.isOptional,
    });
    for (const [name, value] of around.meta) {
      if (!action.meta.has(name)) action.meta.set(name, value);
    }
    for (const [name, value] of variables) action.meta.set(name, value);
    relate(around, action, ORD);
    relate(action, done, ORD);
    if (type === 'post') action.priority = INFINITY;
  }
  if (type === 'post') letMonitorsWait(work, primitive, done);
}

/** B6.4. */
function letMonitorsWait(work: Work, primitive: ClusterResource, done: Action): void {
  for (const action of actionsOf(work, primitive)) {
    if (action.intervalMs > 0 && action.task !== 'cancel') relate(done, action, ORD);
  }
}

/** The stop that a fence implies is told of too (B6.6). */
export function tellOfFencing(
  work: Work,
  primitive: ClusterResource,
  fence: Action,
  node: ClusterNode,
): void {
  const of = (type: string): Action => {
    const action = request(work, {
      resource: primitive,
      key: notifyKey(primitive, type, 'stonith'),
      task: type === 'post' ? 'notify' : 'notified',
      node: undefined,
      isOptional: fence.isOptional,
    });
    action.isPseudo = true;
    action.isRunnable = true;
    action.meta.set('notify_key_type', type);
    action.meta.set('notify_key_operation', 'stonith');
    action.meta.set('notify_type', 'post');
    action.meta.set('notify_operation', 'stop');
    return action;
  };
  const post = of('post');
  const postDone = of('confirmed-post');
  post.priority = INFINITY;
  postDone.priority = INFINITY;
  relate(fence, post, FIRST_MAKES_THEN);
  relate(post, postDone, FIRST_MAKES_THEN);
  const variables = new Map([
    ['notify_stop_resource', primitive.id],
    ['notify_stop_uname', node.name],
  ]);
  const notice = { ...collectNotice(work, topOf(primitive)) };
  const pair: NotifyPair = { pre: post, preDone: postDone, post, postDone };
  for (const each of primitivesOf(topOf(primitive))) {
    tellOwn(work, each, variables);
    if (each.role === 'Stopped') continue;
    const stop = actionsOf(work, each).find(({ task }) => task === 'stop');
    for (const at of each.active) {
      if (stop?.isPseudo === true && (at.isUnclean || at.needsReset)) continue;
      if (stop !== undefined && !stop.isOptional) continue;
      createNotice(work, each, at, 'post', { task: 'stop', pair, notice, variables });
    }
  }
}
