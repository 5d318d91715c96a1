/** What is said about an operation beside the agent's parameters: its meta table (B1.3). */
import { parseDate, readDuration, unpack } from '@holdfast/cib';
import {
  type ClusterResource,
  findOperation,
  instanceParameters,
  isDisabled,
  onFailText,
  optionsOf,
  readInterval,
  timeoutOf,
} from '@holdfast/status';
import type { Action } from '../work/action.ts';
import type { Work } from '../work/work.ts';

const INT_MAX = 2 ** 31 - 1;

/** The configuration's part first, then what the decision added; durations in decimal ms. */
export function metaOf(work: Work, action: Action): ReadonlyMap<string, string> {
  const { resource, intervalMs, task } = action;
  const { cluster } = work;
  if (resource === undefined) return action.meta;
  const configured = action.cancelled ?? task;
  const meta = new Map(optionsOf(cluster, resource, configured, intervalMs));
  const onFail = onFailText(cluster, resource, configured, intervalMs);
  if (onFail === undefined) meta.delete('on-fail');
  else meta.set('on-fail', onFail);
  meta.delete('interval');
  if (intervalMs > 0) meta.set('interval', String(intervalMs));
  meta.set('timeout', String(actionTimeoutMs(work, action)));
  const delay = startDelayMs(meta, intervalMs, cluster.now);
  if (delay !== undefined) meta.set('start-delay', String(delay));
  for (const [name, value] of action.meta) meta.set(name, value);
  return meta;
}

/** How long the agent may take: a probe without a word of its own may take what the monitor may (B1.3.1, B1.3.3). */
export function actionTimeoutMs({ cluster }: Work, action: Action): number {
  const { resource, intervalMs, node } = action;
  const task = action.cancelled ?? action.task;
  if (resource === undefined) return 0;
  const isProbe = task === 'monitor' && intervalMs === 0;
  if (resource.agent?.class === 'stonith' && (isProbe || task === 'start')) {
    const said = instanceParameters(cluster, resource, node).get('pcmk_monitor_timeout');
    if (said !== undefined) return bounded(said);
  }
  const ofMonitor = isProbe ? monitorTimeout(resource) : undefined;
  return ofMonitor === undefined
    ? timeoutOf(cluster, resource, task, intervalMs)
    : bounded(ofMonitor);
}

function bounded(text: string): number {
  const ms = readDuration(text) ?? 0;
  return ms <= 0 ? DEFAULT_TIMEOUT_MS : Math.min(ms, INT_MAX);
}

const DEFAULT_TIMEOUT_MS = 20_000;

/** The timeout of the most frequent monitor, where the probe itself says nothing. */
function monitorTimeout({ primitive }: ClusterResource): string | undefined {
  const operations = primitive?.operations ?? [];
  const own = findOperation(operations, 'monitor', 0);
  if (own?.options['timeout'] !== undefined) return undefined;
  if (own !== undefined && unpack(own.meta).has('timeout')) return undefined;
  const monitors = operations
    .filter((op) => op.name === 'monitor' && readInterval(op.interval) > 0 && !isDisabled(op))
    .sort((left, right) => readInterval(left.interval) - readInterval(right.interval));
  return monitors[0]?.options['timeout'];
}

/** A delay that is said, or what is missing to the next multiple of the interval since `interval-origin` (B1.3.4). */
function startDelayMs(
  meta: ReadonlyMap<string, string>,
  intervalMs: number,
  nowSeconds: number,
): number | undefined {
  const said = meta.get('start-delay');
  if (said !== undefined) return Math.min(Math.max(readDuration(said) ?? 0, 0), INT_MAX);
  const origin = parseDate(meta.get('interval-origin') ?? '', 0);
  const interval = Math.floor(intervalMs / 1000);
  if (origin === undefined || interval <= 0) return undefined;
  const rest = Math.floor(nowSeconds - origin) % interval;
  return (rest <= 0 ? -rest : interval - rest) * 1000;
}
