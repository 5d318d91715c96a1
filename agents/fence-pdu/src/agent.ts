/** Fencing by a rack PDU over SNMP. */
import {
  type DeviceAnswer,
  defineFenceAgent,
  type FenceContext,
  type Outlet,
} from '@holdfast/agent';
import { fail, ok } from '@holdfast/base';
import { ACCESS_PARAMETERS, accessOf } from './access.ts';
import {
  beginningOf,
  BY_ASKING,
  BY_OIDS,
  FAMILIES,
  FAMILY_WORDS,
  type Family,
  familyCalled,
  oidOf,
} from './families.ts';
import { type Access, getColumn, getInteger, getOid, nextOid, setInteger } from './snmp.ts';

const SYS_OBJECT_ID = '1.3.6.1.2.1.1.2.0';
const OID_PATTERN = '^\\.?\\d+(\\.(\\d+|\\{(u|n|n-1|n\\+1)\\}))+$';

const PARAMETERS = {
  ...ACCESS_PARAMETERS,
  family: {
    type: 'string',
    default: BY_ASKING,
    values: FAMILY_WORDS,
    shortdesc: 'Kind of PDU; auto asks it, generic is told by the parameters below',
  },
  oid_state: {
    type: 'string',
    pattern: OID_PATTERN,
    shortdesc: 'family=generic: object id of the state, {n} standing for the outlet',
  },
  oid_control: {
    type: 'string',
    pattern: OID_PATTERN,
    shortdesc: 'family=generic: object id that takes orders; default is oid_state',
  },
  state_on: { type: 'integer', default: 1, shortdesc: 'family=generic: the state that says on' },
  state_off: { type: 'integer', default: 2, shortdesc: 'family=generic: the state that says off' },
  control_on: { type: 'integer', default: 1, shortdesc: 'family=generic: the order to switch on' },
  control_off: {
    type: 'integer',
    default: 2,
    shortdesc: 'family=generic: the order to switch off',
  },
} as const;

type Asked = FenceContext<typeof PARAMETERS>;

/** The device as it was found out for one performance. */
type Device = { readonly access: Access; readonly family: Family };

export const agent = defineFenceAgent({
  name: 'fence-pdu',
  version: '2.0.0',
  shortdesc: 'Fences with a rack PDU over SNMP',
  longdesc:
    'Switches outlets of APC, Eaton, Raritan, Emerson and Tripp Lite PDUs, and of others whose object ids are given. An outlet counts as off only when the PDU itself says so: an outlet it does not have, an answer of another kind, an unknown state and silence are errors.',
  parameters: PARAMETERS,
  actions: {
    set: async (context, plug, wanted) => {
      const found = await locate(context, plug);
      if (!found.ok) return found;
      const { device, unit, outlet } = found.value;
      const { oid, value } = device.family[wanted];
      return setInteger(device.access, oidOf(oid, unit, outlet), value);
    },
    status: async (context, plug) => {
      const found = await locate(context, plug);
      if (!found.ok) return found;
      const { device, unit, outlet } = found.value;
      const { oid, on, off, switching = [] } = device.family.state;
      const state = await getInteger(device.access, oidOf(oid, unit, outlet));
      if (!state.ok) return state;
      if (state.value === on) return ok('on');
      if (state.value === off) return ok('off');
      const meaning = switching.includes(state.value) ? ' (still switching)' : '';
      return fail(
        `outlet ${plug} is in state ${state.value}${meaning}, which is neither on nor off`,
      );
    },
    list,
    monitor: async (context) => {
      const device = await deviceOf(context);
      if (!device.ok) return device;
      const { access, family } = device.value;
      const column = beginningOf(family.state.oid);
      const next = await nextOid(access, column);
      if (!next.ok) return next;
      if (next.value.startsWith(`${column}.`)) return ok(undefined);
      return fail(`the device answers, but it has no outlets of the family ${family.name}`);
    },
  },
});

