/** The datagram port over node:dgram: one socket, one address for each peer. */
import { createSocket, type Socket } from 'node:dgram';
import { isIP } from 'node:net';
import { performance } from 'node:perf_hooks';
import { fail, type NodeId, ok, type Result } from '@holdfast/base';
import type { Transport, TransportEvents } from '@holdfast/transport';
import { bindFault, type UdpAddress, type UdpFault } from './fault.ts';

/** Bytes the kernel may keep for us; it grants what `net.core.rmem_max` allows. Below, floods lose half. */
const BUFFER_BYTES = 4 * 1024 * 1024;
/** Troubles of one kind are told at most so often, in ms. */
const TROUBLE_EVERY_MS = 1000;

export type UdpOptions = {
  /** Where to listen; datagrams leave from there as well. */
  readonly bind: UdpAddress;
  /** Where the others listen. */
  readonly peers: ReadonlyMap<NodeId, UdpAddress>;
  readonly events: TransportEvents;
};

/** Listens at `bind`. The transport lives until its `close`. */
export function openUdp(options: UdpOptions): Promise<Result<Transport, UdpFault>> {
  const { bind, peers, events } = options;
  // A name would be looked up for every datagram, and a peer of the other family never be reached.
  const family = isIP(bind.address);
  for (const { address } of [bind, ...peers.values()]) {
    if (isIP(address) === 0) return Promise.resolve(fail({ kind: 'not-an-address', address }));
    if (isIP(address) !== family)
      return Promise.resolve(fail({ kind: 'other-family', address, bind: bind.address }));
  }
  const socket = createSocket({
    type: family === 6 ? 'udp6' : 'udp4',
    recvBufferSize: BUFFER_BYTES,
    sendBufferSize: BUFFER_BYTES,
  });
  return new Promise((resolve) => {
    const onFailure = (cause: Error): void => {
      socket.close();
      resolve(fail(bindFault(cause, bind)));
    };
    socket.once('error', onFailure);
    socket.bind({ address: bind.address, port: bind.port, exclusive: true }, () => {
      socket.off('error', onFailure);
      resolve(ok(serve(socket, peers, events)));
    });
  });
}

function serve(
  socket: Socket,
  peers: ReadonlyMap<NodeId, UdpAddress>,
  events: TransportEvents,
): Transport {
  let isClosed = false;
  const trouble = troubleTeller(events.onTrouble);
  socket.on('message', (bytes) => {
    if (!isClosed) events.onDatagram(bytes);
  });
  socket.on('error', (cause) => {
    trouble(`the UDP socket failed: ${cause.message}`);
  });
  const sendTo = (to: NodeId, { address, port }: UdpAddress, bytes: Uint8Array): void => {
    socket.send(bytes, port, address, (cause) => {
      if (cause !== null && !isClosed)
        trouble(`sending to node ${to} at ${address}:${port} failed: ${cause.message}`);
    });
  };
  return {
    send(to, bytes) {
      if (isClosed) return;
      if (to === 'all') {
        for (const [id, peer] of peers) sendTo(id, peer, bytes);
        return;
      }
      const peer = peers.get(to);
      if (peer === undefined) trouble(`node ${to} has no address`);
      else sendTo(to, peer, bytes);
    },
    close() {
      if (isClosed) return Promise.resolve();
      isClosed = true;
      return new Promise((resolve) => {
        socket.close(() => {
          resolve();
        });
      });
    },
  };
}

/** Tells the first trouble at once, and then at most one a second, with the number of those passed over. */
function troubleTeller(tell: (what: string) => void): (what: string) => void {
  let toldAt = -Infinity;
  let passedOver = 0;
  return (what) => {
    const now = performance.now();
    if (now - toldAt < TROUBLE_EVERY_MS) {
      passedOver += 1;
      return;
    }
    toldAt = now;
    tell(passedOver === 0 ? what : `${what} (and ${passedOver} failures before it)`);
    passedOver = 0;
  };
}
