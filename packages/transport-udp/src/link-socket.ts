/** One link: a socket bound to its address for as long as an interface has that address. */
import { createSocket, type Socket, type SocketOptions } from 'node:dgram';
import { isIP } from 'node:net';
import { fail, type NodeId, ok, type Result } from '@holdfast/base';
import { bindFault, describeUdpFault, type UdpAddress, type UdpFault } from './fault.ts';
import { localPayload, plain } from './interfaces.ts';

/** Bytes the kernel may keep for us; it grants what `net.core.rmem_max` allows. Below, floods lose half. */
const BUFFER_BYTES = 4 * 1024 * 1024;

export type LinkAddresses = {
  readonly link: number;
  /** Where to listen; datagrams leave from there as well. */
  readonly bind: UdpAddress;
  /** Where the others listen. */
  readonly peers: ReadonlyMap<NodeId, UdpAddress>;
};

export type LinkOptions = {
  readonly addresses: LinkAddresses;
  /** Drop what comes from an address that no peer has on this link. */
  readonly blocksUnlisted: boolean;
  readonly onDatagram: (bytes: Buffer) => void;
  readonly onInterface: (payloadBytes: number | undefined) => void;
  readonly onTrouble: (what: string) => void;
};

/** Addresses are numbers already; the library's own lookup would cost every datagram a turn. */
const lookup: SocketOptions['lookup'] = (address, _options, callback) => {
  callback(null, address, isIP(address));
};

/** A life: it holds a socket, or waits for an interface, until `close`. */
export class LinkSocket {
  readonly addresses: LinkAddresses;
  readonly #options: LinkOptions;
  readonly #listed: ReadonlySet<string>;
  #socket: Socket | undefined;
  #payloadBytes: number | undefined;
  /** Datagrams dropped because no peer has the address they came from. */
  strangers = 0;
  #isBinding = false;
  #isClosed = false;

  constructor(options: LinkOptions) {
    this.addresses = options.addresses;
    this.#options = options;
    this.#listed = new Set(
      [...options.addresses.peers.values()].map((peer) => plain(peer.address)),
    );
  }

  get isOpen(): boolean {
    return this.#socket !== undefined;
  }

  /** Binds, if an interface has the address. */
  async open(): Promise<Result<undefined, UdpFault>> {
    const { bind } = this.addresses;
    const payloadBytes = localPayload(bind.address);
    if (payloadBytes === undefined)
      return fail({ kind: 'address-not-here', address: bind.address });
    this.#isBinding = true;
    const bound = await bindTo(bind);
    this.#isBinding = false;
    if (!bound.ok) return bound;
    if (this.#isClosed) bound.value.close();
    else this.#serve(bound.value, payloadBytes);
    return ok(undefined);
  }

  /** Looks at the interface: gone, it is a link down; back, the address is bound anew. Call it often. */
  check(): void {
    const { bind } = this.addresses;
    if (this.#isClosed || this.#isBinding) return;
    const payloadBytes = localPayload(bind.address);
    if (this.#socket === undefined) {
      if (payloadBytes !== undefined) void this.#reopen();
    } else if (payloadBytes !== this.#payloadBytes) {
      this.#payloadBytes = payloadBytes;
      if (payloadBytes === undefined) this.#drop();
      this.#options.onInterface(payloadBytes);
    }
  }

  send(to: NodeId, bytes: Uint8Array, onDone?: () => void): void {
    const peer = this.addresses.peers.get(to);
    const { link } = this.addresses;
    if (peer === undefined || this.#socket === undefined) {
      if (peer === undefined) this.#options.onTrouble(`node ${to} has no address on link ${link}`);
      onDone?.();
      return;
    }
    this.#socket.send(bytes, peer.port, peer.address, (cause) => {
      onDone?.();
      if (cause === null || this.#isClosed) return;
      const where = `node ${to} at ${peer.address}:${peer.port}`;
      this.#options.onTrouble(`sending to ${where} failed: ${cause.message}`);
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#drop();
  }

  async #reopen(): Promise<void> {
    const opened = await this.open();
    if (!opened.ok) this.#options.onTrouble(describeUdpFault(opened.fault));
  }

  #drop(): void {
    this.#socket?.close();
    this.#socket = undefined;
  }

  #serve(socket: Socket, payloadBytes: number): void {
    const { blocksUnlisted, onDatagram, onTrouble, onInterface } = this.#options;
    this.#socket = socket;
    this.#payloadBytes = payloadBytes;
    socket.on('message', (bytes, { address }) => {
      if (this.#socket !== socket) return;
      if (blocksUnlisted && !this.#listed.has(address) && !this.#listed.has(plain(address))) {
        this.strangers += 1;
        return;
      }
      onDatagram(bytes);
    });
    socket.on('error', (cause) => {
      onTrouble(`the UDP socket of link ${this.addresses.link} failed: ${cause.message}`);
    });
    onInterface(payloadBytes);
  }
}

function bindTo(bind: UdpAddress): Promise<Result<Socket, UdpFault>> {
  const socket = createSocket({
    type: isIP(bind.address) === 6 ? 'udp6' : 'udp4',
    recvBufferSize: BUFFER_BYTES,
    sendBufferSize: BUFFER_BYTES,
    lookup,
  });
  return new Promise((resolve) => {
    const onFailure = (cause: Error): void => {
      socket.close();
      resolve(fail(bindFault(cause, bind)));
    };
    socket.once('error', onFailure);
    socket.bind({ address: bind.address, port: bind.port, exclusive: true }, () => {
      socket.off('error', onFailure);
      resolve(ok(socket));
    });
  });
}
