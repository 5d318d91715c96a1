/** Two real daemons: what they take, what they refuse, and what survives. */
import { createSocket } from 'node:dgram';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import {
  cibOnDisk,
  clientOf,
  conf,
  endDaemon,
  logOf,
  newPlace,
  removePlace,
  rootOf,
  startDaemon,
  until,
  writeConf,
} from './support/daemons.ts';

void t.test(
  'alone it waits; together they take changes; damage is survived; a goodbye is no death',
  async (t) => {
    const place = newPlace();
    for (const name of ['haone', 'hatwo']) writeConf(place, name, conf(place));
    const one = startDaemon(place, 'haone');
    let two = startDaemon(place, 'hatwo');
    t.teardown(async () => {
      await Promise.all([endDaemon(one, 'SIGKILL'), endDaemon(two, 'SIGKILL')]);
      removePlace(place);
    });
    const first = await clientOf(place, 'haone');
    const status = async (): Promise<{ members: number; quorate: boolean; dc: string | null }> => {
      const answer = await first.call('cluster.status', {});
      if (!answer.ok) return { members: 0, quorate: false, dc: null };
      const { ring, quorum, dc } = answer.value;
      return { members: ring.members.length, quorate: quorum.quorate, dc };
    };
    await until(
      async () => (await status()).quorate && (await status()).dc !== null,
      'two nodes are quorate',
    );

    await until(
      () => cibOnDisk(place, 'hatwo').includes('uname="hatwo"'),
      'both are in the configuration',
    );
    const set = {
      node: 'haone',
      name: 'colour',
      value: 'green',
      lifetime: 'forever',
      user: 'test',
    } as const;
    const receipt = await first.call('node.attribute', set);
    t.match(receipt, { ok: true, value: { durable: true, storedOn: ['haone', 'hatwo'] } });
    for (const name of ['haone', 'hatwo'])
      t.match(cibOnDisk(place, name), /colour/, `${name} has it on disk`);

    const query = await first.call('cib.query', {});
    const xml = query.ok ? query.value.xml : '';
    t.match(await first.call('cib.replace', { base: '0.0.0', xml, user: 'test' }), {
      ok: false,
      fault: { code: 'stale' },
    });
    t.match(
      await first.call('cib.replace', { base: '0.0.0', xml: '<cib><oops></cib>', user: 'test' }),
      { ok: false, fault: { code: 'invalid' } },
    );
    t.match(await first.call('node.attribute', { ...set, node: 'hathree' }), {
      ok: false,
      fault: { code: 'unknown-node', message: /haone|hatwo/ },
    });

    const dropped = async (): Promise<number> => {
      const now = await first.call('cluster.status', {});
      return now.ok
        ? (now.value.counters['garbage'] ?? 0) + (now.value.counters['strangers'] ?? 0)
        : 0;
    };
    const before = await dropped();
    const garbage = createSocket('udp4');
    for (let count = 0; count < 200; count += 1)
      garbage.send(Buffer.alloc(count, count), 5405, `${place.net}.1`);
    await until(async () => (await dropped()) > before + 100, 'garbage is counted');
    garbage.close();
    t.equal((await status()).members, 2, 'and costs nothing');

    t.equal(await endDaemon(two, 'SIGTERM'), 0, 'a polite end');
    await until(async () => (await status()).members === 1, 'the other is alone');
    t.match(logOf(place, 'haone'), /"event":"goodbye"/);
    t.notMatch(logOf(place, 'haone'), /fence-started/, 'nobody is shot');

    const folder = join(rootOf(place, 'hatwo'), 'var/lib/holdfast');
    const good = readFileSync(join(folder, 'cib.xml'), 'utf8');
    writeFileSync(join(folder, 'cib.xml'), good.replace('green', 'grown'));
    two = startDaemon(place, 'hatwo');
    await until(async () => (await status()).members === 2, 'it is back');
    t.ok(
      readdirSync(folder).some((name) => name.startsWith('cib.xml.damaged-')),
      'the damaged file is kept aside',
    );
    t.match(logOf(place, 'hatwo'), /cib\.xml is damaged: its checksum/);
    await until(
      () => cibOnDisk(place, 'hatwo').includes('green'),
      'it has the configuration in force again',
    );
    first.close();
  },
);
