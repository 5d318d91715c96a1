/** Stage 4: the parameters, timeouts and digests of operations (B2, B3, B7.5). */
import { md5, type Milliseconds, milliseconds, type NodeName, parseDuration } from '@holdfast/base';
import { type Cib, type OpEntry, unpack } from '@holdfast/cib';
import type { ResourceAction } from '@holdfast/transition';
import { intervalOf, opEntry, type Unit } from './units.ts';

const FEATURE_SET = '3.19.0';
const DEFAULT_TIMEOUT_MS = 20_000;

/** The digest that tells whether a resource runs with the parameters it should. */
export function operationDigest(parameters: Readonly<Record<string, string>>): string {
  const own = Object.entries(parameters)
    .filter(([name]) => !name.startsWith('CRM_meta_') && name !== 'crm_feature_set')
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return md5(` <parameters${own.map(([name, value]) => ` ${name}="${value}"`).join('')}/>\n`);
}

export type OperationPlan = Omit<ResourceAction, 'id' | 'after' | 'priority' | 'kind'>;

export function operationPlan(
  cib: Cib,
  unit: Unit,
  node: NodeName,
  what: { readonly task: string; readonly op?: OpEntry; readonly targetRc?: number },
): OperationPlan {
  const op = what.op ?? opEntry(unit, what.task);
  const intervalMs = what.op === undefined ? 0 : intervalOf(what.op);
  const timeoutMs = timeoutOf(cib, op);
  const instance = Object.fromEntries(unit.instance);
  const parameters: Record<string, string> = {
    ...instance,
    ...(op === undefined ? {} : Object.fromEntries(unpack(op.instance))),
    ...(op?.options['OCF_CHECK_LEVEL'] === undefined
      ? {}
      : { OCF_CHECK_LEVEL: op.options['OCF_CHECK_LEVEL'] }),
    crm_feature_set: FEATURE_SET,
    CRM_meta_timeout: String(timeoutMs),
    CRM_meta_on_node: node,
    ...(op === undefined ? {} : { CRM_meta_name: what.task }),
    ...(intervalMs > 0 ? { CRM_meta_interval: String(intervalMs) } : {}),
  };
  return {
    node,
    resource: unit.historyId,
    agent: unit.primitive.agent,
    task: what.task,
    intervalMs: milliseconds(intervalMs),
    timeoutMs,
    startDelayMs: durationOption(op, 'start-delay', 0),
    parameters,
    targetRc: what.targetRc ?? 0,
    opDigest: operationDigest(parameters),
  };
}

function timeoutOf(cib: Cib, op: OpEntry | undefined): Milliseconds {
  const fromMeta = op === undefined ? undefined : unpack(op.meta).get('timeout');
  const text =
    op?.options['timeout'] ?? fromMeta ?? unpack(cib.configuration.opDefaults).get('timeout');
  const read = parseDuration(text ?? '');
  return read.ok ? read.value : milliseconds(DEFAULT_TIMEOUT_MS);
}

function durationOption(op: OpEntry | undefined, name: string, fallback: number): Milliseconds {
  const read = parseDuration(op?.options[name] ?? '');
  return read.ok ? read.value : milliseconds(fallback);
}
