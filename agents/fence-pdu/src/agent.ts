/** Fencing by an APC rack PDU (and those that speak its MIB) over SNMP. */
import {
  type DeviceAnswer,
  defineFenceAgent,
  type FenceContext,
  type Outlet,
} from '@holdfast/agent';
import { fail, ok } from '@holdfast/base';
import { type Access, getColumn, getInteger, nextOid, setInteger } from './snmp.ts';

/** PowerNet MIB: rPDUOutletControlOutletCommand, read and written, and rPDUOutletStatusOutletName. */
const RPDU = '1.3.6.1.4.1.318.1.1.12';
const CONTROL = `${RPDU}.3.3.1.1.4`;
const NAMES = `${RPDU}.3.5.1.1.2`;
const ON = 1;
const OFF = 2;

const PARAMETERS = {
  ip: {
    type: 'string',
    required: true,
    aliases: ['ipaddr'],
    shortdesc: 'Address or host name of the PDU',
  },
  ipport: {
    type: 'integer',
    default: 161,
    minimum: 1,
    maximum: 65_535,
    aliases: ['udpport'],
    shortdesc: 'UDP port of its SNMP service',
  },
  community: {
    type: 'string',
    default: 'private',
    isPrivate: true,
    shortdesc: 'SNMP community that may write',
  },
  snmp_version: {
    type: 'string',
    default: '2c',
    values: ['1', '2c'],
    shortdesc: 'SNMP version',
  },
  snmp_timeout: {
    type: 'duration',
    default: '1s',
    shortdesc: 'How long to wait for the answer to one question',
  },
  snmp_retries: {
    type: 'integer',
    default: 2,
    minimum: 0,
    maximum: 20,
    shortdesc: 'How often an unanswered question is asked again',
  },
} as const;

type Asked = FenceContext<typeof PARAMETERS>;

export const agent = defineFenceAgent({
  name: 'fence-pdu',
  version: '1.0.0',
  shortdesc: 'Fences with an APC rack PDU over SNMP',
  longdesc:
    'Switches outlets of an APC switched rack PDU. An outlet counts as off only when the PDU itself says so: an outlet it does not have, an answer of another kind and silence are errors.',
  parameters: PARAMETERS,
  actions: {
    set: async (context, plug, wanted) => {
      const oid = await outletOid(context, plug);
      if (!oid.ok) return oid;
      return setInteger(accessOf(context), oid.value, wanted === 'on' ? ON : OFF);
    },
    status: async (context, plug) => {
      const oid = await outletOid(context, plug);
      if (!oid.ok) return oid;
      const state = await getInteger(accessOf(context), oid.value);
      if (!state.ok) return state;
      if (state.value === ON) return ok('on');
      if (state.value === OFF) return ok('off');
      return fail(`outlet ${plug} is in state ${state.value}, which is neither on nor off`);
    },
    list,
    monitor: async (context) => {
      const next = await nextOid(accessOf(context), CONTROL);
      if (!next.ok) return next;
      if (next.value.startsWith(`${CONTROL}.`)) return ok(undefined);
      return fail('the device answers, but it has no outlets of an APC rack PDU');
    },
  },
});

async function list(context: Asked): Promise<DeviceAnswer<readonly Outlet[]>> {
  const rows = await getColumn(accessOf(context), NAMES);
  if (!rows.ok) return rows;
  return ok([...rows.value].map(([plug, name]) => ({ plug, name })));
}

/** Outlets go by number, or by the name the PDU knows them under. */
async function outletOid(context: Asked, plug: string): Promise<DeviceAnswer<string>> {
  if (/^[1-9]\d{0,3}$/.test(plug)) return ok(`${CONTROL}.${plug}`);
  const outlets = await list(context);
  if (!outlets.ok) return outlets;
  const named = outlets.value.filter(({ name }) => name === plug);
  const [outlet] = named;
  if (outlet === undefined) return fail(`the PDU has no outlet named ${plug}`);
  if (named.length > 1) return fail(`the PDU has ${named.length} outlets named ${plug}`);
  return ok(`${CONTROL}.${outlet.plug}`);
}

function accessOf({ parameters }: Asked): Access {
  return {
    ip: parameters.ip,
    udpPort: parameters.ipport,
    community: parameters.community,
    version: parameters.snmp_version,
    timeoutMs: parameters.snmp_timeout,
    retries: parameters.snmp_retries,
  };
}
