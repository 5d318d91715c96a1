/** Threads, sockets and sealed datagrams together: what is multicast is delivered alike everywhere. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import {
  areTogether,
  type Member,
  newPlace,
  optionsOf,
  type Place,
  removePlace,
  type RingChoice,
  startMember,
  until,
} from './support/rings.js';

async function startAll(place: Place, choice: RingChoice): Promise<Member[]> {
  const ids = Array.from({ length: choice.nodes }, (_, index) => index + 1);
  const members = await Promise.all(ids.map((id) => startMember(optionsOf(place, id, choice))));
  await until(() => areTogether(members), 'all are together');
  return members;
}

async function end(place: Place, members: readonly Member[]): Promise<void> {
  await Promise.all(members.map(({ thread }) => thread.close()));
  removePlace(place);
}

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');

void t.test('three sealed nodes deliver the same messages in the same order', async (t) => {
  const place = newPlace();
  const members = await startAll(place, { nodes: 3, key: randomBytes(256) });
  const large = 'L'.repeat(200_000);
  for (let count = 0; count < 300; count += 1)
    for (const { id, thread } of members) thread.multicast(bytes(`${id}/${count}`));
  members[0]?.thread.multicast(bytes(large));
  await until(() => members.every(({ delivered }) => delivered.length === 901), 'all is delivered');
  const [first, ...others] = members.map(({ delivered }) => delivered);
  for (const other of others)
    t.ok(
      other.every((each, at) => each === first?.[at]),
      'one order',
    );
  t.ok(first?.includes(`1:${large}`), 'the large one is whole');
  for (const { id } of members) {
    const own = first?.filter((each) => each.startsWith(`${id}:${id}/`));
    t.same(
      own,
      Array.from({ length: 300 }, (_, count) => `${id}:${id}/${count}`),
      'each its own',
    );
  }
  const status = await members[0]?.thread.status();
  t.match(status?.sealing, { cipher: /gcm|poly/, keys: 'settled', counters: { forged: 0 } });
  t.equal(status?.links.paths.length, 2);
  t.ok(status?.links.paths.every(({ state, rttMs }) => state === 'up' && (rttMs?.mean ?? 99) < 50));
  const seq = Number(readFileSync(join(place.folder, 'seq-1'), 'utf8'));
  t.ok(seq > 0, 'the ring sequence is on disk');
  await end(place, members);
});

void t.test('a node with another key is nobody, and harms nobody', async (t) => {
  const place = newPlace();
  const key = randomBytes(256);
  const choice = { nodes: 3, key };
  const stranger = await startMember(optionsOf(place, 3, { ...choice, key: randomBytes(256) }));
  const members = await Promise.all([1, 2].map((id) => startMember(optionsOf(place, id, choice))));
  await until(() => areTogether(members), 'the two with the key are together');
  await sleep(500);
  t.ok(areTogether(members));
  t.equal(stranger.memberships.at(-1)?.members.join(), '3', 'the stranger is alone');
  const status = await members[0]?.thread.status();
  const counters = status?.sealing.counters;
  t.ok((counters?.otherKey ?? 0) + (counters?.forged ?? 0) > 0, 'and is counted');
  await end(place, [...members, stranger]);
});

void t.test('keys change under load; nothing is lost and no membership changes', async (t) => {
  const place = newPlace();
  const choice = { nodes: 3, key: randomBytes(256), tokenMs: 300 };
  const members = await startAll(place, choice);
  const before = members.map(({ memberships }) => memberships.length);
  const next = randomBytes(256);
  const keysOf = async (): Promise<readonly string[]> => {
    const all = await Promise.all(members.map(({ thread }) => thread.status()));
    return all.map(({ sealing }) => `${sealing.keys} ${sealing.fingerprint}`);
  };
  const old = (await keysOf())[0];
  let sent = 0;
  const load = setInterval(() => {
    for (const { id, thread } of members) thread.multicast(bytes(`${id}/${sent}`));
    sent += 1;
  }, 1);
  for (const { id, thread } of members) {
    await sleep(100);
    const { links, addresses } = optionsOf(place, id, choice);
    await thread.reload({ links, addresses, key: next });
  }
  let keys: readonly string[] = [];
  const isSettled = (): boolean =>
    keys.every((each) => each === keys[0] && each.startsWith('settled'));
  for (let tries = 0; tries < 100 && !(keys.length === 3 && isSettled()); tries += 1) {
    await sleep(50);
    keys = await keysOf();
  }
  t.ok(isSettled(), keys.join(', '));
  t.not(keys[0], old, 'the new key is in use everywhere');
  clearInterval(load);
  await until(() => members.every(({ delivered }) => delivered.length === 3 * sent), 'all arrived');
  const [first, ...others] = members.map(({ delivered }) => delivered.join());
  for (const other of others) t.equal(other === first, true, 'one order');
  t.same(
    members.map(({ memberships }) => memberships.length),
    before,
    'no new ring',
  );
  t.match(members[0]?.notes, /key-loaded/);
  t.match(members[0]?.notes.join(), /key-active.*key-retired/);
  await end(place, members);
});

void t.test('a second link takes over without a membership change', async (t) => {
  const place = newPlace();
  const choice = { nodes: 2, links: 2, key: randomBytes(64) };
  const members = await startAll(place, choice);
  await until(() => members.every(({ links }) => links.includes('link-up 1')), 'both links are up');
  const before = members.map(({ memberships }) => memberships.length);
  let sent = 0;
  const load = setInterval(() => {
    for (const { id, thread } of members) thread.multicast(bytes(`${id}/${sent}`));
    sent += 1;
  }, 1);
  await sleep(200);
  const [one] = members;
  const { links, addresses } = optionsOf(place, 1, choice);
  // Node 1 listens on link 0 no more: to node 2 the cable is out.
  await one?.thread.reload({ links, addresses: addresses.slice(1), key: undefined });
  await until(() => members[1]?.links.includes('link-down 0') === true, 'the other end notices');
  await sleep(200);
  clearInterval(load);
  await until(() => members.every(({ delivered }) => delivered.length === 2 * sent), 'all arrived');
  t.equal(members[0]?.delivered.join() === members[1]?.delivered.join(), true, 'one order');
  t.same(
    members.map(({ memberships }) => memberships.length),
    before,
    'no new ring',
  );
  await end(place, members);
});

void t.test('a goodbye is heard, and a new life is taken back', async (t) => {
  const place = newPlace();
  const choice = { nodes: 2, key: randomBytes(64) };
  const members = await startAll(place, choice);
  const [one, two] = members;
  if (one === undefined || two === undefined) throw new Error('no members');
  await two.thread.leave();
  await two.thread.close();
  await until(() => areTogether([one]), 'the other is alone', 800);
  const again = await startMember(optionsOf(place, 2, choice));
  await until(() => areTogether([one, again]), 'it is back');
  t.pass();
  await end(place, [one, again]);
});
