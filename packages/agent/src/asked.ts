/** What a runner asks of an agent, and its parameters as the agent's author sees them. */
import { fail, ok, type Result } from '@holdfast/base';
import { convertParameters, type Given } from './check.ts';
import { describeParameterFault, type ParameterSpecs, type ParametersOf } from './parameters.ts';

export type Asked = {
  readonly task: string;
  readonly resource: string;
  /** Flat: instance attributes and `CRM_meta_*`. */
  readonly parameters: Given;
};

export type Readable<Specs> = {
  readonly parameters: ParametersOf<Specs>;
  readonly meta: Readonly<Record<string, string>>;
};

const META = 'CRM_meta_';

/** Converted parameters and the cluster's own words; the fault is one sentence naming all that is wrong. */
export function check<Specs extends ParameterSpecs>(
  specs: Specs,
  given: Given,
): Result<Readable<Specs>, string> {
  const converted = convertParameters(specs, given);
  if (!converted.ok) return fail(converted.fault.map(describeParameterFault).join('; '));
  const meta: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    if (name.startsWith(META)) meta[name.slice(META.length)] = value;
  }
  // The schema has just proven that the values have the types the description gives them.
  return ok({ parameters: converted.value as ParametersOf<Specs>, meta });
}
