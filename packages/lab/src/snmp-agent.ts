/**
 * The SNMP face of a device: v1, v2c and v3. net-snmp speaks the protocol and checks users; what is
 * answered is decided here, as strictly as the RFCs say, since managers' safety hangs on it.
 */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import snmp, {
  type Agent,
  type Peer,
  type SnmpMessage,
  type SnmpPdu,
  type UserSpec,
} from 'net-snmp';
import type { Bank } from './bank.ts';
import type { Source } from './event-log.ts';
import type { Family } from './families.ts';
import { familyObjects } from './family-objects.ts';
import { type Access, answer } from './snmp-answer.ts';
import { wrongDigestReport } from './snmp-report.ts';
import { makeTree, type Tree } from './snmp-tree.ts';

const VERSION_3 = 3;

export type SnmpUser = {
  readonly name: string;
  readonly access: 'read' | 'write';
  readonly auth?: { readonly protocol: AuthProtocol; readonly password: string };
  readonly priv?: { readonly protocol: PrivProtocol; readonly password: string };
};

export const AUTH_PROTOCOLS = ['md5', 'sha', 'sha224', 'sha256', 'sha384', 'sha512'] as const;
export const PRIV_PROTOCOLS = ['aes', 'aes256b', 'aes256r'] as const;
export type AuthProtocol = (typeof AUTH_PROTOCOLS)[number];
export type PrivProtocol = (typeof PRIV_PROTOCOLS)[number];

export type SnmpConfig = {
  readonly name: string;
  readonly family: Family;
  readonly address: string;
  readonly port: number;
  readonly readCommunity: string;
  readonly writeCommunity: string;
  readonly users: readonly SnmpUser[];
};

/** The datagram that is being worked on: net-snmp does all of its checking before it takes the next. */
type Heard = { readonly socket: Socket; readonly data: Buffer; readonly from: RemoteInfo };

export type SnmpAgent = { close(): Promise<void> };

/** Opens the port. Rejects where it cannot be had. */
export async function startSnmpAgent(config: SnmpConfig, bank: Bank): Promise<SnmpAgent> {
  const sockets: Socket[] = [];
  let heard: Heard | undefined;
  const agent: Agent = snmp.createAgent(
    {
      port: config.port,
      address: config.address,
      accessControlModelType: snmp.AccessControlModelType.None,
      dgramModule: {
        createSocket: (kind) => {
          const socket = createSocket(kind);
          sockets.push(socket);
          socket.on('message', (data, from) => {
            heard = { socket, data, from };
          });
          return socket;
        },
      },
    },
    // Garbage and unknown communities end here: like a device, it says nothing.
    (error) => {
      if (error?.code !== snmp.ResponseInvalidCode.EAuthFailure || heard === undefined) return;
      const { engineID: id, engineBoots: boots, engineTime: time } = agent.engine;
      const report = wrongDigestReport(heard.data, { id, boots, time });
      if (report === undefined || bank.hearing() === undefined) return;
      heard.socket.send(report, heard.from.port, heard.from.address);
    },
  );
  const access = agent.getAuthorizer();
  access.addCommunity(config.readCommunity);
  access.addCommunity(config.writeCommunity);
  for (const user of config.users) access.addUser(userSpec(user));
  const begun = performance.now();
  Object.defineProperty(agent.engine, 'engineTime', {
    get: () => Math.floor((performance.now() - begun) / 1000) + 1,
  });
  answerAll(agent, config, bank);
  await Promise.all(sockets.map((socket) => once(socket, 'listening')));
  return {
    close: () =>
      new Promise((resolve) => {
        agent.close(() => {
          resolve();
        });
      }),
  };
}

/** Takes every kind of request into its own hands. */
function answerAll(agent: Agent, config: SnmpConfig, bank: Bank): void {
  let asker: Source = { kind: 'hand' };
  const tree: Tree = makeTree(
    familyObjects({ name: config.name, family: config.family, bank, asker: () => asker }),
  );
  const onRequest = (socket: unknown, peer: Peer, request: SnmpMessage): void => {
    const act = (): void => {
      asker = sourceOf(peer, request);
      const { pdu, facts } = answer(tree, request, accessOf(config, request));
      for (const fact of facts) bank.log.add(fact, asker);
      const isOrder = request.pdu.type === snmp.PduType.SetRequest;
      for (let copies = bank.copies(isOrder); copies > 0; copies -= 1) {
        agent.sendResponse(socket, peer, request, pdu);
      }
    };
    const heard = bank.hearing();
    if (heard === undefined) return;
    if (heard.delayMs === 0) act();
    else setTimeout(act, heard.delayMs);
  };
  const hand = (socket: unknown, request: SnmpMessage, peer: Peer): void => {
    onRequest(socket, peer, request);
  };
  agent.getRequest = hand;
  agent.setRequest = hand;
  agent.getNextRequest = hand;
  agent.getBulkRequest = hand;
}

function accessOf(config: SnmpConfig, request: SnmpMessage): Access {
  if (request.version === VERSION_3) {
    const user = config.users.find(({ name }) => name === request.user?.name);
    return user?.access ?? 'none';
  }
  return request.community === config.writeCommunity ? 'write' : 'read';
}

function userSpec({ name, auth, priv }: SnmpUser): UserSpec {
  const { noAuthNoPriv, authNoPriv, authPriv } = snmp.SecurityLevel;
  if (auth === undefined) return { name, level: noAuthNoPriv };
  const authentic = {
    name,
    authProtocol: snmp.AuthProtocols[auth.protocol],
    authKey: auth.password,
  };
  if (priv === undefined) return { ...authentic, level: authNoPriv };
  return {
    ...authentic,
    level: authPriv,
    privProtocol: snmp.PrivProtocols[priv.protocol],
    privKey: priv.password,
  };
}

function sourceOf(peer: Peer, request: SnmpMessage): Source {
  return {
    kind: 'snmp',
    address: peer.address,
    port: peer.port,
    community: request.community ?? request.user?.name ?? '',
    request: (request.pdu satisfies SnmpPdu).id,
  };
}
