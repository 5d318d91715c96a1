/** The IPMI face of a machine's BMC: a UDP socket, and the faults of its bank. */
import { createHash, randomBytes } from 'node:crypto';
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { Bank } from './bank.ts';
import { answer, makeBmc } from './bmc.ts';
import type { BmcConfig } from './bmc-config.ts';
import { activeSessions, type Bmc, type BmcWorld } from './bmc-state.ts';
import { nowMs } from './clock.ts';
import type { Source } from './event-log.ts';

const GUID_BYTES = 16;

export type BmcServer = { close(): Promise<void>; readonly sessions: number };

type Service = { readonly bmc: Bmc; readonly bank: Bank; readonly socket: Socket };

/** The bank has one outlet: the machine's button. Rejects where the port cannot be had. */
export async function startBmc(config: BmcConfig, bank: Bank): Promise<BmcServer> {
  const guid = createHash('sha256').update(config.name).digest().subarray(0, GUID_BYTES);
  const socket = createSocket(config.address.includes(':') ? 'udp6' : 'udp4');
  const service: Service = { bmc: makeBmc(config, guid), bank, socket };
  socket.on('message', (datagram, peer) => {
    hear(service, datagram, peer);
  });
  const listening = once(socket, 'listening');
  socket.bind(config.port, config.address);
  await listening;
  // Later errors are of single datagrams, and a BMC does not care.
  socket.on('error', () => undefined);
  let isClosed = false;
  return {
    get sessions() {
      return activeSessions(service.bmc);
    },
    close: async () => {
      if (isClosed) return;
      isClosed = true;
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    },
  };
}

function hear(service: Service, datagram: Uint8Array, peer: RemoteInfo): void {
  const { bank, bmc } = service;
  // Without power, it forgets whoever was logged in.
  if (!bank.isAlive) bmc.sessions.clear();
  const heard = bank.hearing();
  if (heard === undefined) return;
  if (heard.delayMs === 0) respond(service, datagram, peer);
  else setTimeout(respond, heard.delayMs, service, datagram, peer);
}

function respond({ bmc, bank, socket }: Service, datagram: Uint8Array, peer: RemoteInfo): void {
  const answered = answer(bmc, datagram, worldOf(bank, peer));
  if (answered === undefined) return;
  for (let copies = bank.copies(answered.isOrder); copies > 0; copies -= 1) {
    try {
      socket.send(answered.bytes, peer.port, peer.address);
    } catch {
      // Closed while the answer waited.
      return;
    }
  }
}

function worldOf(bank: Bank, peer: RemoteInfo): BmcWorld {
  const by = (user: string): Source => ({
    kind: 'bmc',
    address: peer.address,
    port: peer.port,
    user,
  });
  return {
    now: nowMs(),
    from: `${peer.address} ${peer.port}`,
    random: randomBytes,
    isBusy: bank.faults.busy,
    power: () => bank.shown()[0]?.power ?? 'off',
    order: (command, user) => {
      const outcome = bank.order(1, command, by(user));
      return outcome !== undefined && outcome !== 'refused';
    },
    tell: (what, user) => {
      bank.log.add({ kind: 'session', what, user }, by(user));
    },
  };
}
