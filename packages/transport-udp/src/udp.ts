/** The datagram port over node:dgram: one socket for each link, rebound when its interface returns. */
import { isIP } from 'node:net';
import { fail, ok, type Result } from '@holdfast/base';
import type { Transport, TransportEvents } from '@holdfast/transport';
import { describeUdpFault, type UdpFault } from './fault.ts';
import { type LinkAddresses, LinkSocket } from './link-socket.ts';
import { troubleTeller } from './trouble.ts';

/** How often the interfaces are looked at, in ms. */
const CHECK_EVERY_MS = 1000;

export type UdpOptions = {
  readonly links: readonly LinkAddresses[];
  /** Drop what comes from addresses that no peer has. */
  readonly blocksUnlisted?: boolean;
  /** How often the interfaces are looked at, in ms (`downcheck`). */
  readonly checkEveryMs?: number;
  readonly events: TransportEvents;
};

export type UdpTransport = Transport & {
  /** Takes over other links: those that are new or changed are opened, those that are gone closed. */
  readonly configure: (links: readonly LinkAddresses[]) => Promise<Result<undefined, UdpFault>>;
  /** Datagrams dropped because they came from an address that no peer has. */
  readonly strangers: () => number;
};

/**
 * Opens every link. A link whose address no interface has is waited for, as long as another one opens;
 * any other fault is an answer. The transport lives until its `close`.
 */
export async function openUdp(options: UdpOptions): Promise<Result<UdpTransport, UdpFault>> {
  const checked = checkAddresses(options.links);
  if (!checked.ok) return checked;
  const transport = new Links(options);
  const opened = await transport.configure(options.links);
  if (!opened.ok) {
    await transport.close();
    return opened;
  }
  return ok(transport);
}

/** A name would be looked up for every datagram, and a peer of the other family never be reached. */
function checkAddresses(links: readonly LinkAddresses[]): Result<undefined, UdpFault> {
  for (const { bind, peers } of links) {
    const family = isIP(bind.address);
    for (const { address } of [bind, ...peers.values()]) {
      if (isIP(address) === 0) return fail({ kind: 'not-an-address', address });
      if (isIP(address) !== family)
        return fail({ kind: 'other-family', address, bind: bind.address });
    }
  }
  return ok(undefined);
}

class Links implements UdpTransport {
  readonly #options: UdpOptions;
  readonly #trouble: (what: string) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #sockets = new Map<number, LinkSocket>();
  /** Of links that are closed. */
  #strangersBefore = 0;
  #isClosed = false;

  constructor(options: UdpOptions) {
    this.#options = options;
    this.#trouble = troubleTeller(options.events.onTrouble);
    this.#timer = setInterval(() => {
      for (const socket of this.#sockets.values()) socket.check();
    }, options.checkEveryMs ?? CHECK_EVERY_MS);
  }

  send: Transport['send'] = (to, link, bytes, onDone) => {
    const socket = this.#isClosed ? undefined : this.#sockets.get(link);
    if (socket === undefined) onDone?.();
    else socket.send(to, bytes, onDone);
  };

  configure: UdpTransport['configure'] = async (links) => {
    const checked = checkAddresses(links);
    if (!checked.ok) return checked;
    const wanted = new Map(links.map((each) => [each.link, each]));
    for (const [link, socket] of this.#sockets) {
      const next = wanted.get(link);
      if (next !== undefined && isSame(next, socket.addresses)) wanted.delete(link);
      else this.#end(link, socket);
    }
    const faults: UdpFault[] = [];
    for (const addresses of wanted.values()) {
      const fault = await this.#begin(addresses);
      if (fault !== undefined) faults.push(fault);
    }
    return this.#verdict(faults);
  };

  strangers: UdpTransport['strangers'] = () =>
    [...this.#sockets.values()].reduce(
      (sum, socket) => sum + socket.strangers,
      this.#strangersBefore,
    );

  close: Transport['close'] = () => {
    this.#isClosed = true;
    clearInterval(this.#timer);
    for (const socket of this.#sockets.values()) socket.close();
    // Node closes datagram sockets in its next turn.
    return new Promise((resolve) => setImmediate(resolve));
  };

  /** Some may wait for their interface, but not all of them. */
  #verdict(faults: readonly UdpFault[]): Result<undefined, UdpFault> {
    const isAnyOpen = [...this.#sockets.values()].some(({ isOpen }) => isOpen);
    const [first] = faults;
    const worst = faults.find(({ kind }) => kind !== 'address-not-here') ?? first;
    const isBearable = worst === undefined || (isAnyOpen && worst.kind === 'address-not-here');
    if (!isBearable) return fail(worst);
    for (const fault of faults) this.#options.events.onTrouble(`${describeUdpFault(fault)} yet`);
    return ok(undefined);
  }

  async #begin(addresses: LinkAddresses): Promise<UdpFault | undefined> {
    const { blocksUnlisted = false, events } = this.#options;
    const { link } = addresses;
    const socket = new LinkSocket({
      addresses,
      blocksUnlisted,
      onDatagram: (bytes) => {
        events.onDatagram(bytes, link);
      },
      onInterface: (payloadBytes) => {
        events.onInterface(link, payloadBytes);
      },
      onTrouble: this.#trouble,
    });
    this.#sockets.set(link, socket);
    const opened = await socket.open();
    return opened.ok ? undefined : opened.fault;
  }

  #end(link: number, socket: LinkSocket): void {
    this.#sockets.delete(link);
    this.#strangersBefore += socket.strangers;
    if (socket.isOpen) this.#options.events.onInterface(link, undefined);
    socket.close();
  }
}

function isSame(a: LinkAddresses, b: LinkAddresses): boolean {
  const words = ({ bind, peers }: LinkAddresses): string => JSON.stringify([bind, ...peers]);
  return words(a) === words(b);
}
