/** A fence agent, as its author defines it. The author asks and switches; the proof is made here. */
import { check } from './asked.ts';
import type { Given, Parametrised } from './check.ts';
import { type ActionFacts, type Facts, fenceMetadata } from './metadata.ts';
import type { ParameterSpecs, ParametersOf } from './parameters.ts';
import { type DeviceAnswer, type PowerState, proveOff, proveOn, type Switch } from './power.ts';
import type { World } from './world.ts';

export type FenceContext<Specs> = World & { readonly parameters: ParametersOf<Specs> };

export type Outlet = { readonly plug: string; readonly name: string };

export type FenceActions<Specs> = {
  /** Tells the device to switch; whether it did is asked by `status`. */
  readonly set: (
    context: FenceContext<Specs>,
    plug: string,
    wanted: PowerState,
  ) => Promise<DeviceAnswer<void>>;
  readonly status: (
    context: FenceContext<Specs>,
    plug: string,
  ) => Promise<DeviceAnswer<PowerState>>;
  readonly list?: (context: FenceContext<Specs>) => Promise<DeviceAnswer<readonly Outlet[]>>;
  /** Whether the device can be reached and would obey. */
  readonly monitor: (context: FenceContext<Specs>) => Promise<DeviceAnswer<void>>;
};

export type FenceAgentDefinition<Specs extends ParameterSpecs> = {
  /** What stands behind `stonith:`. */
  readonly name: string;
  readonly version: string;
  readonly shortdesc: string;
  readonly longdesc: string;
  readonly parameters: Specs;
  readonly actions: FenceActions<Specs>;
  /** It switches one machine and has no outlets, as a BMC: no plug is asked for. Default false. */
  readonly isSingle?: boolean;
  /** A fenced node must be let in again by an `on` before it may work. */
  readonly unfencing?: { readonly isAutomatic: boolean; readonly onTarget: boolean };
};

/** As fence agents exit: 0 done or on, 2 off (status only), 1 everything else. */
export type FenceOutcome = { readonly code: number; readonly output: string };

export type FenceAgent = Parametrised &
  Facts & {
    readonly kind: 'fence';
    readonly metadata: () => string;
    /** `given` as it came in: `action`, `plug` and all the rest. Never rejects. */
    readonly perform: (given: Given, world: World) => Promise<FenceOutcome>;
  };

/** What every power fence agent understands, beside its own parameters. */
const STANDARD = {
  action: {
    type: 'string',
    shortdesc: 'What to do',
    default: 'reboot',
    values: [
      'on',
      'off',
      'reboot',
      'status',
      'monitor',
      'list',
      'list-status',
      'metadata',
      'validate-all',
    ],
  },
  plug: { type: 'string', shortdesc: 'Outlets, separated by commas', aliases: ['port'] },
  power_wait: {
    type: 'duration',
    default: '0',
    shortdesc: 'How long to wait between a switch and the first question whether it was done',
  },
  power_timeout: {
    type: 'duration',
    default: '20',
    shortdesc: 'How long the device may take until it says it has switched',
  },
  delay: { type: 'duration', default: '0', shortdesc: 'How long to wait before switching off' },
  retry_on: {
    type: 'integer',
    default: 1,
    minimum: 0,
    maximum: 10,
    shortdesc: 'How often to try again to switch on',
  },
} as const satisfies ParameterSpecs;

const WITHOUT_PLUG: ParameterSpecs = Object.fromEntries(
  Object.entries(STANDARD).filter(([name]) => name !== 'plug'),
);

/** What an agent without outlets calls its only one. */
const MACHINE = 'the machine';

const SUCCESS = 0;
const ERROR = 1;
const STATUS_OFF = 2;

const DESCRIBED: readonly string[] = ['metadata', 'meta-data'];

export function defineFenceAgent<const Specs extends ParameterSpecs>(
  definition: FenceAgentDefinition<Specs>,
): FenceAgent {
  const { name, version, shortdesc, longdesc } = definition;
  const { isSingle = false } = definition;
  const parameters: ParameterSpecs = {
    ...(isSingle ? WITHOUT_PLUG : STANDARD),
    ...definition.parameters,
  };
  const facts: Facts = {
    name,
    version,
    shortdesc,
    longdesc,
    parameters,
    actions: actionFacts(definition),
  };
  const metadata = (): string => fenceMetadata(facts);
  return {
    ...facts,
    kind: 'fence',
    foreignPrefixes: ['pcmk_', 'nodename', 'CRM_meta_', 'crm_feature_set'],
    metadata,
    perform: async (given, world) => {
      const underscored = withUnderscores(given);
      if (DESCRIBED.includes(underscored['action'] ?? '')) return done(metadata());
      const own = check(definition.parameters, underscored);
      if (!own.ok) return error(own.fault);
      const standard = check(STANDARD, underscored);
      if (!standard.ok) return error(standard.fault);
      const context = { ...world, parameters: own.value.parameters };
      const plugs = isSingle ? [MACHINE] : plugsIn(standard.value.parameters.plug);
      try {
        return await act(definition.actions, context, { ...standard.value.parameters, plugs });
      } catch (cause) {
        return error(cause instanceof Error ? cause.message : String(cause));
      }
    },
  };
}

