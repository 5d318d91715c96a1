/**
 * Old spellings, read as what they mean today (A1.1.2, A1.1.3). The document keeps them; only the
 * typed reading is modern.
 */
import { INFINITY, type Score, ZERO } from '@holdfast/base';
import type { NameValue, NvSet } from './model.ts';

/** A set that nobody wrote, standing for something that used to be written elsewhere. */
export function implied(
  id: string,
  values: Readonly<Record<string, string>>,
  score: Score = ZERO,
): NvSet {
  const pairs = Object.entries(values).map(([name, value]) => ({
    id: `${id}-${name}`,
    name,
    value,
  }));
  return { id, score, rule: undefined, pairs };
}

/** `<master>` was a clone that can be promoted, whatever else it says. */
export function impliedPromotable(id: string): NvSet {
  return implied(`${id}-promotable`, { promotable: 'true' }, INFINITY);
}

function rename(
  sets: readonly NvSet[],
  change: (pair: NameValue) => NameValue | undefined,
): readonly NvSet[] {
  return sets.map((set) => ({
    ...set,
    pairs: set.pairs.map(change).filter((pair) => pair !== undefined),
  }));
}

const PROPERTY_NAMES: ReadonlyMap<string, string> = new Map([
  ['transition_idle_timeout', 'cluster-delay'],
  ['crmd-finalization-timeout', 'join-finalization-timeout'],
  ['crmd-integration-timeout', 'join-integration-timeout'],
  ['crmd-transition-delay', 'transition-delay'],
  ['no_quorum_policy', 'no-quorum-policy'],
  ['stonith_enabled', 'stonith-enabled'],
  ['stonith_action', 'stonith-action'],
  ['startup_fencing', 'startup-fencing'],
  ['symmetric_cluster', 'symmetric-cluster'],
  ['stop_orphan_resources', 'stop-orphan-resources'],
  ['stop_orphan_actions', 'stop-orphan-actions'],
  ['dc_deadtime', 'dc-deadtime'],
  ['cluster_recheck_interval', 'cluster-recheck-interval'],
  ['election_timeout', 'election-timeout'],
  ['shutdown_escalation', 'shutdown-escalation'],
]);

/** Defaults of resources and operations were cluster properties once. */
const MOVED: readonly (readonly [old: RegExp, to: 'resource' | 'op', name: string])[] = [
  [/^default[-_]action[-_]timeout$/, 'op', 'timeout'],
  [/^default[-_]resource[-_]stickiness$/, 'resource', 'resource-stickiness'],
  [/^is[-_]managed[-_]default$/, 'resource', 'is-managed'],
  [/^default[-_]resource[-_]failure[-_]stickiness$/, 'resource', 'migration-threshold'],
];

export type ModernProperties = {
  readonly properties: readonly NvSet[];
  /** In document order before the defaults that stand where they belong: those win. */
  readonly resourceDefaults: readonly NvSet[];
  readonly opDefaults: readonly NvSet[];
};

export function modernProperties(sets: readonly NvSet[]): ModernProperties {
  const moved: { readonly to: 'resource' | 'op'; readonly set: NvSet }[] = [];
  const properties = rename(sets, (pair) => {
    const place = MOVED.find(([old]) => old.test(pair.name));
    if (place !== undefined) {
      const [, to, name] = place;
      const value = modernFailureStickiness(name, pair.value);
      if (value !== undefined)
        moved.push({ to, set: implied(`${pair.id}-moved`, { [name]: value }) });
      return undefined;
    }
    const name = PROPERTY_NAMES.get(pair.name) ?? pair.name;
    const isAction = name === 'stonith-action' || name === 'fencing-action';
    return { ...pair, name, value: isAction && pair.value === 'poweroff' ? 'off' : pair.value };
  });
  const movedTo = (to: 'resource' | 'op'): readonly NvSet[] =>
    moved.filter((each) => each.to === to).map(({ set }) => set);
  return { properties, resourceDefaults: movedTo('resource'), opDefaults: movedTo('op') };
}

/** A failure stickiness of -INFINITY meant: leave after the first failure; no other can be said today. */
function modernFailureStickiness(name: string, value: string): string | undefined {
  if (name !== 'migration-threshold') return value;
  return value === '-INFINITY' ? '1' : undefined;
}

export function modernMeta(sets: readonly NvSet[]): readonly NvSet[] {
  return rename(sets, (pair) => {
    if (pair.name.startsWith('isolation'))
      return { ...pair, name: 'target-role', value: 'Stopped' };
    if (!/^resource[-_]failure[-_]stickiness$/.test(pair.name)) return pair;
    const value = modernFailureStickiness('migration-threshold', pair.value);
    return value === undefined ? undefined : { ...pair, name: 'migration-threshold', value };
  });
}

/** Parameters of fence devices: `pcmk_off_cmd` is `pcmk_off_action`, `pcmk_arg_map` names the port. */
export function modernFencing(sets: readonly NvSet[]): readonly NvSet[] {
  return rename(sets, (pair) => {
    if (pair.name === 'pcmk_arg_map') {
      const argument = /^port:(.+)$/.exec(pair.value)?.[1];
      return argument === undefined
        ? undefined
        : { ...pair, name: 'pcmk_host_argument', value: argument };
    }
    return { ...pair, name: pair.name.replace(/^(pcmk_.+)_cmd$/, '$1_action') };
  });
}

const OP_OPTIONS: ReadonlySet<string> = new Set([
  'enabled',
  'interval-origin',
  'on-fail',
  'record-pending',
  'role',
  'start-delay',
  'timeout',
]);

/** Options of an operation that stand among the agent's parameters. */
export function modernOperation(
  instance: readonly NvSet[],
  meta: readonly NvSet[],
): { readonly instance: readonly NvSet[]; readonly meta: readonly NvSet[] } {
  const isOption = ({ name }: NameValue): boolean => OP_OPTIONS.has(name);
  if (!instance.some(({ pairs }) => pairs.some(isOption))) return { instance, meta };
  const options = rename(instance, (pair) => (isOption(pair) ? pair : undefined));
  return {
    instance: rename(instance, (pair) => (isOption(pair) ? undefined : pair)),
    meta: [...options, ...meta],
  };
}
