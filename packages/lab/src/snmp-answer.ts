/** One SNMP request over a tree, and its answer, error included. An order is performed only if all are good. */
import snmp, { type SnmpMessage, type SnmpPdu, type Varbind } from 'net-snmp';
import type { PduFact } from './event-log.ts';
import {
  checkSet,
  lookUp,
  type Missing,
  next,
  type SetFault,
  type SnmpObject,
  type Tree,
} from './snmp-tree.ts';

const VERSION_1 = 0;
/** Answers of one bulk request; RFC 3416 lets an agent stop early. */
const BULK_MAX = 100;

export type Access = 'none' | 'read' | 'write';

export type Answered = { readonly pdu: SnmpPdu; readonly facts: readonly PduFact[] };

export function answer(tree: Tree, request: SnmpMessage, access: Access): Answered {
  const { type } = request.pdu;
  const { SetRequest, GetBulkRequest, GetNextRequest } = snmp.PduType;
  if (access === 'none') return refusal(request, 0, snmp.ErrorStatus.AuthorizationError);
  if (type === SetRequest) return answerSet(tree, request, access);
  if (type === GetBulkRequest) return reply(request, bulk(tree, request.pdu), []);
  const found = request.pdu.varbinds.map(({ oid }): Found =>
    type === GetNextRequest
      ? { oid, at: next(tree, oid) ?? 'end' }
      : { oid, at: lookUp(tree, oid) },
  );
  const missing = found.findIndex(({ at }) => typeof at === 'string');
  if (request.version === VERSION_1 && missing !== -1) {
    return refusal(request, missing, snmp.ErrorStatus.NoSuchName);
  }
  return reply(request, found.map(varbindOf), facts(found));
}

function answerSet(tree: Tree, request: SnmpMessage, access: Access): Answered {
  const checked = request.pdu.varbinds.map(
    ({ oid, type, value }) =>
      ({
        value: Number(value),
        at:
          access === 'write'
            ? checkSet(tree, oid, type === snmp.ObjectType.Integer ? Number(value) : undefined)
            : 'no-access',
      }) as const,
  );
  const wrong = checked.findIndex(({ at }) => typeof at === 'string');
  const fault = checked[wrong]?.at;
  if (typeof fault === 'string') return refusal(request, wrong, STATUS[fault]);
  for (const [index, { at, value }] of checked.entries()) {
    if (typeof at === 'string' || at.write === undefined) continue;
    if (at.write.perform(value) !== 'taken') return refusal(request, index, STATUS.refused);
  }
  return reply(
    request,
    request.pdu.varbinds.map(({ oid, type, value }) => ({ oid, type, value })),
    [],
  );
}

const { ErrorStatus } = snmp;
const STATUS: Readonly<Record<SetFault, number>> = {
  'no-access': ErrorStatus.NoAccess,
  'no-creation': ErrorStatus.NoCreation,
  'not-writable': ErrorStatus.NotWritable,
  'wrong-type': ErrorStatus.WrongType,
  'wrong-value': ErrorStatus.WrongValue,
  refused: ErrorStatus.GeneralError,
};

type Found = { readonly oid: string; readonly at: SnmpObject | Missing };

function bulk(tree: Tree, pdu: SnmpPdu): Varbind[] {
  const { nonRepeaters = 0, maxRepetitions = 0 } = pdu;
  const once = pdu.varbinds.slice(0, nonRepeaters);
  const made = once.map(({ oid }) => varbindOf({ oid, at: next(tree, oid) ?? 'end' }));
  let cursors = pdu.varbinds.slice(nonRepeaters).map(({ oid }) => oid);
  for (let turn = 0; turn < maxRepetitions && cursors.length > 0; turn += 1) {
    if (made.length + cursors.length > BULK_MAX) break;
    const row = cursors.map((oid): Found => ({ oid, at: next(tree, oid) ?? 'end' }));
    made.push(...row.map(varbindOf));
    if (row.every(({ at }) => typeof at === 'string')) break;
    cursors = row.map(({ oid, at }) => (typeof at === 'string' ? oid : at.oid));
  }
  return made;
}

function varbindOf({ oid, at }: Found): Varbind {
  const { ObjectType } = snmp;
  switch (at) {
    case 'end':
      return { oid, type: ObjectType.EndOfMibView, value: null };
    case 'no-such-object':
      return { oid, type: ObjectType.NoSuchObject, value: null };
    case 'no-such-instance':
      return { oid, type: ObjectType.NoSuchInstance, value: null };
    default:
      return { oid: at.oid, type: TYPES[at.type], value: at.read() };
  }
}

const TYPES: Readonly<Record<SnmpObject['type'], number>> = {
  integer: snmp.ObjectType.Integer,
  text: snmp.ObjectType.OctetString,
  oid: snmp.ObjectType.OID,
};

/** Who read the state of which outlet is worth writing down; the rest is not. */
function facts(found: readonly Found[]): PduFact[] {
  return found.flatMap(({ at }) => {
    if (typeof at === 'string' || at.state === undefined) return [];
    const { outlet, value } = at.state();
    return [{ kind: 'get', outlet, value } as const];
  });
}

function reply(request: SnmpMessage, varbinds: Varbind[], told: readonly PduFact[]): Answered {
  const pdu = request.pdu.getResponsePduForRequest();
  pdu.varbinds = varbinds;
  pdu.errorStatus = snmp.ErrorStatus.NoError;
  pdu.errorIndex = 0;
  return { pdu, facts: told };
}

/** An error answers with the variables as they were asked. */
function refusal(request: SnmpMessage, index: number, status: number): Answered {
  const { pdu } = reply(request, request.pdu.varbinds, []);
  pdu.errorStatus = status;
  pdu.errorIndex = index + 1;
  const oid = request.pdu.varbinds[index]?.oid ?? '';
  return { pdu, facts: [{ kind: 'refused', oid, status }] };
}
