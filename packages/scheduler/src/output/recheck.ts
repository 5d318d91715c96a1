/** When the decision must be looked at again, though nothing happens until then. */
import { type EpochMs, epochMs } from '@holdfast/base';
import { type Cib, everyResource, nextRuleChange, type NvSet, type Rule } from '@holdfast/cib';
import { type Cluster, nowMs } from '@holdfast/status';

/** When a failure is forgotten, or a rule that speaks of dates begins or ends to hold. */
export function recheckAt(cluster: Cluster): EpochMs | undefined {
  const now = nowMs(cluster);
  const seconds = cluster.recheckAt;
  const moments = rulesOf(cluster.cib)
    .map((rule) => nextRuleChange(rule, { now }))
    .filter((at) => at !== undefined);
  if (seconds !== undefined) moments.push(epochMs(seconds * 1000));
  return moments.length === 0 ? undefined : epochMs(Math.min(...moments));
}

function rulesOf({ configuration }: Cib): readonly Rule[] {
  const { properties, resourceDefaults, opDefaults, resources, constraints } = configuration;
  const sets: NvSet[] = [...properties, ...resourceDefaults, ...opDefaults];
  for (const each of everyResource(resources)) {
    sets.push(...each.meta, ...each.instance);
    if (each.kind !== 'primitive') continue;
    for (const { meta, instance } of each.operations) sets.push(...meta, ...instance);
  }
  const rules: Rule[] = sets.flatMap(({ rule }) => (rule === undefined ? [] : [rule]));
  for (const each of constraints) if (each.kind === 'location') rules.push(...each.rules);
  return rules;
}