async function list(context: Asked): Promise<DeviceAnswer<readonly Outlet[]>> {
  const device = await deviceOf(context);
  if (!device.ok) return device;
  const { access, family } = device.value;
  const column = family.names ?? beginningOf(family.state.oid);
  const rows = await getColumn(access, column);
  if (!rows.ok) return rows;
  const isNamed = family.names !== undefined;
  return ok(
    [...rows.value].map(([plug, name]) => outletOf(family, plug, isNamed ? name : undefined)),
  );
}

/** A row's place as a plug: `2`, or `1:2` where there are several units. */
function outletOf(family: Family, place: string, name: string | undefined): Outlet {
  const numbers = place.split('.').map(Number);
  const { oid } = family.state;
  const first = numbers[0] ?? 0;
  if (oid.includes('{n-1}')) return { plug: String(first + 1), name: name ?? '' };
  if (!oid.includes('{u}')) return { plug: String(first), name: name ?? '' };
  const plug = `${first}:${numbers.at(-1) ?? 0}`;
  return { plug: first === family.unit ? String(numbers.at(-1) ?? 0) : plug, name: name ?? '' };
}

type Located = { readonly device: Device; readonly unit: number; readonly outlet: number };

/** Outlets go by number, behind a colon in a unit, or by the name the PDU knows them under. */
async function locate(context: Asked, plug: string): Promise<DeviceAnswer<Located>> {
  const device = await deviceOf(context);
  if (!device.ok) return device;
  const { family } = device.value;
  const numbered = /^(?:(\d{1,4}):)?([1-9]\d{0,3})$/.exec(plug);
  if (numbered !== null) {
    const unit = numbered[1] === undefined ? family.unit : Number(numbered[1]);
    return ok({ device: device.value, unit, outlet: Number(numbered[2]) });
  }
  if (family.names === undefined) {
    return fail(`outlets of the family ${family.name} go by number, and ${plug} is none`);
  }
  const outlets = await list(context);
  if (!outlets.ok) return outlets;
  const named = outlets.value.filter(({ name }) => name === plug);
  const [outlet] = named;
  if (outlet === undefined) return fail(`the PDU has no outlet named ${plug}`);
  if (named.length > 1) return fail(`the PDU has ${named.length} outlets named ${plug}`);
  return locate(context, outlet.plug);
}

const known = new WeakMap<Asked, Device>();

/** Asks the device what it is, once for one performance. */
async function deviceOf(context: Asked): Promise<DeviceAnswer<Device>> {
  const before = known.get(context);
  if (before !== undefined) return ok(before);
  const access = accessOf(context.parameters);
  if (!access.ok) return access;
  const family = await familyOf(context, access.value);
  if (!family.ok) return family;
  const device = { access: access.value, family: family.value };
  known.set(context, device);
  return ok(device);
}

async function familyOf({ parameters }: Asked, access: Access): Promise<DeviceAnswer<Family>> {
  if (parameters.family === BY_OIDS) return genericFamily(parameters);
  const named = FAMILIES.find(({ name }) => name === parameters.family);
  if (named !== undefined) return ok(named);
  const said = await getOid(access, SYS_OBJECT_ID);
  return said.ok ? familyCalled(said.value) : said;
}

function genericFamily(values: Asked['parameters']): DeviceAnswer<Family> {
  const { oid_state: state, oid_control: control = state, state_on: on, state_off: off } = values;
  if (state === undefined || control === undefined) return fail('family=generic needs oid_state');
  if (on === off) return fail(`state_on and state_off are both ${on}: nothing could be proven off`);
  if (values.control_on === values.control_off) {
    return fail(
      `control_on and control_off are both ${values.control_on}: one order cannot do two things`,
    );
  }
  return ok({
    name: BY_OIDS,
    calls: [],
    state: { oid: state, on, off },
    on: { oid: control, value: values.control_on },
    off: { oid: control, value: values.control_off },
    unit: 1,
  });
}
