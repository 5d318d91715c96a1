/**
 * The SNMP face of the PDU, v1 and v2c. net-snmp keeps the tree and speaks the protocol; here its
 * answers are made as strict as a device's, and what was asked is handed on as asks.
 */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import snmp, {
  type Agent,
  type Peer,
  type SnmpMessage,
  type SnmpPdu,
  type Varbind,
} from 'net-snmp';
import {
  CONTROL_COMMAND_OID,
  commandOf,
  outletOf,
  type OutletRow,
  registerObjects,
  showPower,
  STATUS_STATE_OID,
} from './apc.ts';
import type { Command, Source } from './event-log.ts';

const VERSION_1 = 0;

/** What a manager did, reported before its answer leaves. */
export type SnmpAsk =
  | { readonly kind: 'get'; readonly outlet: number; readonly value: 'on' | 'off' }
  | { readonly kind: 'set'; readonly outlet: number; readonly command: Command }
  | { readonly kind: 'refused'; readonly oid: string; readonly status: number };

export type SnmpConfig = {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly readCommunity: string;
  readonly writeCommunity: string;
  readonly outlets: readonly OutletRow[];
  /** How many ms to let an answer wait; undefined: do nothing and never answer. */
  readonly answerDelay: () => number | undefined;
  readonly onAsks: (asks: readonly SnmpAsk[], by: Source) => void;
  readonly powerOf: (outlet: number) => 'on' | 'off';
};

export type SnmpAgent = {
  showPower(outlet: number, power: 'on' | 'off'): void;
  close(): Promise<void>;
};

/** Opens the port. Rejects where it cannot be had. */
export async function startSnmpAgent(config: SnmpConfig): Promise<SnmpAgent> {
  const sockets: Socket[] = [];
  const agent = snmp.createAgent(
    {
      port: config.port,
      address: config.address,
      accessControlModelType: snmp.AccessControlModelType.Simple,
      dgramModule: {
        createSocket: (kind) => {
          const socket = createSocket(kind);
          sockets.push(socket);
          return socket;
        },
      },
    },
    // Garbage and unknown communities end here: like a device, it says nothing.
    () => undefined,
  );
  const access = agent.getAuthorizer();
  access.addCommunity(config.readCommunity);
  access.addCommunity(config.writeCommunity);
  access
    .getAccessControlModel()
    .setCommunityAccess(config.writeCommunity, snmp.AccessLevel.ReadWrite);
  const mib = agent.getMib();
  registerObjects(mib, config.name, config.outlets);
  answerStrictly(agent, config);
  await Promise.all(sockets.map((socket) => once(socket, 'listening')));
  return {
    showPower: (outlet, power) => {
      showPower(mib, outlet, power);
    },
    close: () =>
      new Promise((resolve) => {
        agent.close(() => {
          resolve();
        });
      }),
  };
}

/**
 * Stands between net-snmp's answers and the wire. net-snmp leaves two things to be desired: it
 * answers a set on an object that is not there, and a v1 get of one, without an error (RFC 3416
 * §4.2.5, RFC 1157 §4.1.2), and it calls an unknown value "bad" where v2c says "wrong".
 */
function answerStrictly(agent: Agent, config: SnmpConfig): void {
  const send = agent.sendResponse.bind(agent);
  agent.sendResponse = (socket: unknown, peer: Peer, request: SnmpMessage, response: SnmpPdu) => {
    correct(request, response);
    // net-snmp has written what was ordered where the truth belongs: put the truth back.
    for (const { number } of config.outlets) {
      showPower(agent.getMib(), number, config.powerOf(number));
    }
    const delayMs = config.answerDelay();
    if (delayMs === undefined) return;
    const asks = asksOf(request, response);
    const by = sourceOf(peer, request);
    const act = (): void => {
      if (asks.length > 0) config.onAsks(asks, by);
      send(socket, peer, request, response);
    };
    if (delayMs === 0) act();
    else setTimeout(act, delayMs);
  };
}

function correct(request: SnmpMessage, response: SnmpPdu): void {
  const isSet = request.pdu.type === snmp.PduType.SetRequest;
  if (isSet && response.errorStatus === snmp.ErrorStatus.BadValue) {
    response.errorStatus = snmp.ErrorStatus.WrongValue;
  }
  const missing = response.varbinds.findIndex((each) => isMissing(each.type));
  if (missing !== -1 && (isSet || request.version === VERSION_1) && isGood(response)) {
    response.errorStatus = isSet ? snmp.ErrorStatus.NoCreation : snmp.ErrorStatus.NoSuchName;
    response.errorIndex = missing + 1;
  }
  if (isGood(response)) return;
  // An error answers with the variables as they were asked.
  response.varbinds = request.pdu.varbinds.map((each) =>
    isMissing(each.type) ? { oid: each.oid, type: snmp.ObjectType.Null, value: null } : each,
  );
}

function asksOf(request: SnmpMessage, response: SnmpPdu): SnmpAsk[] {
  if (!isGood(response)) {
    const oid = request.pdu.varbinds[(response.errorIndex ?? 1) - 1]?.oid ?? '';
    return [{ kind: 'refused', oid, status: response.errorStatus ?? 0 }];
  }
  const isSet = request.pdu.type === snmp.PduType.SetRequest;
  const variables = isSet ? request.pdu.varbinds : response.varbinds;
  return variables.map((each) => askOf(each, isSet)).filter((ask) => ask !== undefined);
}

function askOf({ oid, value }: Varbind, isSet: boolean): SnmpAsk | undefined {
  const outlet = outletOf(oid, CONTROL_COMMAND_OID) ?? outletOf(oid, STATUS_STATE_OID);
  const command = commandOf(value);
  if (outlet === undefined || command === undefined) return undefined;
  if (isSet) return { kind: 'set', outlet, command };
  return command === 'reboot' ? undefined : { kind: 'get', outlet, value: command };
}

function sourceOf(peer: Peer, request: SnmpMessage): Source {
  return {
    kind: 'snmp',
    address: peer.address,
    port: peer.port,
    community: request.community ?? '',
    request: request.pdu.id,
  };
}

function isGood(response: SnmpPdu): boolean {
  return (response.errorStatus ?? snmp.ErrorStatus.NoError) === snmp.ErrorStatus.NoError;
}

function isMissing(type: number): boolean {
  const { NoSuchObject, NoSuchInstance, EndOfMibView } = snmp.ObjectType;
  return type === NoSuchObject || type === NoSuchInstance || type === EndOfMibView;
}
