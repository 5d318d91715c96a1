/** A resource agent, as its author defines it and as a runner performs it. */
import { check, type Asked } from './asked.ts';
import type { Parametrised } from './check.ts';
import { type ActionFacts, type Facts, resourceMetadata } from './metadata.ts';
import { failed, OCF, type Outcome, success } from './outcome.ts';
import type { ParameterSpecs, ParametersOf } from './parameters.ts';
import type { World } from './world.ts';

/** What an action gets: its parameters, checked and typed, and the world. */
export type Context<Specs> = World & {
  readonly resource: string;
  readonly task: string;
  readonly parameters: ParametersOf<Specs>;
  /** What the cluster says of the operation, without `CRM_meta_`: `timeout`, `interval`, `on_node`, … */
  readonly meta: Readonly<Record<string, string>>;
};

export type Action<Specs> = {
  /** Advised, as operators write it: `20s`. */
  readonly timeout: string;
  readonly interval?: string;
  readonly role?: string;
  readonly run: (context: Context<Specs>) => Promise<Outcome> | Outcome;
};

export type Actions<Specs> = {
  readonly start: Action<Specs>;
  readonly stop: Action<Specs>;
  readonly monitor: Action<Specs>;
} & {
  readonly [
    Task in
      | 'promote'
      | 'demote'
      | 'notify'
      | 'reload-agent'
      | 'migrate_to'
      | 'migrate_from'
      | 'validate-all'
  ]?: Action<Specs>;
};

export type AgentDefinition<Specs extends ParameterSpecs> = {
  /** The type: what stands last in `ocf:holdfast:dummy`. */
  readonly name: string;
  readonly provider: string;
  readonly version: string;
  readonly shortdesc: string;
  readonly longdesc: string;
  readonly parameters: Specs;
  readonly actions: Actions<Specs>;
};

export type Performed = Outcome & { readonly output: string };

export type Agent = Parametrised &
  Facts & {
    readonly kind: 'resource';
    readonly provider: string;
    readonly metadata: () => string;
    /** Never rejects: what an action throws is its failure. */
    readonly perform: (asked: Asked, world: World) => Promise<Performed>;
  };

/** Names in a resource's environment that are the cluster's, not the agent's. */
const FOREIGN = ['CRM_meta_', 'crm_feature_set', 'OCF_', 'pcmk_'];

export function defineAgent<const Specs extends ParameterSpecs>(
  definition: AgentDefinition<Specs>,
): Agent {
  const { name, provider, version, shortdesc, longdesc, parameters } = definition;
  const table = new Map<string, Action<Specs>>(Object.entries(definition.actions));
  const facts: Facts = {
    name,
    version,
    shortdesc,
    longdesc,
    parameters,
    actions: actionFacts(table),
  };
  const metadata = (): string => resourceMetadata(facts);
  return {
    ...facts,
    kind: 'resource',
    provider,
    foreignPrefixes: FOREIGN,
    metadata,
    perform: async (asked, world) => {
      if (asked.task === 'meta-data') return { ...success, output: metadata() };
      const outcome = await perform(table, parameters, asked, world);
      return { ...outcome, output: '' };
    },
  };
}

function actionFacts<Specs>(table: ReadonlyMap<string, Action<Specs>>): readonly ActionFacts[] {
  const own = [...table].map(([name, { timeout, interval, role }]) => ({
    name,
    timeout,
    interval,
    role,
  }));
  const validate = table.has('validate-all') ? [] : [{ name: 'validate-all', timeout: '5s' }];
  return [...own, ...validate, { name: 'meta-data', timeout: '5s' }];
}

async function perform<Specs extends ParameterSpecs>(
  table: ReadonlyMap<string, Action<Specs>>,
  specs: Specs,
  asked: Asked,
  world: World,
): Promise<Outcome> {
  const task = asked.task === 'status' ? 'monitor' : asked.task;
  const action = table.get(task);
  if (action === undefined && task !== 'validate-all') {
    return failed(`this agent has no action ${asked.task}`, OCF.unimplemented);
  }
  const checked = check(specs, asked.parameters);
  if (!checked.ok) return failed(checked.fault, OCF.notConfigured);
  if (action === undefined) return success;
  const { parameters, meta } = checked.value;
  try {
    return await action.run({ ...world, resource: asked.resource, task, parameters, meta });
  } catch (cause) {
    return failed(cause instanceof Error ? cause.message : String(cause));
  }
}
