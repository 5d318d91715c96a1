/** Real sockets on loopback addresses. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { nodeId } from '@holdfast/base';
import type { Transport } from '@holdfast/transport';
import { describeUdpFault, openUdp, type UdpAddress, type UdpFault } from '@holdfast/transport-udp';

type Heard = { readonly datagrams: string[]; readonly troubles: string[] };

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

async function open(
  bind: UdpAddress,
  peers: Readonly<Record<number, UdpAddress>>,
): Promise<{ readonly transport: Transport; readonly heard: Heard }> {
  const heard: Heard = { datagrams: [], troubles: [] };
  const opened = await openUdp({
    bind,
    peers: new Map(Object.entries(peers).map(([id, at]) => [nodeId(Number(id)), at])),
    events: {
      onDatagram: (bytes) => heard.datagrams.push(new TextDecoder().decode(bytes)),
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

void t.test('three nodes hear what is sent to one and what is sent to all', async (t) => {
  const [one, two, three] = await Promise.all(
    ['127.0.0.11', '127.0.0.12', '127.0.0.13'].map(freePort),
  );
  if (one === undefined || two === undefined || three === undefined) throw new Error('no ports');
  const a = await open(one, { 2: two, 3: three });
  const b = await open(two, { 1: one, 3: three });
  const c = await open(three, { 1: one, 2: two });
  a.transport.send('all', bytes('to all'));
  a.transport.send(nodeId(2), bytes('to two'));
  c.transport.send(nodeId(1), bytes('to one'));
  await until(
    () =>
      b.heard.datagrams.length === 2 &&
      c.heard.datagrams.length === 1 &&
      a.heard.datagrams.length === 1,
  );
  t.same(a.heard.datagrams, ['to one'], 'nobody hears itself');
  t.same(b.heard.datagrams, ['to all', 'to two']);
  t.same(c.heard.datagrams, ['to all']);
  await Promise.all([a, b, c].map(({ transport }) => transport.close()));
});

void t.test('IPv6 works the same', async (t) => {
  const one = await freePort('::1');
  const two = await freePort('::1');
  const a = await open(one, { 2: two });
  const b = await open(two, { 1: one });
  a.transport.send('all', bytes('six'));
  await until(() => b.heard.datagrams.length === 1);
  t.same(b.heard.datagrams, ['six']);
  await Promise.all([a.transport.close(), b.transport.close()]);
});

void t.test('after close nothing is sent or heard, and closing again does no harm', async (t) => {
  const one = await freePort('127.0.0.11');
  const two = await freePort('127.0.0.12');
  const a = await open(one, { 2: two });
  const b = await open(two, { 1: one });
  await a.transport.close();
  await a.transport.close();
  a.transport.send('all', bytes('too late'));
  b.transport.send('all', bytes('nobody there'));
  await sleep(30);
  t.same(a.heard.datagrams, []);
  t.same(b.heard.datagrams, []);
  await b.transport.close();
  const again = await open(one, { 2: two });
  t.pass('the port is free again');
  await again.transport.close();
});

void t.test('a wrong address or port is a fault, in words', async (t) => {
  const taken = await freePort('127.0.0.11');
  const holder = await open(taken, {});
  const events = { onDatagram: () => undefined, onTrouble: () => undefined };
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
    const opened = await openUdp({ bind, peers, events });
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
  const one = await freePort('127.0.0.11');
  const a = await open(one, { 2: { address: '127.0.0.12', port: 9 } });
  const tooLong = new Uint8Array(70_000);
  for (let count = 0; count < 20; count += 1) a.transport.send(nodeId(2), tooLong);
  a.transport.send(nodeId(7), bytes('whoever that is'));
  await until(() => a.heard.troubles.length > 0);
  await sleep(20);
  t.equal(a.heard.troubles.length, 1);
  t.match(a.heard.troubles[0], /EMSGSIZE|node 7 has no address/);
  await a.transport.close();
});
