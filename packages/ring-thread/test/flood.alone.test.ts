/** A flood of forged datagrams, as fast as loopback gives them, must not cost the membership. */
import { createSocket } from 'node:dgram';
import { randomBytes } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import {
  areTogether,
  newPlace,
  optionsOf,
  removePlace,
  startMember,
  until,
} from './support/rings.js';

const FLOOD_MS = 10_000;
/** Below, the host was too busy to flood anybody. */
const DATAGRAMS_MIN = 20_000;

/** Sends from a listed address, so that only the sealing can tell; every datagram looks genuine. */
const FLOODER = `
  const { createSocket } = require('node:dgram');
  const { workerData: { from, to, port, forMs, header }, parentPort } = require('node:worker_threads');
  const socket = createSocket('udp4');
  let sent = 0;
  socket.bind(0, from, () => {
    const end = Date.now() + forMs;
    const model = Buffer.alloc(200, 7);
    Buffer.from(header).copy(model);
    const burst = () => {
      for (let count = 0; count < 200; count += 1) {
        sent += 1;
        const datagram = Buffer.from(model);
        datagram.writeUInt32BE(sent, 20);
        if (sent % 2 === 0) datagram.writeUInt32BE(sent, 12);
        socket.send(datagram, port, to);
      }
      if (Date.now() < end) setImmediate(burst);
      else { parentPort.postMessage(sent); socket.close(); }
    };
    burst();
  });
`;

/** The clear header of a real datagram to that address, as anybody on the network can see it. */
async function overhear(to: string, port: number): Promise<Uint8Array> {
  const ear = createSocket('udp4');
  const heard = new Promise<Buffer>((resolve) => ear.once('message', resolve));
  await new Promise<void>((resolve) => ear.bind(port, to, resolve));
  const bytes = await heard;
  await new Promise<void>((resolve) =>
    ear.close(() => {
      resolve();
    }),
  );
  return bytes.subarray(0, 24);
}

void t.test(
  'forged datagrams from a listed address cost no membership and no message',
  async (t) => {
    const place = newPlace();
    const choice = { nodes: 2, key: randomBytes(256), tokenMs: 1000 };
    const [address1, address2] = [`${place.net}.1`, `${place.net}.2`];
    const two = await startMember({ ...optionsOf(place, 2, choice), wantsPriority: true });
    const header = await overhear(address1, place.port);
    const one = await startMember({ ...optionsOf(place, 1, choice), wantsPriority: true });
    const members = [one, two];
    await until(() => areTogether(members), 'both are together');
    const before = members.map(({ memberships }) => memberships.length);
    const workerData = { from: address2, to: address1, port: place.port, forMs: FLOOD_MS, header };
    const flooder = new Worker(FLOODER, { eval: true, workerData });
    const sent = new Promise<number>((resolve) => flooder.once('message', resolve));
    let count = 0;
    const end = Date.now() + FLOOD_MS;
    while (Date.now() < end) {
      count += 1;
      for (const { id, thread } of members) thread.multicast(Buffer.from(`${id}/${count}`));
      await sleep(10);
    }
    const datagrams = await sent;
    await until(
      () => members.every(({ delivered }) => delivered.length === 2 * count),
      'all arrived',
    );
    t.equal(one.delivered.join() === two.delivered.join(), true, 'one order');
    t.same(
      members.map(({ memberships }) => memberships.length),
      before,
      'no new ring',
    );
    const { sealing } = await one.thread.status();
    const { forged, otherKey, stale } = sealing.counters;
    const dropped = forged + otherKey + stale;
    t.comment(`${datagrams} sent, ${dropped} opened in vain, in ${FLOOD_MS / 1000} s`);
    t.ok(datagrams > DATAGRAMS_MIN, `${datagrams} were sent`);
    t.ok(forged > 1000, `${forged} had their tag tried`);
    await Promise.all(members.map(({ thread }) => thread.close()));
    removePlace(place);
  },
);
