/** Real sockets on loopback addresses. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { nodeId } from '@holdfast/base';
import {
  describeUdpFault,
  type LinkAddresses,
  openUdp,
  type UdpAddress,
  type UdpFault,
  type UdpOptions,
  type UdpTransport,
} from '@holdfast/transport-udp';

type Heard = {
  readonly datagrams: string[];
  readonly troubles: string[];
  /** Per link: the payload that its interface takes. */
  readonly interfaces: Map<number, number | undefined>;
};

/** Ports nobody uses, found by asking for any and letting go of it. */
async function freePort(address: string): Promise<UdpAddress> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  socket.bind(0, address);
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return { address, port };
}

/** The same addresses for every link: one row a link, one column a node; `self` counts from 1. */
function linksOf(rows: readonly (readonly UdpAddress[])[], self: number): LinkAddresses[] {
  return rows.map((row, link) => {
    const bind = row[self - 1];
    if (bind === undefined) throw new Error('no such node');
    const others = row.map((address, index) => [nodeId(index + 1), address] as const);
    return { link, bind, peers: new Map(others.filter(([id]) => id !== self)) };
  });
}

async function open(
  links: readonly LinkAddresses[],
  more: Partial<UdpOptions> = {},
): Promise<{ readonly transport: UdpTransport; readonly heard: Heard }> {
  const heard: Heard = { datagrams: [], troubles: [], interfaces: new Map() };
  const opened = await openUdp({
    links,
    ...more,
    events: {
      onDatagram: (bytes, link) =>
        heard.datagrams.push(`${link}: ${new TextDecoder().decode(bytes)}`),
      onInterface: (link, payloadBytes) => heard.interfaces.set(link, payloadBytes),
      onTrouble: (what) => heard.troubles.push(what),
    },
  });
  if (!opened.ok) throw new Error(describeUdpFault(opened.fault));
  return { transport: opened.value, heard };
}

async function until(isDone: () => boolean): Promise<void> {
  for (let tries = 0; tries < 400 && !isDone(); tries += 1) await sleep(5);
}

type Row = {
  readonly why: string;
  readonly bind: UdpAddress;
  readonly peer?: UdpAddress;
  readonly kind: UdpFault['kind'];
  readonly says: string;
};

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const ONE = nodeId(1);
const TWO = nodeId(2);

void t.test('three nodes on two links hear what is sent to them, and on which link', async (t) => {
  const rows = await Promise.all(
    [10, 20].map((net) => Promise.all([1, 2, 3].map((host) => freePort(`127.0.${net}.${host}`)))),
  );
  const [a, b, c] = await Promise.all([1, 2, 3].map((self) => open(linksOf(rows, self))));
  if (a === undefined || b === undefined || c === undefined) throw new Error('not open');
  a.transport.send(TWO, 0, bytes('first'));
  a.transport.send(TWO, 1, bytes('second'));
  a.transport.send(nodeId(3), 1, bytes('to three'));
  c.transport.send(ONE, 0, bytes('to one'));
  await until(() => b.heard.datagrams.length === 2 && c.heard.datagrams.length === 1);
  await until(() => a.heard.datagrams.length === 1);
  t.same(a.heard.datagrams, ['0: to one'], 'nobody hears itself');
  t.same([...b.heard.datagrams].sort(), ['0: first', '1: second']);
  t.same(c.heard.datagrams, ['1: to three']);
  t.same([...a.heard.interfaces.keys()], [0, 1], 'both interfaces are told of');
  t.ok([...a.heard.interfaces.values()].every((payload) => (payload ?? 0) > 1200));
  await Promise.all([a, b, c].map(({ transport }) => transport.close()));
});

void t.test('IPv6 on one link and IPv4 on another work side by side', async (t) => {
  const rows = [
    await Promise.all(['::1', '::1'].map(freePort)),
    await Promise.all(['127.0.0.11', '127.0.0.12'].map(freePort)),
  ];
  const a = await open(linksOf(rows, 1), { blocksUnlisted: true });
  const b = await open(linksOf(rows, 2), { blocksUnlisted: true });
  a.transport.send(TWO, 0, bytes('six'));
  a.transport.send(TWO, 1, bytes('four'));
  await until(() => b.heard.datagrams.length === 2);
  t.same([...b.heard.datagrams].sort(), ['0: six', '1: four']);
  await Promise.all([a.transport.close(), b.transport.close()]);
});

void t.test('strangers are not heard where they are blocked', async (t) => {
  const row = await Promise.all(['127.0.0.11', '127.0.0.12', '127.0.0.66'].map(freePort));
  const known = row.slice(0, 2);
  const a = await open(linksOf([known], 1), { blocksUnlisted: true });
  const b = await open(linksOf([known], 2));
  const stranger = await open(linksOf([row], 3));
  stranger.transport.send(ONE, 0, bytes('let me in'));
  stranger.transport.send(TWO, 0, bytes('let me in'));
  await until(() => b.heard.datagrams.length === 1);
  b.transport.send(ONE, 0, bytes('a friend'));
  await until(() => a.heard.datagrams.length > 0);
  t.same(a.heard.datagrams, ['0: a friend']);
  t.equal(a.transport.strangers(), 1);
  t.equal(b.transport.strangers(), 0);
  await Promise.all([a, b, stranger].map(({ transport }) => transport.close()));
});