function actionFacts<Specs extends ParameterSpecs>(
  definition: FenceAgentDefinition<Specs>,
): readonly ActionFacts[] {
  const { unfencing, actions } = definition;
  const names = ['off', 'reboot', 'status', 'monitor', 'metadata', 'validate-all'];
  if (actions.list !== undefined) names.push('list', 'list-status');
  const on: ActionFacts = {
    name: 'on',
    automatic: unfencing?.isAutomatic ?? false,
    onTarget: unfencing?.onTarget,
  };
  return [on, ...names.map((name) => ({ name }))];
}

/** `power-wait` is `power_wait`: both are written. */
function withUnderscores(given: Given): Given {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name.replaceAll('-', '_'), value]),
  );
}

type Standard = ParametersOf<typeof STANDARD> & { readonly plugs: readonly string[] };

function plugsIn(list: string | undefined): readonly string[] {
  const plugs = (list ?? '').split(',').map((each) => each.trim());
  return plugs.filter((each) => each !== '');
}

async function act<Specs>(
  actions: FenceActions<Specs>,
  context: FenceContext<Specs>,
  standard: Standard,
): Promise<FenceOutcome> {
  switch (standard.action) {
    case 'metadata':
    case 'validate-all':
      return done('the parameters are right');
    case 'monitor': {
      const reached = await actions.monitor(context);
      return reached.ok ? done('the device answers') : error(reached.fault);
    }
    case 'list':
    case 'list-status':
      return list(actions, context, standard.action === 'list-status');
    case 'status':
    case 'on':
    case 'off':
    case 'reboot':
      return power(actions, context, standard);
  }
}

async function list<Specs>(
  actions: FenceActions<Specs>,
  context: FenceContext<Specs>,
  withStatus: boolean,
): Promise<FenceOutcome> {
  if (actions.list === undefined) return error('this agent cannot list outlets');
  const outlets = await actions.list(context);
  if (!outlets.ok) return error(outlets.fault);
  const lines: string[] = [];
  for (const { plug, name } of outlets.value) {
    if (!withStatus) {
      lines.push(`${plug},${name}`);
      continue;
    }
    const state = await actions.status(context, plug);
    lines.push(`${plug},${name},${state.ok ? state.value : 'unknown'}`);
  }
  return done(lines.join('\n'));
}

async function power<Specs>(
  actions: FenceActions<Specs>,
  context: FenceContext<Specs>,
  standard: Standard,
): Promise<FenceOutcome> {
  const { plugs } = standard;
  if (plugs.length === 0) return error('the parameter plug is required: which outlet is meant?');
  const device: Switch = {
    plugs,
    nameOf: (plug) => (plug === MACHINE ? plug : `outlet ${plug}`),
    set: (plug, wanted) => actions.set(context, plug, wanted),
    status: (plug) => actions.status(context, plug),
    waitMs: standard.power_wait,
    timeoutMs: standard.power_timeout,
    retryOn: standard.retry_on,
    world: context,
  };
  if (standard.action === 'status') return status(device);
  if (standard.action === 'on') {
    const on = await proveOn(device);
    return on.ok ? done('Success: it is on') : error(on.fault);
  }
  if (standard.delay > 0) await context.sleep(standard.delay);
  const off = await proveOff(device);
  if (!off.ok) return error(off.fault);
  if (standard.action === 'off') return done('Success: it is off');
  const on = await proveOn(device);
  return done(on.ok ? 'Success: it was off and is on again' : `Success: it is off. ${on.fault}`);
}

/** Off only where every outlet is: one of two supplies keeps a machine alive. */
async function status(device: Switch): Promise<FenceOutcome> {
  let isOn = false;
  for (const plug of device.plugs) {
    const state = await device.status(plug);
    if (!state.ok) return error(state.fault);
    if (state.value === 'on') isOn = true;
  }
  return isOn ? done('Status: ON') : { code: STATUS_OFF, output: 'Status: OFF' };
}

function done(output: string): FenceOutcome {
  return { code: SUCCESS, output };
}

function error(output: string): FenceOutcome {
  return { code: ERROR, output };
}
