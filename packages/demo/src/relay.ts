/**
 * The link between the two nodes: whatever one sends to its peer comes here and is sent on, until
 * the link is cut. Each node sees its peer under one of the relay's two addresses.
 */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

const RECEIVE_BUFFER_BYTES = 1024 * 1024;

export type RelayConfig = {
  readonly port: number;
  /** The nodes' own addresses. */
  readonly nodes: readonly [string, string];
  /** Under which address the other node sees each of them. */
  readonly aliases: readonly [string, string];
};

export type RelayCounters = { forwarded: number; dropped: number };

/** A life: two sockets, until `close`. */
export class Relay {
  isCut = false;
  readonly counters: RelayCounters = { forwarded: 0, dropped: 0 };
  readonly #sockets: readonly Socket[];

  private constructor(sockets: readonly Socket[]) {
    this.#sockets = sockets;
  }

  static async open(config: RelayConfig): Promise<Relay> {
    const { nodes, aliases, port } = config;
    const [first, second] = await Promise.all(aliases.map((alias) => bind(alias, port)));
    if (first === undefined || second === undefined) throw new Error('a relay has two ends');
    const relay = new Relay([first, second]);
    // What arrives at the first node's alias was sent by the second node, and leaves from its alias.
    relay.#forward(first, second, nodes[0], port);
    relay.#forward(second, first, nodes[1], port);
    return relay;
  }

  close(): void {
    for (const socket of this.#sockets) socket.close();
  }

  #forward(into: Socket, outOf: Socket, to: string, port: number): void {
    into.on('message', (datagram) => {
      if (this.isCut) {
        this.counters.dropped += 1;
        return;
      }
      this.counters.forwarded += 1;
      // A node without power refuses datagrams; a wire does not care.
      outOf.send(datagram, port, to, () => undefined);
    });
  }
}

async function bind(address: string, port: number): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: RECEIVE_BUFFER_BYTES });
  socket.bind(port, address);
  await once(socket, 'listening');
  socket.on('error', () => undefined);
  return socket;
}
