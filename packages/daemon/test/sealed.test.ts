/** Daemons whose datagrams are sealed: the key they need, and what status says of weak or off. */
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import t from 'tap';
import type { Client } from '@holdfast/ipc';
import {
  clientOf,
  conf,
  endDaemon,
  logOf,
  newPlace,
  type Place,
  removePlace,
  rootOf,
  startAndFail,
  startDaemon,
  until,
  writeConf,
} from './support/daemons.js';

function sealedConf(place: Place, extra = '  secauth: on\n'): string {
  return conf(place, extra).replace('transport: udpu', 'transport: knet');
}

function writeKey(place: Place, name: string, key: Uint8Array, mode = 0o400): string {
  const path = join(rootOf(place, name), 'etc/corosync/authkey');
  mkdirSync(join(path, '..'), { recursive: true });
  rmSync(path, { force: true });
  writeFileSync(path, key);
  chmodSync(path, mode);
  return path;
}

async function members(client: Client): Promise<number> {
  const status = await client.call('cluster.status', {});
  return status.ok ? status.value.ring.members.length : 0;
}

void t.test('without a good key a daemon that must seal does not start, and says why', (t) => {
  const place = newPlace();
  t.teardown(() => {
    removePlace(place);
  });
  writeConf(place, 'haone', sealedConf(place));
  t.match(startAndFail(place, 'haone'), { code: 66, said: /authkey: there is no key; .*keygen/ });
  writeKey(place, 'haone', randomBytes(256), 0o644);
  t.match(startAndFail(place, 'haone'), { code: 78, said: /mode is 0644.*chmod 0400/ });
  writeKey(place, 'haone', randomBytes(16));
  t.match(startAndFail(place, 'haone'), { code: 78, said: /has 16 bytes/ });
  t.end();
});

void t.test('two sealed daemons are together; one with another key is not let in', async (t) => {
  const place = newPlace();
  const key = randomBytes(256);
  const text = sealedConf(place, '  crypto_cipher: aes128\n  crypto_hash: sha1\n');
  for (const name of ['haone', 'hatwo']) {
    writeConf(place, name, text);
    writeKey(place, name, key);
  }
  const one = startDaemon(place, 'haone');
  let two = startDaemon(place, 'hatwo');
  t.teardown(async () => {
    await Promise.all([endDaemon(one, 'SIGKILL'), endDaemon(two, 'SIGKILL')]);
    removePlace(place);
  });
  const first = await clientOf(place, 'haone');
  await until(async () => (await members(first)) === 2, 'two sealed nodes are together');
  const status = await first.call('cluster.status', {});
  const warnings = status.ok ? status.value.warnings.join('\n') : '';
  t.match(
    warnings,
    /aes128 with crypto_hash: sha1 is weak; it is not obeyed: aes-256-gcm|chacha20/,
  );
  t.notMatch(warnings, /neither encrypted/);

  const next = randomBytes(256);
  for (const [name, child] of [
    ['haone', one],
    ['hatwo', two],
  ] as const) {
    t.notMatch(logOf(place, name), /key-active/);
    writeKey(place, name, next);
    child.kill('SIGHUP');
    await until(() => logOf(place, name).includes('"event":"key-loaded"'), `${name} has both keys`);
  }
  for (const name of ['haone', 'hatwo'])
    await until(() => logOf(place, name).includes('"event":"key-retired"'), `${name} has moved on`);
  t.equal(await members(first), 2, 'the keys changed, and nobody left');
  writeConf(place, 'haone', text.replace('nodeid: 2', 'nodeid: 3'));
  one.kill('SIGHUP');
  await until(
    () => logOf(place, 'haone').includes('nothing is changed'),
    'a bad reload is refused',
  );

  await endDaemon(two, 'SIGKILL');
  await until(async () => (await members(first)) === 1, 'the dead one is missed');
  writeKey(place, 'hatwo', randomBytes(256));
  two = startDaemon(place, 'hatwo');
  const counted = async (): Promise<number> => {
    const now = await first.call('cluster.status', {});
    const counters = now.ok ? now.value.counters : {};
    return (counters['sealing.otherKey'] ?? 0) + (counters['sealing.forged'] ?? 0);
  };
  await until(async () => (await counted()) > 5, 'its datagrams are dropped and counted');
  t.equal(await members(first), 1);
  const second = await clientOf(place, 'hatwo');
  t.equal(await members(second), 1);
  first.close();
  second.close();
});

void t.test('off is allowed, and named loudly', async (t) => {
  const place = newPlace();
  writeConf(place, 'haone', conf(place));
  const one = startDaemon(place, 'haone');
  t.teardown(async () => {
    await endDaemon(one, 'SIGKILL');
    removePlace(place);
  });
  const client = await clientOf(place, 'haone');
  const status = await client.call('cluster.status', {});
  t.match(status, { ok: true, value: { warnings: [/neither encrypted nor authenticated/] } });
  client.close();
});