void t.test('after close nothing is sent or heard, and closing again does no harm', async (t) => {
  const row = await Promise.all(['127.0.0.11', '127.0.0.12'].map(freePort));
  const a = await open(linksOf([row], 1));
  const b = await open(linksOf([row], 2));
  await a.transport.close();
  await a.transport.close();
  a.transport.send(TWO, 0, bytes('too late'));
  b.transport.send(ONE, 0, bytes('nobody there'));
  await sleep(30);
  t.same(a.heard.datagrams, []);
  t.same(b.heard.datagrams, []);
  await b.transport.close();
  const again = await open(linksOf([row], 1));
  t.pass('the port is free again');
  await again.transport.close();
});

void t.test('links come and go while others carry on', async (t) => {
  const rows = await Promise.all(
    [30, 40].map((net) => Promise.all([1, 2].map((host) => freePort(`127.0.${net}.${host}`)))),
  );
  const a = await open(linksOf(rows.slice(0, 1), 1));
  const b = await open(linksOf(rows, 2));
  t.ok((await a.transport.configure(linksOf(rows, 1))).ok);
  a.transport.send(TWO, 1, bytes('on the new one'));
  await until(() => b.heard.datagrams.length === 1);
  t.ok((await a.transport.configure(linksOf(rows, 1).slice(1))).ok);
  t.equal(a.heard.interfaces.get(0), undefined, 'the old one is told to be gone');
  a.transport.send(TWO, 0, bytes('nowhere'));
  a.transport.send(TWO, 1, bytes('still here'));
  await until(() => b.heard.datagrams.length === 2);
  t.same(b.heard.datagrams, ['1: on the new one', '1: still here']);
  await Promise.all([a.transport.close(), b.transport.close()]);
});

void t.test('one missing interface is waited for, all of them are a fault', async (t) => {
  const here = await freePort('127.0.0.11');
  const nowhere = { address: '192.0.2.1', port: 5405 };
  const both = [
    { link: 0, bind: nowhere, peers: new Map() },
    { link: 1, bind: here, peers: new Map() },
  ];
  const a = await open(both);
  t.same([...a.heard.interfaces.keys()], [1]);
  t.match(a.heard.troubles, [/192\.0\.2\.1 yet/]);
  await a.transport.close();
});

void t.test('a wrong address or port is a fault, in words', async (t) => {
  const taken = await freePort('127.0.0.11');
  const holder = await open([{ link: 0, bind: taken, peers: new Map() }]);
  const events = {
    onDatagram: () => undefined,
    onInterface: () => undefined,
    onTrouble: () => undefined,
  };
  const rows: readonly Row[] = [
    {
      why: 'the port is taken',
      bind: taken,
      kind: 'port-in-use',
      says: `UDP port ${taken.port} of 127.0.0.11 is in use by another process`,
    },
    {
      why: 'a documentation address that no host has',
      bind: { address: '192.0.2.1', port: 5405 },
      kind: 'address-not-here',
      says: 'no interface of this host has the address 192.0.2.1',
    },
    {
      why: 'a name',
      bind: { address: 'haone', port: 5405 },
      kind: 'not-an-address',
      says: 'haone is not an IP address',
    },
    {
      why: 'a peer of the other family',
      bind: { address: '127.0.0.12', port: taken.port },
      peer: { address: '::1', port: 5405 },
      kind: 'other-family',
      says: '::1 cannot be reached from 127.0.0.12: one is IPv4, the other IPv6',
    },
  ];
  for (const { why, bind, peer, kind, says } of rows) {
    const peers = new Map(peer === undefined ? [] : [[nodeId(2), peer] as const]);
    const opened = await openUdp({ links: [{ link: 0, bind, peers }], events });
    t.notOk(opened.ok, why);
    if (opened.ok) await opened.value.close();
    else {
      t.equal(opened.fault.kind, kind, why);
      t.equal(describeUdpFault(opened.fault), says, why);
    }
  }
  await holder.transport.close();
});

void t.test('sends that fail are told once a second, not once a datagram', async (t) => {
  const row = [await freePort('127.0.0.11'), { address: '127.0.0.12', port: 9 }];
  const a = await open(linksOf([row], 1));
  const tooLong = new Uint8Array(70_000);
  for (let count = 0; count < 20; count += 1) a.transport.send(TWO, 0, tooLong);
  a.transport.send(nodeId(7), 0, bytes('whoever that is'));
  await until(() => a.heard.troubles.length > 0);
  await sleep(20);
  t.equal(a.heard.troubles.length, 1);
  t.match(a.heard.troubles[0], /EMSGSIZE|node 7 has no address/);
  await a.transport.close();
});
